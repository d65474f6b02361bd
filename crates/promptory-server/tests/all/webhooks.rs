//! Webhooks: who is told of what, signed and in order, and what happens when it is not taken.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap};
use http::StatusCode;
use promptory_core::webhook::signature;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    answer::Answer,
    db::Db,
    server::{Person, SOON, Server},
};

/// What an endpoint got.
pub(crate) struct Got {
    headers: HeaderMap,
    text: String,
}

impl Got {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    pub(crate) fn event(&self) -> String {
        self.body()["type"].as_str().expect("a type").to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }

    pub(crate) fn is_signed_with(&self, secrets: &[&str]) -> bool {
        let timestamp = self.header("webhook-timestamp").parse().expect("seconds");
        signature(secrets, self.header("webhook-id"), timestamp, &self.text)
            == self.header("webhook-signature")
    }
}

/// An endpoint on this machine.
pub(crate) struct Endpoint {
    url: String,
    got: mpsc::UnboundedReceiver<Got>,
    /// What it answers next; then 204.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

#[derive(Clone)]
struct Inside {
    got: mpsc::UnboundedSender<Got>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn take(State(inside): State<Inside>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    let text = String::from_utf8(body.to_vec()).expect("text");
    let _ = inside.got.send(Got { headers, text });
    let status = inside.answers.lock().expect("unpoisoned").pop_front().unwrap_or(204);
    (StatusCode::from_u16(status).expect("a status"), "not today")
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let (send, got) = mpsc::unbounded_channel();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let inside = Inside { got: send, answers: Arc::clone(&answers) };
        let router = Router::new().fallback(take).with_state(inside);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, got, answers }
    }

    fn answers(&self, statuses: &[u16]) {
        self.answers.lock().expect("unpoisoned").extend(statuses);
    }

    pub(crate) async fn next(&mut self) -> Got {
        tokio::time::timeout(6 * SOON, self.got.recv()).await.expect("it is told").expect("it listens")
    }

    pub(crate) fn is_quiet(&mut self) -> bool {
        self.got.try_recv().is_err()
    }
}

/// A server that may reach this machine.
async fn reaching(db: &Db) -> (Server, Person) {
    let mut config = db.config();
    config.webhooks_private = true;
    let app = Server::start_with(db, &config).await;
    let admin = app.admin();
    (app, admin)
}

pub(crate) async fn told(admin: &Person, endpoint: &Endpoint, events: &[&str]) -> (String, Answer) {
    let made = admin.post("/webhooks", json!({"url": endpoint.url, "events": events})).await.is(201);
    (made.field("/webhook/id"), made)
}

/// Of this message, newest first.
async fn deliveries(admin: &Person, id: &str, of: &Got) -> Vec<Value> {
    let listed = admin.get(&format!("/webhooks/{id}/deliveries")).await.good().json();
    let all = listed["items"].as_array().expect("a list").iter();
    all.filter(|one| one["n"] == of.body()["data"]["n"]).cloned().collect()
}

