//! A server in this process, people who change what it serves, and a clock that stands still until it is moved.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use promptory_sdk::{
    Builder, Client, Clock, Recorder, RecorderBuilder, RecorderStats, Stats, Timestamp, Wait,
};
use promptory_server::{
    Config, Running,
    clock::SystemClock,
    ids::{IdGen, SystemIds},
    start,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::gate::{Gate, Mode};

pub(crate) const ADMIN_KEY: &str = "administrator-of-the-tests";
/// What never happens fails the test instead of holding it up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const MORNING: &str = "2026-11-20T10:00:00.000Z";

/// Moved by the test.
pub(crate) struct TestClock(watch::Sender<i64>);

impl TestClock {
    fn new() -> Self {
        Self(watch::Sender::new(Timestamp::parse_rfc3339(MORNING).expect("a time").micros()))
    }

    pub(crate) fn advance(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).expect("not that long");
        self.0.send_modify(|now| *now += micros);
    }

    pub(crate) fn set_back(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).expect("not that long");
        self.0.send_modify(|now| *now -= micros);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(*self.0.borrow())
    }

    fn wait(&self, pause: Duration) -> Wait {
        let until = *self.0.borrow() + i64::try_from(pause.as_micros()).expect("not that long");
        let mut now = self.0.subscribe();
        Box::pin(async move {
            // The clock outlives the client.
            let _ = now.wait_for(|now| *now >= until).await;
        })
    }
}

pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) gate: Gate,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) folder: TempDir,
    pub(crate) http: reqwest::Client,
}

/// A server with an empty database.
pub(crate) async fn server(folder: &TempDir) -> Running {
    server_at(folder.path().to_owned()).await
}

pub(crate) async fn server_at(data_dir: PathBuf) -> Running {
    server_with(data_dir, Arc::new(SystemIds)).await
}

async fn server_with(data_dir: PathBuf, ids: Arc<dyn IdGen>) -> Running {
    let config = Config {
        database_url: None,
        data_dir,
        listen: "127.0.0.1:0".to_owned(),
        admin_key: Some(ADMIN_KEY.to_owned()),
        cors_origins: Vec::new(),
        ..Config::default()
    };
    start(&config, Arc::new(SystemClock), ids).await.expect("it starts")
}

/// Seeds of rollouts are alike on every run; nothing else is that is as long.
struct OneSeed;

