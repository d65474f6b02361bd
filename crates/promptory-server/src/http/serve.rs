//! The data path: one service in front of the router. It takes the plain case of `active` and `resolve`, answers
//! from prebuilt bytes, and leaves everything else (errors, times, other origins, other projects) to the router,
//! which has the same routes. So there is one truth about what is allowed, and a short way for what is common.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Incoming};
use percent_encoding::percent_decode_str;
use promptory_api::serving::Resolve;
use promptory_core::{access::Permission, limits};
use tower::ServiceExt;

use super::{
    access::{self, Attempt},
    envelope::{self, Peer, REQUEST_ID, REVISION, RequestInfo, given_id},
    ingest::ingest,
    input, problem,
};
use crate::{
    app::{App, serve},
    ids::uuid_v7,
    refusal::{Code, Refusal},
    serving::{Ask, Asker, Build, ProjectServing, UsedIn, resolve},
};

pub const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Kept by the caller alone, and asked about each time: a change is seen at once.
pub const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// As the router names it.
const RESOLVE: &str = "/api/v1/prompts/{name}/resolve";
const RECORD: &str = "/api/v1/executions";
const PREFIX: &str = "/api/v1/prompts/";
/// Larger requests take the router's way.
const PLAIN_BODY_BYTES: u64 = 256 * 1024;

pub type AnswerBody = Either<Full<Bytes>, Body>;

/// One per connection.
#[derive(Clone)]
pub struct Front {
    pub app: Arc<App>,
    pub router: Router,
    pub peer: Peer,
}

/// Answers that are ready need no allocation for their future.
pub enum Answering {
    Ready(Ready<Result<Response<AnswerBody>, Infallible>>),
    Pending(Pin<Box<dyn Future<Output = Result<Response<AnswerBody>, Infallible>> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response<AnswerBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(ready) => Pin::new(ready).poll(context),
            Self::Pending(pending) => pending.as_mut().poll(context),
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        if let Some(response) = self.active(&request) {
            return Answering::Ready(ready(Ok(response)));
        }
        let front = self.clone();
        if plain_record(&request) {
            return Answering::Pending(Box::pin(async move { Ok(front.record(request).await) }));
        }
        if plain_resolve(&request) {
            return Answering::Pending(Box::pin(async move { Ok(front.resolve(request).await) }));
        }
        Answering::Pending(Box::pin(async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(front.peer);
            let response = front.router.oneshot(request).await?;
            Ok(response.map(Either::Right))
        }))
    }
}

/// What a browser of another site, an administrator or a reader of its own writes sends is not the plain case.
fn plain(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::ORIGIN)
        && !headers.contains_key("x-project")
        && !headers.contains_key("promptory-min-revision")
}

/// `/api/v1/prompts/{name}{end}` with the name still encoded.
fn encoded_name<'a>(path: &'a str, end: &str) -> Option<&'a str> {
    let name = path.strip_prefix(PREFIX)?.strip_suffix(end)?;
    (!name.is_empty() && !name.contains('/') && !name.contains("%00")).then_some(name)
}

/// No query, or just a plain environment.
fn plain_environment(query: Option<&str>) -> Option<Option<&str>> {
    let Some(query) = query else { return Some(None) };
    let name = query.strip_prefix("environment=")?;
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)).then_some(Some(name))
}

fn plain_resolve(request: &Request<Incoming>) -> bool {
    request.method() == Method::POST
        && encoded_name(request.uri().path(), "/resolve")
            .is_some_and(|name| percent_decode_str(name).decode_utf8().is_ok())
        && request.uri().query().is_none()
        // Without a key it may be a person's, whose session is in the database.
        && request.headers().contains_key(header::AUTHORIZATION)
        && plain(request.headers())
        && input::content_type(request.headers()).is_ok()
        && request.body().size_hint().upper().is_some_and(|bytes| bytes <= PLAIN_BODY_BYTES)
}

/// An application's own key, and no answer that has to be kept.
fn plain_record(request: &Request<Incoming>) -> bool {
    request.method() == Method::POST
        && request.uri().path() == RECORD
        && request.uri().query().is_none()
        && request.headers().contains_key(header::AUTHORIZATION)
        && !request.headers().contains_key("idempotency-key")
        && plain(request.headers())
}

