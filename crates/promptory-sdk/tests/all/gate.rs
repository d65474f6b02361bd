//! What lies between a client and its server: a relay that can be shut, be silent or fail, and that notes what passes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To the server at this address.
    Open(SocketAddr),
    /// Requests arrive at the server at this address; before its answer the connection ends.
    Deaf(SocketAddr),
    /// Connections end at once.
    Shut,
    /// Connections are taken, and nothing is ever said.
    Silent,
    /// Every request is answered 500.
    Failing,
    /// Every request is answered 200 by another program.
    Foreign,
}

pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    mode: watch::Sender<Mode>,
    noted: Arc<Noted>,
}

#[derive(Default)]
struct Noted {
    requests: Mutex<Vec<String>>,
    statuses: Mutex<Vec<String>>,
}

impl Gate {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mode = watch::Sender::new(Mode::Open(server));
        let noted = Arc::new(Noted::default());
        let (modes, notes) = (mode.subscribe(), Arc::clone(&noted));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (mut modes, notes) = (modes.clone(), Arc::clone(&notes));
                tokio::spawn(async move {
                    let mode = *modes.borrow_and_update();
                    tokio::select! {
                        () = serve(client, mode, &notes) => {}
                        // Whoever is connected is cut off.
                        _ = modes.changed() => {}
                    }
                });
            }
        });
        Self { address, mode, noted }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// `GET /api/v1/…`, of those whose line contains this.
    pub(crate) fn requests(&self, part: &str) -> usize {
        self.noted.requests.lock().expect("whole").iter().filter(|line| line.contains(part)).count()
    }

    pub(crate) fn statuses(&self, status: &str) -> usize {
        self.noted.statuses.lock().expect("whole").iter().filter(|seen| *seen == status).count()
    }
}

async fn serve(mut client: TcpStream, mode: Mode, noted: &Noted) {
    match mode {
        Mode::Open(server) => relay(client, server, noted, true).await,
        Mode::Deaf(server) => relay(client, server, noted, false).await,
        Mode::Shut => {}
        Mode::Silent => std::future::pending().await,
        Mode::Failing => always(&mut client, noted, "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n").await,
        Mode::Foreign => {
            always(&mut client, noted, "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>").await;
        }
    }
}

async fn always(client: &mut TcpStream, noted: &Noted, answer: &str) {
    let mut piece = [0; 65536];
    while let Ok(length @ 1..) = client.read(&mut piece).await {
        noted.request(&piece[..length]);
        if client.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn relay(client: TcpStream, server: SocketAddr, noted: &Noted, answers: bool) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async {
        let mut piece = vec![0; 65536];
        while let Ok(length @ 1..) = from_client.read(&mut piece).await {
            noted.request(&piece[..length]);
            if to_server.write_all(&piece[..length]).await.is_err() {
                break;
            }
        }
    };
    let back = async {
        let mut piece = vec![0; 65536];
        while let Ok(length @ 1..) = from_server.read(&mut piece).await {
            noted.status(&piece[..length]);
            if !answers || to_client.write_all(&piece[..length]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

impl Noted {
    /// A client writes the head of a request in one piece, which this is if it looks like one.
    fn request(&self, piece: &[u8]) {
        if piece.starts_with(b"GET ") || piece.starts_with(b"POST ") {
            let text = String::from_utf8_lossy(piece);
            let line = text.lines().next().unwrap_or_default().to_owned();
            self.requests.lock().expect("whole").push(line);
        }
    }

    fn status(&self, piece: &[u8]) {
        if let Some(rest) = piece.strip_prefix(b"HTTP/1.1 ") {
            let status = String::from_utf8_lossy(&rest[..rest.len().min(3)]).into_owned();
            self.statuses.lock().expect("whole").push(status);
        }
    }
}
