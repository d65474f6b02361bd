//! Permission as an argument type: a handler gets its context only by naming the permission that it needs.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use promptory_core::{access::Permission, limits};

use super::{
    basic::basic,
    envelope::{BodyHash, Caller, RequestInfo, Seen, known},
    langfuse,
};
use crate::{
    app::{
        App, Ctx,
        denials::Denial,
        idempotent::{Idempotency, Running},
    },
    refusal::{Code, Refusal},
    serving::{KeyEntry, ProjectServing},
};

pub trait Needs: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($name:ident),*) => {$(
        pub struct $name;
        impl Needs for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}
needs!(Any, Read, Serve, Write, Deploy, Admin, Instance);

/// Proof that the caller may do this, and the context to do it in.
pub struct Can<P: Needs> {
    pub ctx: Ctx,
    needs: PhantomData<P>,
}

impl<P: Needs> FromRequestParts<Arc<App>> for Can<P> {
    /// A refusal, or the kept answer of the same request.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let info = parts.extensions.get::<RequestInfo>().cloned().unwrap_or_default();
        let template = parts.extensions.get::<MatchedPath>().map_or("other", MatchedPath::as_str);
        let attempt = Attempt { method: &parts.method, path: parts.uri.path(), template };
        let ctx = context(app, &parts.headers, &info, P::PERMISSION, &attempt)
            .map_err(IntoResponse::into_response)?;
        if let Some(Seen(seen)) = parts.extensions.get() {
            // Set once: a request has one caller.
            let _ = seen.set(Caller { project: Arc::clone(&ctx.project), key: Arc::clone(&ctx.key) });
        }
        let ctx = finish(ctx, parts).await?;
        Ok(Self { ctx, needs: PhantomData })
    }
}

/// What somebody tries to do.
pub struct Attempt<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    /// The route's template.
    pub template: &'a str,
}

/// Counts a refused attempt for the audit log. Of a caller without a valid key nothing that it sent is kept.
pub fn denied(
    app: &App,
    key: Option<&KeyEntry>,
    info: &RequestInfo,
    attempt: &Attempt<'_>,
    refusal: &Refusal,
) {
    let path = if key.is_some() { attempt.path } else { attempt.template };
    app.denials.count(Denial {
        project: key.map_or_else(|| app.instance.clone(), |key| key.project.id.clone()),
        prefix: key.map_or_else(|| "unknown".to_owned(), |key| key.prefix.to_string()),
        address: info.address.clone().unwrap_or_default(),
        route: cut(&format!("{} {path}", known(attempt.method))),
        code: refusal.code.as_str(),
    });
}

/// The same for a caller who got past the door and was refused further in.
pub fn denied_within(
    app: &App,
    key: &KeyEntry,
    info: &RequestInfo,
    attempt: &Attempt<'_>,
    refusal: &Refusal,
) {
    if refusal.code.status() == StatusCode::FORBIDDEN {
        denied(app, Some(key), info, attempt, refusal);
    }
}

/// Who asks, whether they may, and for which project. Shared by the router and the data path.
///
/// # Errors
/// 401, 403 or 404; counted as a denial.
pub fn context(
    app: &Arc<App>,
    headers: &HeaderMap,
    info: &RequestInfo,
    permission: Permission,
    attempt: &Attempt<'_>,
) -> Result<Ctx, Refusal> {
    let now = app.clock.now();
    let key = find(app, headers, attempt.path);
    let denied = |key: Option<&KeyEntry>, refusal: Refusal| {
        denied(app, key, info, attempt, &refusal);
        refusal
    };
    let Some(key) = key else {
        let detail = match (langfuse::is_theirs(attempt.path), headers.contains_key(header::AUTHORIZATION)) {
            (true, _) => {
                "No valid key was sent. The public key is the id of a key, the secret key the key itself."
            }
            (false, true) => "The key is not known, or it was revoked. Send Authorization: Bearer <key>.",
            (false, false) => "No key was sent. Send Authorization: Bearer <key>.",
        };
        return Err(denied(None, Refusal::new(Code::Unauthenticated, detail)));
    };
    if key.expired(now) {
        return Err(denied(Some(&key), Refusal::new(Code::Unauthenticated, "The key has expired.")));
    }
    if !permission.allows(key.scopes, key.instance_admin) {
        let detail = format!("This needs {}; the key has {}.", permission.needs(), key.scopes);
        return Err(denied(Some(&key), Refusal::new(Code::Forbidden, detail)));
    }
    let project = project(app, headers, &key, permission, attempt.method)
        .map_err(|refusal| denied(Some(&key), refusal))?;
    Ok(Ctx {
        app: Arc::clone(app),
        key,
        project,
        now,
        request_id: info.id.clone(),
        address: info.address.clone(),
        idempotency: None,
        running: None,
    })
}

