//! A server in this process with a real socket, and the people who talk to it.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use promptory_core::time::Timestamp;
use promptory_server::{
    Config,
    app::{App, Ctx},
    clock::ManualClock,
    ids::SystemIds,
    serving::ProjectServing,
    start,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::{
    answer::Answer,
    contract,
    db::{ADMIN_KEY, Db},
};

/// When every story starts.
pub(crate) const MORNING: &str = "2026-11-20T10:00:00.000Z";
/// A server that does not answer fails the test instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(30);
/// For what one server learns from another.
pub(crate) const SOON: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    /// Made for an empty database without an administrator's key.
    pub(crate) first_key: Option<String>,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Server {
    pub(crate) async fn start(db: &Db) -> Self {
        Self::start_with(db, &db.config()).await
    }

    pub(crate) async fn start_with(db: &Db, config: &Config) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::parse_rfc3339(MORNING).expect("a time")));
        let ids = Arc::new(SystemIds);
        let running = start(config, Arc::<ManualClock>::clone(&clock), ids).await.expect("the server starts");
        let server = Self {
            app: Arc::clone(&running.app),
            address: running.address,
            clock,
            first_key: running.first_key.clone(),
            seen: Arc::default(),
        };
        db.keep(running);
        server
    }

    pub(crate) fn anon(&self) -> Person {
        Person { server: self.clone(), key: None, headers: Vec::new() }
    }

    /// Somebody with this secret, whether it is known or not.
    pub(crate) fn person(&self, key: &str) -> Person {
        Person { server: self.clone(), key: Some(key.to_owned()), headers: Vec::new() }
    }

    pub(crate) fn admin(&self) -> Person {
        self.person(ADMIN_KEY)
    }

    /// A new key of the project `default`.
    pub(crate) async fn with_scopes(&self, scopes: &[&str]) -> Person {
        let name = scopes.join("-");
        let created = self.admin().post("/keys", json!({"name": name, "scopes": scopes})).await.good();
        self.person(&created.field("/key"))
    }

    /// Moves the clock on as far as sign-ins are not too many any more.
    pub(crate) fn later(&self) -> &Self {
        self.clock.advance_seconds(60);
        self
    }

    /// As a request of this key has it.
    pub(crate) fn ctx(&self, secret: &str) -> Ctx {
        let app = Arc::clone(&self.app);
        let key = app.serving.keys.find(secret).expect("a valid key");
        Ctx {
            project: Arc::clone(&key.project),
            now: app.clock.now(),
            caller: key,
            app,
            request_id: "test".to_owned(),
            address: None,
            idempotency: None,
            running: None,
        }
    }

    pub(crate) fn project(&self) -> Arc<ProjectServing> {
        self.app.serving.project_named("default").expect("it is made at the first start")
    }

    pub(crate) fn revision(&self) -> i64 {
        self.project().snapshot().revision
    }

    pub(crate) fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().expect("no test panicked here").clone()
    }
}

/// Who most stories need: a server, somebody without a key, an author and an operator.
pub(crate) async fn story(db: &Db) -> (Server, Person, Person, Person) {
    let app = Server::start(db).await;
    let author = app.with_scopes(&["read", "write"]).await;
    let operator = app.with_scopes(&["read", "deploy"]).await;
    (app.clone(), app.anon(), author, operator)
}

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) server: Server,
    pub(crate) key: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

/// A name as one segment of a path.
pub(crate) fn encoded(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// `/api/v1` goes before what is written in stories.
fn whole(path: &str) -> String {
    let doors = ["/api/", "/healthz", "/readyz", "/metrics"];
    if doors.iter().any(|door| path.starts_with(door)) { path.to_owned() } else { format!("/api/v1{path}") }
}

impl Person {
    /// The same person with one more header.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut person = self.clone();
        person.headers.push((name.to_owned(), value.to_owned()));
        person
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string().into())).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string().into())).await
    }

    /// Without a body.
    pub(crate) async fn poke(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string().into())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// A body is called JSON unless a content type was given.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Bytes>) -> Answer {
        let path = whole(path);
        let answer = self.ask(&method, &path, body).await;
        if method != Method::OPTIONS {
            let seen = contract::check(&method, &path, &answer);
            self.server.seen.lock().expect("no test panicked here").insert(seen);
        }
        answer
    }

    /// At an address that is none of the API's, as it is.
    pub(crate) async fn ask(&self, method: &Method, path: &str, body: Option<Bytes>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "promptory.test");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if body.is_some() && !self.headers.iter().any(|(name, _)| name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
        }
        let request = request.body(Full::new(body.unwrap_or_default())).expect("a request");
        exchange(self.server.address, request).await
    }
}

/// One request on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let asked = format!("{} {}", request.method(), request.uri());
    let exchange = async {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the whole answer").to_bytes();
        drop(sender);
        connection.abort();
        (parts, body)
    };
    let Ok((parts, body)) = tokio::time::timeout(PATIENCE, exchange).await else {
        panic!("no answer to {asked}");
    };
    Answer { status: parts.status.as_u16(), headers: parts.headers, body, asked }
}

/// The words of stories.
impl Person {
    /// A prompt with its first version: text, or chat when the content is a list.
    pub(crate) async fn publish(&self, name: &str, content: impl Into<Value>) -> Answer {
        self.publish_with(name, json!({"content": content.into()})).await
    }

    pub(crate) async fn publish_with(&self, name: &str, version: Value) -> Answer {
        let kind = if version["content"].is_array() { "chat" } else { "text" };
        self.post("/prompts", json!({"name": name, "kind": kind, "version": version})).await
    }

    /// Another version.
    pub(crate) async fn revise(&self, name: &str, version: Value) -> Answer {
        self.post(&format!("/prompts/{}/versions", encoded(name)), version).await
    }

    /// Another version with only its text changed.
    pub(crate) async fn reword(&self, name: &str, content: &str) -> Answer {
        self.revise(name, json!({"content": content})).await
    }

    pub(crate) async fn prompt(&self, name: &str) -> Answer {
        self.get(&format!("/prompts/{}", encoded(name))).await
    }

    pub(crate) async fn version(&self, name: &str, reference: &str) -> Answer {
        self.get(&format!("/prompts/{}/versions/{}", encoded(name), encoded(reference))).await
    }

    /// `archive`, `restore` or `deprecate` a version.
    pub(crate) async fn mark(&self, name: &str, reference: &str, how: &str) -> Answer {
        self.poke(&format!("/prompts/{}/versions/{}/{how}", encoded(name), encoded(reference))).await
    }

    pub(crate) async fn activate(&self, name: &str, version: &str, environment: &str) -> Answer {
        let body = json!({"version": version, "environment": environment});
        self.post(&format!("/prompts/{}/activate", encoded(name)), body).await
    }

    /// What was taken back there, knowingly.
    pub(crate) async fn activate_again(&self, name: &str, version: &str, environment: &str) -> Answer {
        let body = json!({"version": version, "environment": environment, "acknowledge_rollback": true});
        self.post(&format!("/prompts/{}/activate", encoded(name)), body).await
    }

    /// What is live in production.
    pub(crate) async fn active(&self, name: &str) -> Answer {
        self.get(&format!("/prompts/{}/active", encoded(name))).await
    }

    pub(crate) async fn active_in(&self, name: &str, environment: &str) -> Answer {
        self.get(&format!("/prompts/{}/active?environment={environment}", encoded(name))).await
    }

    pub(crate) async fn resolve(&self, name: &str, body: Value) -> Answer {
        self.post(&format!("/prompts/{}/resolve", encoded(name)), body).await
    }
}
