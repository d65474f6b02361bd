//! The event stream: what changes, as it changes.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::server::{Person, Server, story};

/// A stream that does not say what it should fails the test instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Events {
    body: Incoming,
    text: String,
    /// The socket's own task ends with it.
    _connection: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Events {
    pub(crate) async fn open(person: &Person, environment: &str, last: Option<&str>) -> Self {
        Self::at(person, &format!("/stream?environment={environment}"), last).await
    }

    pub(crate) async fn at(person: &Person, path: &str, last: Option<&str>) -> Self {
        let stream = TcpStream::connect(person.server.address).await.expect("the server listens");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        let connection = tokio::spawn(async move {
            // A stream that the server ends is no failure.
            let _ = connection.await;
        });
        let mut request = Request::get(format!("/api/v1{path}")).header("host", "promptory.test");
        if let Some(key) = &person.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in &person.headers {
            request = request.header(name, value);
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Full::new(Bytes::new())).expect("a request");
        let response = sender.send_request(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new(), _connection: connection }
    }

    /// The next event that is no comment; none: the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("an event, or the end")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if block.starts_with(':') {
                    continue;
                }
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                        .map(str::to_owned)
                };
                return Some(Event {
                    name: field("event").expect("a name"),
                    id: field("id"),
                    data: serde_json::from_str(&field("data").expect("data")).expect("JSON"),
                });
            }
            let frame = self.body.frame().await?.ok()?;
            self.text.push_str(std::str::from_utf8(&frame.into_data().ok()?).expect("UTF-8"));
        }
    }

    pub(crate) async fn named(&mut self, name: &str) -> Event {
        let event = self.next().await.expect("the stream goes on");
        assert_eq!(event.name, name, "{event:?}");
        event
    }
}

both!(changes_are_told_as_they_come, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let mut events = Events::open(&operator, "production", None).await;
    let hello = events.named("hello").await;
    let epoch = app.project().snapshot().epoch.to_string();
    assert_eq!(
        hello.data,
        json!({"revision": format!("{epoch}:{}", app.revision()), "environment": "production"})
    );

    let activated = operator.activate("p", "1", "production").await.good();
    let change = events.named("change").await;
    assert_eq!(change.id, Some(format!("{epoch}:{}", app.revision())));
    assert_eq!(change.data["change"], "live");
    assert_eq!((&change.data["prompt"], &change.data["version"]), (&json!("p"), &json!("1.0.0")));
    assert_eq!(change.data["build_hash"], activated.json()["build_hash"]);
    assert_eq!(change.data["entry_revision"], author.active("p").await.json()["revision"]);
    assert!(!change.data.to_string().contains("one"), "no contents: {change:?}");

    // What happens elsewhere is not told; what concerns everybody is.
    operator.activate("p", "1", "staging").await.good();
    author.reword("p", "two").await.good();
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    let label = events.named("change").await;
    assert_eq!((&label.data["change"], &label.data["label"]), (&json!("label"), &json!("beta")));
    author.patch("/prompts/p", json!({"name": "q"})).await.good();
    let renamed = events.named("change").await;
    assert_eq!((&renamed.data["change"], &renamed.data["renamed_from"]), (&json!("renamed"), &json!("p")));
    operator.poke("/prompts/q/archive").await.good();
    assert_eq!(events.named("change").await.data["change"], "archived");
    operator.poke("/prompts/q/restore").await.good();
    assert_eq!(events.named("change").await.data["change"], "restored");
});

