//! Accepting connections, and letting them finish when the server stops.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tracing::{debug, warn};

use super::{envelope::Peer, serve::Front};
use crate::app::App;

/// A client that does not send its header in this time is cut off; longer than clients keep an idle connection for reuse.
const HEADER_WAIT: Duration = Duration::from_secs(120);
/// After a failed accept (too many open files), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

pub struct Bounds {
    /// Open at once.
    pub connections: usize,
    /// Requests under way get this long when the server stops.
    pub drain: Duration,
}

/// Serves until `stop` says so, then waits for requests under way.
pub async fn listen(
    listener: TcpListener,
    app: Arc<App>,
    router: Router,
    bounds: Bounds,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_WAIT).pipeline_flush(true);
    let room = Arc::new(Semaphore::new(bounds.connections));
    loop {
        tokio::select! {
            (accepted, place) = accept(&listener, &room) => match accepted {
                Ok((stream, peer)) => {
                    // Small answers go out at once; a failure here costs only time.
                    let _ = stream.set_nodelay(true);
                    let front = front(&app, &router, peer);
                    let connection = http.serve_connection(TokioIo::new(stream), front);
                    let watched = graceful.watch(connection);
                    tokio::spawn(async move {
                        if let Err(error) = watched.await {
                            debug!(%error, "a connection ended");
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    pause().await;
                }
            },
            () = stopped(&mut stop) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(bounds.drain, graceful.shutdown()).await.is_err() {
        warn!("some requests did not finish in time");
    }
}

/// Takes a connection only when there is room for it; others wait in the system's queue.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (std::io::Result<(TcpStream, SocketAddr)>, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let place = Arc::clone(room).acquire_owned().await.ok();
    (listener.accept().await, place)
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "pacing of the accept loop, not a wait for something to happen"
)]
async fn pause() {
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

fn front(app: &Arc<App>, router: &Router, peer: SocketAddr) -> Front {
    Front { app: Arc::clone(app), router: router.clone(), peer: Peer(peer.ip()) }
}
