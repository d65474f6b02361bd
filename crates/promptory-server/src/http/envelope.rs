//! Around every request of the control plane: its id, the problem document, headers, the log line, metrics.

use std::sync::{Arc, OnceLock, atomic::Ordering};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use promptory_core::limits;
use sha2::{Digest, Sha256};
use tracing::info as log;

use super::{
    access::{Attempt, denied_within},
    input, langfuse, problem,
};
use crate::{
    app::App,
    clock::instant,
    ids::{hex, uuid_v7},
    refusal::{Code, Refusal},
    serving::{Caller, ProjectServing},
    traces::{self, Asked},
};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const REVISION: HeaderName = HeaderName::from_static("promptory-revision");
const REQUEST_ID_BYTES: usize = 128;

/// What a request is called and where it came from.
#[derive(Clone, Default)]
pub struct RequestInfo {
    pub id: String,
    pub address: Option<String>,
}

/// Who asked, for which project.
pub struct Known {
    pub project: Arc<ProjectServing>,
    pub caller: Arc<Caller>,
}

/// Filled by the permission extractor, so that the answer can carry the project's revision and the log the actor.
#[derive(Clone, Default)]
pub struct Seen(pub Arc<OnceLock<Known>>);

/// SHA-256 of the body, hex; there when the request has an `Idempotency-Key`.
#[derive(Clone)]
pub struct BodyHash(pub String);

/// The peer's address, put in by the listener.
#[derive(Clone, Copy)]
pub struct Peer(pub std::net::IpAddr);

/// The caller's own id when it is one that a log can hold, else a new one.
fn request_id(app: &App, request: &Request) -> String {
    match given_id(request.headers()) {
        Some(id) => id.to_str().unwrap_or_default().to_owned(),
        None => uuid_v7(&*app.ids, app.clock.now()),
    }
}

/// What the caller calls the request, if a log can hold it.
pub fn given_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(&REQUEST_ID).filter(|value| {
        let id = value.as_bytes();
        !id.is_empty()
            && id.len() <= REQUEST_ID_BYTES
            && id.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(b))
    })
}

/// Callers may make up methods; each would be a new series.
pub fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT"];
    KNOWN.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

pub async fn envelope(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = instant();
    let id = request_id(&app, &request);
    let address = request.extensions().get::<Peer>().map(|Peer(address)| address.to_string());
    let seen = Seen::default();
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let info = RequestInfo { id: id.clone(), address };
    request.extensions_mut().insert(info.clone());
    request.extensions_mut().insert(seen.clone());
    let span = app.traces.as_ref().and_then(|traces| {
        let route = route.as_deref().unwrap_or("other");
        let (uri, headers) = (request.uri(), request.headers());
        traces.request(&Asked { method: &method, route, path: uri.path(), query: uri.query(), headers })
    });
    let mut response = match readable(request).await {
        Ok(request) => traces::within(span.as_ref(), next.run(request)).await,
        Err(refusal) => rendered(&refusal, &path, &id),
    };
    let asked = seen.0.get();
    let route = route.as_deref().unwrap_or("other");
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        if let Some(asked) = asked {
            let attempt = Attempt { method: &method, path: &path, template: route };
            denied_within(&app, &asked.caller, &info, &attempt, &refusal);
        }
        if refusal.code == Code::Unavailable {
            app.in_doubt.store(true, Ordering::Relaxed);
        }
        response = rendered(&refusal, &path, &id);
    }
    headers(&mut response, &id, asked.map(|asked| &*asked.project));
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    app.metrics.request(known(&method), route, status, seconds);
    let project = asked.map(|asked| asked.project.name.as_str());
    let actor = asked.map(|asked| asked.caller.actor());
    if let Some(span) = &span {
        traces::answered(span, status, &id, project);
    }
    // The path names prompt and version; bodies and queries are never logged.
    log!(request_id = %id, %method, route, path, status, ms = seconds * 1000.0, project, actor, "request");
    response
}

/// In the shape that who asks here understands.
fn rendered(refusal: &Refusal, path: &str, id: &str) -> Response {
    if langfuse::is_theirs(path) { langfuse::render(refusal) } else { problem::render(refusal, id) }
}

/// U+0000 is in no name, reference or filter, and PostgreSQL takes it nowhere: refused once, for all routes.
async fn readable(request: Request) -> Result<Request, Refusal> {
    let address = request.uri().path_and_query().map(http::uri::PathAndQuery::as_str).unwrap_or_default();
    if address.starts_with("/api/") && address.contains("%00") {
        return Err(Refusal::new(Code::Malformed, "The address contains U+0000 (%00). Remove it."));
    }
    hash_body(request).await
}

/// A request that may be repeated is read at once, so that its repeat can be told from another request.
async fn hash_body(request: Request) -> Result<Request, Refusal> {
    let repeatable = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !repeatable || !request.headers().contains_key("idempotency-key") {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let bytes = input::read(body, limits::REQUEST_BODY_BYTES).await?;
    parts.extensions.insert(BodyHash(hex(&Sha256::digest(&bytes))));
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// What every answer carries.
pub fn headers(response: &mut Response, id: &str, project: Option<&ProjectServing>) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(project) = project {
        headers.insert(REVISION, project.snapshot().revision_header.clone());
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        // A handler that knows better (a page, an answer with an ETag) has set its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A panic is a fault of ours: it is logged, the caller gets a problem document, other requests go on.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    use axum::response::IntoResponse;
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(what, "a request panicked");
    Refusal::new(Code::Internal, "The server failed. The request id is in the log.").into_response()
}
