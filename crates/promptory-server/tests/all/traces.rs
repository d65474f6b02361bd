//! Traces as a collector gets them: a real one, which decodes what arrives.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value as Any, trace::v1::Span,
};
use prost::Message;
use serde_json::json;
use tokio::{net::TcpListener, sync::Mutex};

use crate::{db::Db, server::Server};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";
const SECRET: &str = "a-text-that-nobody-but-the-model-may-see";

/// What was sent, request by request.
type Received = Arc<Mutex<Vec<Bytes>>>;

async fn collect(State(received): State<Received>, body: Bytes) -> StatusCode {
    received.lock().await.push(body);
    StatusCode::OK
}

async fn collector() -> (SocketAddr, Received) {
    let received = Received::default();
    let router = Router::new().route("/v1/traces", post(collect)).with_state(Arc::clone(&received));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, received)
}

async fn traced(db: &Db, endpoint: String) -> Server {
    let mut config = db.config();
    config.otel_endpoint = Some(endpoint);
    Server::start_with(db, &config).await
}

struct Seen {
    span: Span,
    attributes: HashMap<String, String>,
}

/// All spans, after the server has stopped and so sent them.
async fn spans(received: &Received) -> Vec<Seen> {
    let bodies = received.lock().await;
    let decoded = bodies.iter().map(|body| ExportTraceServiceRequest::decode(body.clone()).expect("OTLP"));
    let mut all = Vec::new();
    for resource in decoded.flat_map(|request| request.resource_spans) {
        let service = resource.resource.expect("a resource").attributes.into_iter();
        let service: HashMap<String, String> =
            service.map(|one| (one.key, text(one.value.and_then(|v| v.value)))).collect();
        assert_eq!(service["service.name"], "promptory");
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            let attributes = span
                .attributes
                .iter()
                .map(|one| (one.key.clone(), text(one.value.clone().and_then(|v| v.value))));
            all.push(Seen { attributes: attributes.collect(), span: span.clone() });
        }
    }
    all
}

fn text(value: Option<Any>) -> String {
    match value {
        Some(Any::StringValue(text)) => text,
        Some(Any::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named<'a>(spans: &'a [Seen], name: &str) -> Vec<&'a Seen> {
    spans.iter().filter(|seen| seen.span.name == name).collect()
}

both!(a_change_is_a_trace_and_serving_is_none, async |db| {
    let (address, received) = collector().await;
    let app = traced(db, format!("http://{address}/")).await;
    let admin = app.admin();
    let caller =
        admin.with("traceparent", &format!("00-{TRACE}-{PARENT}-01")).with("x-request-id", "request-7");
    caller.publish_with("support/reply", json!({"content": format!("{SECRET} {{{{ name }}}}")})).await.good();
    caller.activate("support/reply", "1.0.0", "production").await.good();
    admin.version("support/reply", "1.0.0").await.good();
    admin.activate("support/reply", "9.0.0", "production").await.is(404);
    let unsampled = admin.with("traceparent", &format!("00-{TRACE}-{PARENT}-00"));
    unsampled.get("/keys").await.good();

    // Served: on the short way, on the router's way, refused, and by Langfuse clients.
    for person in [&admin, &admin.with("origin", "https://a.example"), &app.anon()] {
        person.active("support/reply").await;
        person.resolve("support/reply", json!({"variables": {"name": SECRET}})).await;
        person.get("/api/public/v2/prompts/support%2Freply").await;
        person.get("/snapshot").await;
        person.get("/stream?environment=nowhere").await;
        person.post("/resolve", json!({"requests": [{"prompt": "support/reply"}]})).await;
    }
    for open in ["/healthz", "/readyz", "/metrics", "/api/public/health"] {
        app.anon().get(open).await.good();
    }
    db.stop_servers().await;

    let spans = spans(&received).await;
    let mut names: Vec<&str> = spans.iter().map(|seen| seen.span.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let expected = [
        "GET /api/v1/prompts/{name}/versions/{reference}",
        "POST /api/v1/prompts",
        "POST /api/v1/prompts/{name}/activate",
        "store.commit",
        "store.lock",
    ];
    assert_eq!(names, expected);

    let [created] = named(&spans, "POST /api/v1/prompts")[..] else { panic!("one") };
    assert_eq!(
        (hex(&created.span.trace_id), hex(&created.span.parent_span_id)),
        (TRACE.into(), PARENT.into())
    );
    let has = |seen: &Seen, name: &str| seen.attributes.get(name).cloned().unwrap_or_default();
    assert_eq!(has(created, "promptory.request_id"), "request-7");
    assert_eq!(
        (has(created, "http.response.status_code"), has(created, "promptory.project")),
        ("201".into(), "default".into())
    );
    assert_eq!(has(created, "http.route"), "/api/v1/prompts");
    let below: Vec<&Seen> =
        spans.iter().filter(|seen| seen.span.parent_span_id == created.span.span_id).collect();
    let commit =
        below.iter().find(|seen| seen.span.name == "store.commit").expect("the commit is a part of it");
    assert_eq!(
        (has(commit, "promptory.action"), has(commit, "promptory.prompt")),
        ("prompt.create".into(), "support/reply".into())
    );
    assert!(below.iter().any(|seen| seen.span.name == "store.lock"));

    let [read] = named(&spans, "GET /api/v1/prompts/{name}/versions/{reference}")[..] else { panic!("one") };
    assert_eq!(
        (has(read, "promptory.prompt"), has(read, "promptory.version")),
        ("support/reply".into(), "1.0.0".into())
    );
    assert!(read.span.parent_span_id.is_empty());
    let commits = named(&spans, "store.commit");
    assert!(commits.iter().any(|seen| has(seen, "promptory.environment") == "production"));
    let statuses: Vec<String> = named(&spans, "POST /api/v1/prompts/{name}/activate")
        .into_iter()
        .map(|seen| has(seen, "http.response.status_code"))
        .collect();
    assert_eq!(statuses, ["201", "404"]);

    for body in received.lock().await.iter() {
        let holds = |text: &str| body.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds(SECRET) && !holds(crate::db::ADMIN_KEY), "a text or a key left the server");
    }
});

#[tokio::test]
async fn a_collector_that_is_gone_or_never_answers_is_not_felt() {
    // One refuses connections; the other takes them and says nothing.
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let refused = gone.local_addr().expect("an address");
    drop(gone);
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    for address in [refused, silent.local_addr().expect("an address")] {
        let db = Db::sqlite();
        let app = traced(&db, format!("http://{address}")).await;
        let admin = app.admin();
        admin.publish("p", "one").await.good();
        // More than the queue takes.
        let asking = (0..8).map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move {
                for _ in 0..400 {
                    admin.get("/whoami").await.good();
                }
            })
        });
        let asked = futures_util::future::join_all(asking);
        let asked = tokio::time::timeout(Duration::from_secs(60), asked).await.expect("nobody waits");
        asked.into_iter().for_each(|done| done.expect("every request was answered"));
        let stopping = tokio::time::timeout(Duration::from_secs(20), db.finish());
        stopping.await.expect("the server stops all the same");
    }
}

#[tokio::test]
async fn without_an_endpoint_nothing_is_made() {
    let db = Db::sqlite();
    let app = Server::start(&db).await;
    assert!(app.app.traces.is_none());
    db.finish().await;
}