impl Front {
    /// The answer, when this is the plain case and there is one.
    fn active(&self, request: &Request<Incoming>) -> Option<Response<AnswerBody>> {
        if request.method() != Method::GET {
            return None;
        }
        let name = encoded_name(request.uri().path(), "/active")?;
        let given = plain_environment(request.uri().query())?;
        let headers = request.headers();
        if !plain(headers) {
            return None;
        }
        let name = percent_decode_str(name).decode_utf8().ok()?;
        let now = self.app.clock.now();
        self.app.serving.keys.with(access::bearer(headers)?, |key| {
            if key.expired(now) || !Permission::Serve.allows(key.scopes, key.instance_admin) {
                return None;
            }
            let snapshot = key.project.snapshot();
            let environment = match (given, key.environment.as_deref()) {
                (Some(given), Some(own)) if given != own => return None,
                (Some(name), _) | (None, Some(name)) => name,
                (None, None) => &snapshot.production()?.name,
            };
            let ask = Ask { prompt: &name, environment, version: None, asker: Asker::Anyone };
            let choice = resolve(&snapshot, &ask).ok()?;
            if *choice.entry.name != *name {
                // A former name: the answer says so, and the router makes it.
                return None;
            }
            let place = UsedIn { project: &key.project.id, prompt_id: &choice.entry.id, environment };
            self.app.uses.count(choice.build, key, &place);
            let mut response = found(choice.build, headers);
            let counter = match response.status() {
                StatusCode::NOT_MODIFIED => &self.app.metrics.data.active_not_modified,
                _ => &self.app.metrics.data.active,
            };
            counter.fetch_add(1, Ordering::Relaxed);
            let out = response.headers_mut();
            out.insert(REVISION, snapshot.revision_header.clone());
            out.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
            if let Some(id) = given_id(headers) {
                out.insert(REQUEST_ID, id.clone());
            }
            Some(response.map(Either::Left))
        })?
    }

    async fn resolve(self, request: Request<Incoming>) -> Response<AnswerBody> {
        let (parts, body) = request.into_parts();
        let given = given_id(&parts.headers).and_then(|id| id.to_str().ok());
        let info = RequestInfo { id: given.map(str::to_owned).unwrap_or_default(), address: None };
        let mut caller = None;
        match self.resolved(&parts.uri, &parts.headers, body, info.clone(), &mut caller).await {
            Ok(mut response) => {
                self.app.metrics.data.resolve.fetch_add(1, Ordering::Relaxed);
                if let Some(id) = given_id(&parts.headers) {
                    response.headers_mut().insert(REQUEST_ID, id.clone());
                }
                response.map(Either::Left)
            }
            Err(refusal) => {
                self.app.metrics.data.resolve_refused.fetch_add(1, Ordering::Relaxed);
                let id =
                    if info.id.is_empty() { uuid_v7(&*self.app.ids, self.app.clock.now()) } else { info.id };
                let mut response = problem::render(&refusal, &id);
                envelope::headers(&mut response, &id, caller.as_deref());
                response.map(Either::Right)
            }
        }
    }

    async fn record(self, request: Request<Incoming>) -> Response<AnswerBody> {
        let (parts, body) = request.into_parts();
        let id = match given_id(&parts.headers).and_then(|id| id.to_str().ok()) {
            Some(id) => id.to_owned(),
            None => uuid_v7(&*self.app.ids, self.app.clock.now()),
        };
        let info = RequestInfo { id: id.clone(), address: Some(self.peer.0.to_string()) };
        let attempt = Attempt { method: &Method::POST, path: RECORD, template: RECORD };
        let recorded = match access::context(&self.app, &parts.headers, &info, Permission::Record, &attempt) {
            Ok(ctx) => ingest(&ctx, &parts.headers, Body::new(body)).await,
            Err(refusal) => Err(refusal),
        };
        match recorded {
            Ok(recorded) => {
                let body = serde_json::to_vec(&recorded).unwrap_or_default();
                let mut response = answer(body.into());
                *response.status_mut() = StatusCode::ACCEPTED;
                response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
                if let Ok(id) = HeaderValue::from_str(&id) {
                    response.headers_mut().insert(REQUEST_ID, id);
                }
                response.map(Either::Left)
            }
            Err(refusal) => {
                if refusal.code == Code::Unavailable {
                    self.app.in_doubt.store(true, Ordering::Relaxed);
                }
                let mut response = problem::render(&refusal, &id);
                envelope::headers(&mut response, &id, None);
                response.map(Either::Right)
            }
        }
    }

