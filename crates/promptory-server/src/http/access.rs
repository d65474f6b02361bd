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
    envelope::{BodyHash, Known, RequestInfo, Seen, known},
    langfuse, session,
};
use crate::{
    app::{
        App, Ctx,
        denials::Denial,
        idempotent::{Idempotency, Running},
        sessions::{check_csrf, find as find_session},
    },
    refusal::{Code, Refusal},
    serving::{Caller, ProjectServing},
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
needs!(Any, Read, Serve, Record, Write, Deploy, Approve, Propose, Admin, Instance);

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
        let ctx = match session::secret(&parts.headers).filter(|_| !langfuse::is_theirs(attempt.path)) {
            Some(secret) => {
                let caller = signed_in(app, secret, &parts.headers, &info, &attempt).await;
                let caller = caller.map_err(IntoResponse::into_response)?;
                admit(app, caller, &parts.headers, &info, P::PERMISSION, &attempt)
            }
            None => context(app, &parts.headers, &info, P::PERMISSION, &attempt),
        }
        .map_err(IntoResponse::into_response)?;
        if let Some(Seen(seen)) = parts.extensions.get() {
            // Set once: a request has one caller.
            let _ = seen.set(Known { project: Arc::clone(&ctx.project), caller: Arc::clone(&ctx.caller) });
        }
        let ctx = finish(ctx, parts, P::PERMISSION).await?;
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
pub fn denied(app: &App, key: Option<&Caller>, info: &RequestInfo, attempt: &Attempt<'_>, refusal: &Refusal) {
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
pub fn denied_within(app: &App, key: &Caller, info: &RequestInfo, attempt: &Attempt<'_>, refusal: &Refusal) {
    if refusal.code.status() == StatusCode::FORBIDDEN {
        denied(app, Some(key), info, attempt, refusal);
    }
}

/// The person whose session a browser sends, with the rights of the project that is asked for.
///
/// # Errors
/// 401, 403 or 404, counted as a denial; 503 without the database.
async fn signed_in(
    app: &Arc<App>,
    secret: &str,
    headers: &HeaderMap,
    info: &RequestInfo,
    attempt: &Attempt<'_>,
) -> Result<Arc<Caller>, Refusal> {
    let now = app.clock.now();
    let safe = attempt.method.is_safe();
    let named = headers.get("x-project").map(|value| value.to_str().unwrap_or_default());
    let refuse = |key: Option<&Caller>, refusal: Refusal| {
        denied(app, key, info, attempt, &refusal);
        refusal
    };
    let Some(person) = find_session(app, secret, now).await? else {
        let detail = "The session has ended. Sign in again.";
        return Err(refuse(None, Refusal::new(Code::Unauthenticated, detail)));
    };
    let caller = person.caller(app, named, safe).await.map_err(|why| refuse(None, why))?;
    if !safe {
        let given = headers.get(session::CSRF).and_then(|value| value.to_str().ok());
        let own = session::check_origin(app, headers).and_then(|()| check_csrf(secret, given));
        own.map_err(|why| refuse(Some(&caller), why))?;
    }
    Ok(caller)
}

/// Whose key it is, whether they may, and for which project. Shared by the router and the data path.
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
    let Some(key) = find(app, headers, attempt.path) else {
        let detail = match (langfuse::is_theirs(attempt.path), headers.contains_key(header::AUTHORIZATION)) {
            (true, _) => {
                "No valid key was sent. The public key is the id of a key, the secret key the key itself."
            }
            (false, true) => "The key is not known, or it was revoked. Send Authorization: Bearer <key>.",
            (false, false) => "No key was sent. Send Authorization: Bearer <key>.",
        };
        let refusal = Refusal::new(Code::Unauthenticated, detail);
        denied(app, None, info, attempt, &refusal);
        return Err(refusal);
    };
    admit(app, key, headers, info, permission, attempt)
}

/// Whether somebody who is known may do this.
fn admit(
    app: &Arc<App>,
    caller: Arc<Caller>,
    headers: &HeaderMap,
    info: &RequestInfo,
    permission: Permission,
    attempt: &Attempt<'_>,
) -> Result<Ctx, Refusal> {
    let now = app.clock.now();
    let denied = |refusal: Refusal| {
        denied(app, Some(&caller), info, attempt, &refusal);
        refusal
    };
    if caller.expired(now) {
        return Err(denied(Refusal::new(Code::Unauthenticated, "The key has expired.")));
    }
    if !permission.allows(caller.scopes, caller.instance_admin) {
        let has = if caller.session().is_some() { "you have" } else { "the key has" };
        let scopes = if caller.scopes.is_empty() { "none".to_owned() } else { caller.scopes.to_string() };
        let detail = format!("This needs {}; {has} {scopes}.", permission.needs());
        return Err(denied(Refusal::new(Code::Forbidden, detail)));
    }
    let project = project(app, headers, &caller, permission, attempt.method).map_err(denied)?;
    Ok(Ctx {
        app: Arc::clone(app),
        caller,
        project,
        now,
        request_id: info.id.clone(),
        address: info.address.clone(),
        idempotency: None,
        running: None,
    })
}

/// By the key itself; at the doors of Langfuse clients also by Basic, whose user must name the same key.
fn find(app: &App, headers: &HeaderMap, path: &str) -> Option<Arc<Caller>> {
    if let Some(secret) = bearer(headers) {
        return app.serving.keys.find(secret);
    }
    let (user, secret) = basic(headers).filter(|_| langfuse::is_theirs(path))?;
    app.serving.keys.find(&secret).filter(|key| key.is_called(&user))
}

/// What concerns the instance happens in its own project; an instance administrator may choose among the others. A
/// person comes with the project that they chose.
fn project(
    app: &App,
    headers: &HeaderMap,
    key: &Caller,
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
async fn finish(mut ctx: Ctx, parts: &Parts, permission: Permission) -> Result<Ctx, Response> {
    let refuse = IntoResponse::into_response;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    // What applications record is bounded by the queue.
    if !reads && permission != Permission::Record && ctx.caller.writes.check().is_err() {
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