both!(who_comes_back_is_told_what_was_missed, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut events = Events::open(&operator, "production", None).await;
    let last = events.named("hello").await.id.expect("an id");
    drop(events);
    operator.activate("p", "2", "production").await.good();
    operator.activate("p", "1", "staging").await.good();
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();

    let mut events = Events::open(&operator, "production", Some(&last)).await;
    let hello = events.named("hello").await;
    let live = events.named("change").await;
    assert_eq!((&live.data["change"], &live.data["version"]), (&json!("live"), &json!("1.0.1")));
    let label = events.named("change").await;
    assert_eq!(label.data["change"], "label");
    assert_eq!(label.id, hello.id, "with the last it has all that the server has");
    operator.activate("p", "1", "production").await.good();
    assert_eq!(events.named("change").await.data["version"], "1.0.0", "and goes on from there");

    // Nothing missed: nothing told. Too old, another epoch, the future: everything anew.
    let (epoch, now) = (app.project().snapshot().epoch.to_string(), app.revision());
    let mut events = Events::open(&operator, "production", Some(&format!("{epoch}:{now}"))).await;
    events.named("hello").await;
    operator.activate_again("p", "2", "production").await.good();
    assert_eq!(events.named("change").await.data["version"], "1.0.1");
    for other in [format!("{epoch}:{}", now + 100), "0123456789abcdef:1".to_owned()] {
        let mut events = Events::open(&operator, "production", Some(&other)).await;
        events.named("hello").await;
        let reset = events.named("reset").await;
        assert_eq!(reset.data["environment"], "production");
    }
    app.app.store.sweep_changes(&app.project().id, i64::MAX).await.expect("swept");
    let mut events = Events::open(&operator, "production", Some(&last)).await;
    events.named("hello").await;
    events.named("reset").await;
    operator.with("last-event-id", "x").get("/stream").await.is(400).refused("malformed");
});

both!(a_revoked_key_sees_nothing_more, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let made = app.admin().post("/keys", json!({"name": "app", "scopes": ["render"]})).await.good();
    let reader = app.person(&made.field("/key"));
    let mut events = Events::open(&reader, "production", None).await;
    events.named("hello").await;
    let mut other = Events::open(&operator, "production", None).await;
    other.named("hello").await;
    app.admin().delete(&format!("/keys/{}", made.field("/id"))).await.good();
    assert_eq!(events.next().await, None, "its stream ends at once");
    operator.activate("p", "1", "production").await.good();
    other.named("change").await;
    reader.get("/stream?environment=production").await.is(401);
    operator.get("/stream?environment=nowhere").await.is(404);
});

both!(streams_end_first_when_the_server_stops, async |db| {
    let app = Server::start(db).await;
    let mut events = Events::open(&app.admin(), "production", None).await;
    events.named("hello").await;
    let (end, ()) = tokio::join!(events.next(), db.stop_servers());
    assert_eq!(end, None);
});

both!(a_client_that_is_too_slow_is_told_to_start_anew, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    let secret = operator.key.as_deref().expect("a key");
    let ctx = app.ctx(secret);
    let stream = promptory_server::app::stream::served::open(ctx, Some("production"), None, None)
        .await
        .expect("opened");
    let (hello, mut stream) = stream.next().await.expect("a message");
    assert_eq!(hello.event, Some("hello"));
    // Nobody reads while more happens than is kept for a stream.
    for round in 0..=promptory_server::serving::EVENTS {
        let version = if round % 2 == 0 { "1" } else { "2" };
        operator.activate_again("p", version, "production").await.good();
    }
    let (message, next) = stream.next().await.expect("a message");
    assert_eq!(message.event, Some("reset"));
    stream = next;
    operator.activate_again("p", "2", "production").await.good();
    let mut last = None;
    for _ in 0..promptory_server::serving::EVENTS {
        let (message, next) = stream.next().await.expect("a message");
        stream = next;
        let revision = format!("{}:{}", app.project().snapshot().epoch, app.revision());
        last = message.id;
        if last.as_ref() == Some(&revision) {
            break;
        }
    }
    assert!(last.is_some());
});

on_postgres!(a_change_of_one_server_is_told_by_the_other, async |db| {
    let one = Server::start(db).await;
    let two = Server::start(db).await;
    one.admin().publish("p", "one").await.good();
    let mut events = Events::open(&two.admin(), "production", None).await;
    events.named("hello").await;
    one.admin().activate("p", "1", "production").await.good();
    assert_eq!(events.named("change").await.data["prompt"], "p");
});