impl IdGen for OneSeed {
    fn bytes(&self, into: &mut [u8]) {
        match <&mut [u8; 8]>::try_from(&mut *into) {
            Ok(seed) => *seed = 0x0123_4567_89ab_cdef_u64.to_be_bytes(),
            Err(_) => SystemIds.bytes(into),
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let running = server(&folder).await;
        Self::around(folder, running).await
    }

    /// Whose rollouts fall the same way each time.
    pub(crate) async fn with_one_seed() -> Self {
        let folder = TempDir::new().expect("a folder");
        let running = server_with(folder.path().to_owned(), Arc::new(OneSeed)).await;
        Self::around(folder, running).await
    }

    async fn around(folder: TempDir, running: Running) -> Self {
        // The client installs what TLS needs; people come before it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
        let gate = Gate::to(running.address).await;
        Self { running, gate, clock: Arc::new(TestClock::new()), folder, http }
    }

    /// With one prompt, live in production.
    pub(crate) async fn with_prompt() -> Self {
        let world = Self::new().await;
        world.publish("support/reply", "Dear {{ name }}").await;
        world
    }

    /// Sent past the gate.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        at(&self.http, self.running.address, method, path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send("POST", path, body).await;
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    /// A new text prompt, live in production.
    pub(crate) async fn publish(&self, name: &str, content: &str) {
        let version = json!({"content": content, "activate": "production"});
        self.post("/prompts", json!({"name": name, "kind": "text", "version": version})).await;
    }

    /// Another version, live in production.
    pub(crate) async fn revise(&self, name: &str, content: &str) {
        let body = json!({"content": content, "activate": "production", "allow_duplicate": true});
        self.post(&format!("/prompts/{}/versions", name.replace('/', "%2F")), body).await;
    }

    /// Id and secret of a key that may only be served.
    pub(crate) async fn key(&self) -> (String, String) {
        let key = self.post("/keys", json!({"name": "app", "scopes": ["render"]})).await;
        let text = |field: &str| key[field].as_str().expect("a text").to_owned();
        (text("id"), text("key"))
    }

    pub(crate) fn builder(&self) -> Builder {
        self.builder_with(ADMIN_KEY)
    }

    pub(crate) fn builder_with(&self, key: &str) -> Builder {
        Client::builder(self.gate.url(), key)
            .environment("production")
            .clock(Arc::<TestClock>::clone(&self.clock))
    }

    /// Connected: what happens from now on is told.
    pub(crate) async fn client(&self, builder: Builder) -> Client {
        let client = builder.build().await.expect("a client");
        until(&client, |stats| stats.connected).await;
        client
    }

    pub(crate) fn recording(&self) -> RecorderBuilder {
        Recorder::builder(self.gate.url(), ADMIN_KEY).clock(Arc::<TestClock>::clone(&self.clock))
    }

    /// All that the server has, with their bodies.
    pub(crate) async fn executions(&self) -> Vec<Value> {
        let address = format!(
            "http://{}/api/v1/executions/export?format=ndjson&bodies=true&purpose=all",
            self.running.address
        );
        let answer = self.http.get(address).bearer_auth(ADMIN_KEY).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let lines = answer.text().await.expect("the whole answer");
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The same database with another server, at another port, once this one has ended.
    pub(crate) async fn restarted<E: Future>(self, end: impl FnOnce(Running) -> E) -> Self {
        end(self.running).await;
        let running = server(&self.folder).await;
        self.gate.set(Mode::Open(running.address));
        Self { running, ..self }
    }

    /// Lets time pass until this is done.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let waiting = async {
            loop {
                tokio::select! {
                    biased;
                    done = &mut work => return done,
                    () = tokio::task::yield_now() => self.clock.advance(Duration::from_millis(5)),
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it ends")
    }

    pub(crate) fn shut(&self) {
        self.gate.set(Mode::Shut);
    }

    pub(crate) fn open(&self) {
        self.gate.set(Mode::Open(self.running.address));
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("prompts.cache")
    }
}

/// One request of an administrator.
pub(crate) async fn at(
    http: &reqwest::Client,
    address: SocketAddr,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = http.request(method, format!("http://{address}/api/v1{path}")).bearer_auth(ADMIN_KEY);
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("the whole answer");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// Until the client has learned what makes this true.
pub(crate) async fn until(client: &Client, is_so: impl Fn(&Stats) -> bool) {
    let mut activity = client.activity();
    let so = async {
        while !is_so(&client.stats()) {
            activity.changed().await.expect("the client is there");
        }
    };
    if tokio::time::timeout(PATIENCE, so).await.is_err() {
        panic!("still: {:?}", client.stats());
    }
}

/// Until the recorder has come to what makes this true.
pub(crate) async fn until_recorder(
    recorder: &Recorder,
    is_so: impl Fn(&RecorderStats) -> bool,
) -> RecorderStats {
    let mut activity = recorder.activity();
    let so = async {
        while !is_so(&recorder.stats()) {
            activity.changed().await.expect("the recorder is there");
        }
    };
    if tokio::time::timeout(PATIENCE, so).await.is_err() {
        panic!("still: {:?}", recorder.stats());
    }
    let stats = recorder.stats();
    whole(&stats);
    stats
}

/// Nothing is ever unaccounted for.
pub(crate) fn whole(stats: &RecorderStats) {
    let known = stats.accepted + stats.duplicates + stats.rejected + stats.dropped.total();
    assert_eq!(stats.recorded + stats.recovered, known + stats.queued + stats.spilled, "{stats:?}");
}