/// By the key itself; at the doors of Langfuse clients also by Basic, whose user must name the same key.
fn find(app: &App, headers: &HeaderMap, path: &str) -> Option<Arc<KeyEntry>> {
    if let Some(secret) = bearer(headers) {
        return app.serving.keys.find(secret);
    }
    let (user, secret) = basic(headers).filter(|_| langfuse::is_theirs(path))?;
    app.serving.keys.find(&secret).filter(|key| key.is_called(&user))
}

/// What concerns the instance happens in its own project; an instance administrator may choose among the others.
fn project(
    app: &App,
    headers: &HeaderMap,
    key: &KeyEntry,
    permission: Permission,
    method: &Method,
) -> Result<Arc<ProjectServing>, Refusal> {
    if permission == Permission::Instance {
        let missing = || Refusal::new(Code::Internal, "The project of the instance is not loaded.");
        return app.serving.project(&app.instance).ok_or_else(missing);
    }
    match headers.get("x-project").map(|value| value.to_str().unwrap_or_default()) {
        Some(name) if name != key.project.name => {
            let chosen = key.instance_admin.then(|| app.serving.project_named(name)).flatten();
            // The instance's own project holds nothing but its audit log: it is only read.
            let chosen = chosen.filter(|project| project.id != app.instance || method.is_safe());
            let missing =
                || Refusal::new(Code::NotFound, format!("There is no project {name:?} for this key."));
            chosen.ok_or_else(missing)
        }
        _ => Ok(Arc::clone(&key.project)),
    }
}

pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// A path may be long and may hold anything; the log keeps its front.
fn cut(route: &str) -> String {
    route.chars().take(limits::SHORT_TEXT_BYTES).collect()
}

/// What only the router does: rate limit, read-your-writes, idempotency.
async fn finish(mut ctx: Ctx, parts: &Parts) -> Result<Ctx, Response> {
    let refuse = IntoResponse::into_response;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if !reads && ctx.key.writes.check().is_err() {
        let detail = format!("More than {} writes a second with one key.", limits::WRITES_PER_SECOND_PER_KEY);
        return Err(refuse(Refusal::new(Code::RateLimited, detail)));
    }
    if let Some(wanted) = parts.headers.get("promptory-min-revision") {
        ctx.reach(wanted.to_str().unwrap_or_default()).await.map_err(refuse)?;
    }
    let Some(BodyHash(body_hash)) = parts.extensions.get::<BodyHash>().cloned() else { return Ok(ctx) };
    let name = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if name.is_empty() || name.len() > limits::IDEMPOTENCY_KEY_BYTES {
        let detail =
            format!("An Idempotency-Key is 1 to {} visible characters.", limits::IDEMPOTENCY_KEY_BYTES);
        return Err(refuse(Refusal::new(Code::Malformed, detail)));
    }
    let route = format!("{} {}", parts.method, parts.uri.path());
    ctx.running = Some(Running::begin(&ctx, name, &route).map_err(refuse)?);
    ctx.idempotency = Some(Idempotency { name: name.to_owned(), route, body_hash });
    match ctx.replay().await.map_err(refuse)? {
        None => Ok(ctx),
        Some(replay) => {
            let status = StatusCode::from_u16(replay.status).unwrap_or(StatusCode::OK);
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (header::HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true")),
            ];
            // An answer without content has none the second time either.
            let body = if status == StatusCode::NO_CONTENT { String::new() } else { replay.body };
            Err((status, headers, body).into_response())
        }
    }
}
