//! One server of several: its use cases behind its router, on a clock of its own. Nothing happens in it by itself, but
//! that its feed looks when this server itself has written.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::body::{Body, to_bytes};
use fastrand::Rng;
use http::{Method, Request, header};
use promptory_core::time::Timestamp;
use promptory_server::{
    Config, Still,
    app::App,
    clock::Clock,
    ids::IdGen,
    migrated,
    serving::{ProjectServing, Snapshot},
    still,
};
use promptory_store::Store;
use serde_json::Value;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::place::ADMIN_KEY;

const ANSWER_BYTES: usize = 16 << 20;

/// The hands of one server's clock: what time it is for everybody, and how far this one is off.
pub struct Hands {
    time: Arc<AtomicI64>,
    off: AtomicI64,
    /// Since then this server does not run. 0: it does.
    stopped: AtomicI64,
    /// How long it did not run before.
    lost: AtomicI64,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.time.load(Ordering::Relaxed) + self.off.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        let stopped = self.stopped.load(Ordering::Relaxed);
        let until = if stopped == 0 { self.time.load(Ordering::Relaxed) } else { stopped };
        Duration::from_micros(u64::try_from(until - self.lost.load(Ordering::Relaxed)).unwrap_or(0))
    }
}

impl Hands {
    pub fn off(&self) -> i64 {
        self.off.load(Ordering::Relaxed)
    }

    pub fn set_off(&self, micros: i64) {
        self.off.store(micros, Ordering::Relaxed);
    }

    fn stop(&self) {
        self.stopped.store(self.time.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// `unaware`: the time that it did not run has not passed for it.
    fn go_on(&self, unaware: bool) {
        let since = self.stopped.swap(0, Ordering::Relaxed);
        if unaware && since != 0 {
            self.lost.fetch_add(self.time.load(Ordering::Relaxed) - since, Ordering::Relaxed);
        }
    }
}

/// All randomness of all servers, from the seed.
pub struct Dice(pub Mutex<Rng>);

impl IdGen for Dice {
    fn bytes(&self, into: &mut [u8]) {
        if let Ok(mut rng) = self.0.lock() {
            rng.fill(into);
        }
    }
}

/// What every server is started from.
pub struct Ground {
    pub config: Config,
    /// One handle for all, with SQLite: it knows one writer.
    pub shared: Option<Store>,
    pub time: Arc<AtomicI64>,
    pub dice: Arc<Dice>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It takes part in everything.
    Up,
    /// It hears of no change of others.
    Cut,
    /// It does not run.
    Asleep,
}

pub struct Server {
    pub app: Arc<App>,
    pub hands: Arc<Hands>,
    pub way: Way,
    still: Still,
    follows: JoinHandle<()>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub cookie: Option<String>,
}

impl Answer {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Who asks.
pub enum Key<'a> {
    Administrator,
    Session { cookie: &'a str, csrf: &'a str },
    Nobody,
}

impl Server {
    pub async fn start(ground: &Ground, off: i64) -> Result<Self> {
        let hands = Arc::new(Hands {
            time: Arc::clone(&ground.time),
            off: AtomicI64::new(off),
            stopped: AtomicI64::new(0),
            lost: AtomicI64::new(0),
        });
        let (clock, ids) = (Arc::<Hands>::clone(&hands), Arc::<Dice>::clone(&ground.dice));
        let store = match &ground.shared {
            Some(store) => store.clone(),
            None => migrated(&ground.config).await?,
        };
        let still = still(store, &ground.config, clock, ids).await?;
        let app = Arc::clone(&still.app);
        let follows = tokio::spawn(follow(Arc::clone(&app)));
        Ok(Self { app, hands, way: Way::Up, still, follows })
    }

    /// It is gone as if its process were: whatever it had not committed is rolled back.
    pub async fn end(self, ground: &Ground) {
        self.follows.abort();
        let _ = self.follows.await;
        if ground.shared.is_none() {
            self.app.store.close().await;
        }
    }

    pub fn sleep(&mut self) {
        self.way = Way::Asleep;
        self.hands.stop();
    }

    pub fn wake(&mut self, unaware: bool) {
        self.way = Way::Up;
        self.hands.go_on(unaware);
    }

    pub fn project(&self) -> Result<Arc<ProjectServing>> {
        let project = self.app.serving.project_named("default");
        project.ok_or_else(|| anyhow::anyhow!("a server does not know the project"))
    }

    pub fn snapshot(&self) -> Result<Arc<Snapshot>> {
        Ok(Arc::clone(&self.project()?.snapshot()))
    }

    pub async fn ask(
        &self,
        key: &Key<'_>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let request = request.header(header::HOST, "promptory.test");
        let request = match key {
            Key::Administrator => request.header(header::AUTHORIZATION, format!("Bearer {ADMIN_KEY}")),
            Key::Session { cookie, csrf } => {
                request.header(header::COOKIE, *cookie).header("x-csrf-token", *csrf)
            }
            Key::Nobody => request,
        };
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))?
            }
            None => request.body(Body::empty())?,
        };
        let response = self.still.router.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        let cookie = response.headers().get(header::SET_COOKIE);
        let cookie = cookie.and_then(|value| value.to_str().ok()?.split(';').next().map(str::to_owned));
        let bytes = to_bytes(response.into_body(), ANSWER_BYTES).await?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default(), cookie })
    }
}

/// Who writes waits until this server serves it.
async fn follow(app: Arc<App>) {
    loop {
        app.feed.woken().await;
        // What cannot be read now is read with the next look.
        let _ = app.feed.look(app.clock.now()).await;
    }
}