both!(what_happens_is_told_in_order_and_signed, async |db| {
    let (app, admin) = reaching(db).await;
    let mut endpoint = Endpoint::start().await;
    admin.publish("before", "one").await.good();
    let wanted = ["webhook.create", "prompt.*", "deployment.activate"];
    let (id, made) = told(&admin, &endpoint, &wanted).await;
    let secret = made.field("/secret");
    assert!(secret.starts_with("whsec_"));
    admin.publish("p", "one").await.good();
    admin.reword("p", "two").await.good();
    admin.activate("p", "2", "production").await.good();
    let mut n = 0;
    let mut ids = Vec::new();
    for event in ["webhook.create", "prompt.create", "deployment.activate"] {
        let got = endpoint.next().await;
        let body = got.body();
        assert_eq!(got.event(), event, "{body}");
        assert!(got.is_signed_with(&[&secret]), "{}", got.text);
        assert_eq!(got.header("content-type"), "application/json");
        let seconds = app.app.clock.now().micros() / 1_000_000;
        assert_eq!(got.header("webhook-timestamp"), seconds.to_string());
        assert!(body["data"]["n"].as_i64().expect("a number") > n);
        n = body["data"]["n"].as_i64().expect("a number");
        ids.push(got.header("webhook-id").to_owned());
        if event == "deployment.activate" {
            let data = &body["data"];
            assert_eq!((&data["prompt"], &data["environment"]), (&json!("p"), &json!("production")));
            assert_eq!((&data["project"], &data["detail"]["to"]), (&json!("default"), &json!("1.0.1")));
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let shown = admin.get(&format!("/webhooks/{id}")).await.good();
    assert_eq!((shown.field("/enabled"), shown.field("/failed_attempts")), ("true".into(), "0".into()));
    assert!(!shown.text().contains(&secret) && !admin.get("/webhooks").await.good().text().contains(&secret));
    assert!(
        !admin.get("/audit?limit=200").await.good().text().contains("/hook"),
        "an address may hold a secret"
    );
});

both!(what_is_not_taken_is_sent_again_and_what_follows_waits, async |db| {
    let (app, admin) = reaching(db).await;
    let mut endpoint = Endpoint::start().await;
    let (id, _) = told(&admin, &endpoint, &["prompt.create"]).await;
    endpoint.answers(&[500, 302]);
    admin.publish("a", "one").await.good();
    admin.publish("b", "one").await.good();
    let first = endpoint.next().await;
    assert_eq!(first.body()["data"]["prompt"], "a");
    let mut attempts = vec![first];
    for seconds in [5, 300] {
        app.clock.advance_seconds(seconds);
        attempts.push(endpoint.next().await);
    }
    for again in &attempts[1..] {
        assert_eq!(again.text, attempts[0].text);
        assert_eq!(again.header("webhook-id"), attempts[0].header("webhook-id"), "who has it already knows");
        assert_ne!(again.header("webhook-timestamp"), attempts[0].header("webhook-timestamp"));
    }
    assert_eq!(endpoint.next().await.body()["data"]["prompt"], "b");
    assert!(endpoint.is_quiet());
    // What came last may not be written down yet.
    let mut of_a = deliveries(&admin, &id, &attempts[0]).await;
    of_a.reverse();
    let told: Vec<_> = of_a.iter().map(|one| (one["attempt"].clone(), one["status"].clone())).collect();
    assert_eq!(told, [(json!(1), json!(500)), (json!(2), json!(302)), (json!(3), json!(204))]);
    let errors: Vec<_> = of_a.iter().map(|one| one["error"].as_str().unwrap_or_default()).collect();
    let redirected = "The endpoint answered 302. Redirects are not followed. not today";
    assert_eq!(errors, ["The endpoint answered 500. not today", redirected, ""]);
    let page = admin.get(&format!("/webhooks/{id}/deliveries?limit=1")).await.good();
    let rest = format!("/webhooks/{id}/deliveries?limit=200&cursor={}", page.field("/next_cursor"));
    assert!(admin.get(&rest).await.good().items("id").len() >= 2);
});

both!(one_that_is_gone_is_switched_off_and_goes_on_when_it_is_back, async |db| {
    let (_, admin) = reaching(db).await;
    let (mut endpoint, mut watching) = (Endpoint::start().await, Endpoint::start().await);
    told(&admin, &watching, &["webhook.stop"]).await;
    let (id, _) = told(&admin, &endpoint, &["prompt.create"]).await;
    endpoint.answers(&[410]);
    admin.publish("a", "one").await.good();
    endpoint.next().await;
    let stopped = watching.next().await.body();
    assert_eq!(stopped["data"]["detail"]["webhook"], json!(id));
    let shown = admin.get(&format!("/webhooks/{id}")).await.good();
    assert_eq!(shown.field("/stopped_why"), "The endpoint answered 410: it is gone for good.");
    admin.publish("b", "one").await.good();
    admin.patch(&format!("/webhooks/{id}"), json!({"enabled": true})).await.good();
    for prompt in ["a", "b"] {
        assert_eq!(endpoint.next().await.body()["data"]["prompt"], json!(prompt));
    }
    admin.patch(&format!("/webhooks/{id}"), json!({"enabled": false})).await.good();
    admin.publish("c", "one").await.good();
    admin.patch(&format!("/webhooks/{id}"), json!({"enabled": true, "skip": true})).await.good();
    admin.publish("d", "one").await.good();
    assert_eq!(endpoint.next().await.body()["data"]["prompt"], "d", "what happened meanwhile is left out");
});

both!(tried_sent_once_more_signed_anew_and_deleted, async |db| {
    let (app, admin) = reaching(db).await;
    let mut endpoint = Endpoint::start().await;
    let (id, made) = told(&admin, &endpoint, &["prompt.create"]).await;
    let path = format!("/webhooks/{id}");
    admin.patch(&path, json!({"enabled": false})).await.good();
    let tried = admin.poke(&format!("{path}/test")).await.good();
    assert_eq!((tried.field("/event"), tried.field("/status")), ("webhook.test".into(), "204".into()));
    let test = endpoint.next().await;
    assert_eq!(test.body()["data"]["webhook"], json!(id));
    let (first, second) =
        (made.field("/secret"), admin.poke(&format!("{path}/rotate")).await.good().field("/secret"));
    assert_ne!(first, second);
    admin.patch(&path, json!({"enabled": true})).await.good();
    admin.publish("a", "one").await.good();
    let got = endpoint.next().await;
    assert!(got.is_signed_with(&[&second, &first]), "a day long by both");
    admin.publish("b", "one").await.good();
    endpoint.next().await;
    let of_a = deliveries(&admin, &id, &got).await;
    let of_a = of_a[0]["id"].as_str().expect("an id");
    app.clock.advance_seconds(86_401);
    let again = admin.poke(&format!("{path}/deliveries/{of_a}/resend")).await.good();
    assert_eq!((again.field("/event"), again.field("/attempt")), ("prompt.create".into(), "2".into()));
    let sent = endpoint.next().await;
    assert_eq!(
        (sent.header("webhook-id"), sent.text.as_str()),
        (got.header("webhook-id"), got.text.as_str())
    );
    assert!(sent.is_signed_with(&[&second]));
    admin.poke(&format!("{path}/deliveries/none/resend")).await.is(404).refused("not_found");
    admin.delete(&path).await.is(204);
    for gone in [admin.get(&path).await, admin.delete(&path).await, admin.poke(&format!("{path}/test")).await]
    {
        gone.is(404).refused("not_found");
    }
    admin.publish("c", "one").await.good();
    assert!(endpoint.is_quiet());
});

both!(what_cannot_be_told, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    for url in
        ["", "http://example.com", "https://127.0.0.1/", "https://[::1]/x", "https://u:p@example.com/", "x"]
    {
        let refused = admin.post("/webhooks", json!({"url": url})).await.is(422).refused("invalid");
        assert!(refused.problems()[0].contains("/url"), "{url}");
    }
    for events in [json!([]), json!(["Deployment"]), json!(["a b"]), json!(vec!["a"; 51])] {
        let body = json!({"url": "https://example.com", "events": events});
        admin.post("/webhooks", body).await.is(422).refused("invalid");
    }
    let made = admin.post("/webhooks", json!({"url": "https://localhost:1/hook", "events": ["key.create"]}));
    let path = format!("/webhooks/{}", made.await.good().field("/webhook/id"));
    let tried = admin.poke(&format!("{path}/test")).await.good();
    assert!(tried.field("/error").contains("localhost is a private address"), "{}", tried.text());
    admin.patch(&path, json!({"url": "https://10.0.0.1/"})).await.is(422).refused("invalid");
    admin.patch(&path, json!({"events": ["!"]})).await.is(422).refused("invalid");
    for n in 1..20 {
        admin
            .post("/webhooks", json!({"url": format!("https://example.com/{n}"), "events": ["a.b"]}))
            .await
            .good();
    }
    admin
        .post("/webhooks", json!({"url": "https://example.com/", "events": ["a.b"]}))
        .await
        .is(422)
        .refused("invalid");
    let bound = json!({"name": "bound", "scopes": ["admin"], "environment": "staging"});
    let bound = app.person(&admin.post("/keys", bound).await.good().field("/key"));
    bound.poke(&format!("{path}/test")).await.is(403).refused("wrong_environment");
});

on_postgres!(of_several_servers_one_tells, async |db| {
    let (_, admin) = reaching(db).await;
    let (_, other) = reaching(db).await;
    let mut endpoint = Endpoint::start().await;
    told(&admin, &endpoint, &["prompt.create"]).await;
    for n in 0..10 {
        let by = if n % 2 == 0 { &admin } else { &other };
        by.publish(&format!("p{n}"), "one").await.good();
    }
    for n in 0..10 {
        assert_eq!(endpoint.next().await.body()["data"]["prompt"], json!(format!("p{n}")));
    }
    assert!(endpoint.is_quiet());
});