    async fn resolved(
        &self,
        uri: &http::Uri,
        headers: &HeaderMap,
        body: Incoming,
        mut info: RequestInfo,
        caller: &mut Option<Arc<ProjectServing>>,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        let name = encoded_name(uri.path(), "/resolve").unwrap_or_default();
        let name = percent_decode_str(name).decode_utf8().map_err(|_| Refusal::no_prompt(name))?;
        info.address = Some(self.peer.0.to_string());
        let attempt = Attempt { method: &Method::POST, path: uri.path(), template: RESOLVE };
        let ctx = access::context(&self.app, headers, &info, Permission::Serve, &attempt)?;
        *caller = Some(Arc::clone(&ctx.project));
        let bytes = input::read(Body::new(body), limits::REQUEST_BODY_BYTES).await?;
        let ask: Resolve = if bytes.is_empty() { Resolve::default() } else { input::parse(&bytes)? };
        let resolved = serve::resolved(&ctx, &name, &ask).await.inspect_err(|refusal| {
            access::denied_within(&self.app, &ctx.caller, &info, &attempt, refusal);
        });
        let mut response = answer(resolved?);
        response.headers_mut().insert(REVISION, ctx.project.snapshot().revision_header.clone());
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
        Ok(response)
    }
}

/// 200 with the prebuilt bytes, or 304 when the caller has them.
pub fn found(build: &Build, headers: &HeaderMap) -> Response<Full<Bytes>> {
    found_bytes(&build.body, &build.etag, headers)
}

/// The same under a former name of the prompt: another body, another tag.
pub fn found_renamed(build: &Build, name: &str, headers: &HeaderMap) -> Response<Full<Bytes>> {
    let mut body = build.body[..build.body.len() - 1].to_vec();
    body.extend_from_slice(b",\"renamed_to\":");
    body.extend_from_slice(serde_json::Value::from(name).to_string().as_bytes());
    body.push(b'}');
    let tag = build.etag.to_str().unwrap_or_default().trim_matches('"');
    let etag = HeaderValue::from_str(&format!("\"{tag}-renamed\""));
    found_bytes(&Bytes::from(body), &etag.unwrap_or_else(|_| build.etag.clone()), headers)
}

fn found_bytes(body: &Bytes, etag: &HeaderValue, headers: &HeaderMap) -> Response<Full<Bytes>> {
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|wanted| matches(wanted, etag));
    let body = if known { Bytes::new() } else { body.clone() };
    let mut response = Response::new(Full::new(body));
    let out = response.headers_mut();
    out.reserve(8);
    out.insert(header::ETAG, etag.clone());
    out.insert(header::CACHE_CONTROL, PRIVATE);
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        out.insert(header::CONTENT_TYPE, JSON);
    }
    response
}

/// If-None-Match: `*`, or a list in which ours is, strong or weak (RFC 9110, 13.1.2).
pub fn matches(wanted: &HeaderValue, etag: &HeaderValue) -> bool {
    if wanted == etag {
        return true;
    }
    let (Ok(wanted), Ok(etag)) = (wanted.to_str(), etag.to_str()) else { return false };
    wanted.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

pub fn answer(body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_before_they_are_decoded() {
        assert_eq!(encoded_name("/api/v1/prompts/a%2Fb/active", "/active"), Some("a%2Fb"));
        assert_eq!(encoded_name("/api/v1/prompts/a/b/active", "/active"), None);
        assert_eq!(encoded_name("/api/v1/prompts//active", "/active"), None);
        assert_eq!(encoded_name("/api/v1/prompts/active", "/active"), None);
    }

    #[test]
    fn only_a_plain_environment_stays_on_the_short_way() {
        assert_eq!(plain_environment(None), Some(None));
        assert_eq!(plain_environment(Some("environment=eu-1")), Some(Some("eu-1")));
        assert_eq!(plain_environment(Some("environment=a%20b")), None);
        assert_eq!(plain_environment(Some("environment=a&at=b")), None);
        assert_eq!(plain_environment(Some("at=b")), None);
    }

    #[test]
    fn if_none_match_lists_and_weak_tags() {
        let etag = HeaderValue::from_static("\"a\"");
        for (wanted, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            let wanted = HeaderValue::from_str(wanted).expect("a header");
            assert_eq!(matches(&wanted, &etag), expected, "{wanted:?}");
        }
    }
}
