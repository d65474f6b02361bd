//! What browsers send and keep: the cookie of a session, the proof that a request comes from a page of this server.

use std::sync::Arc;

use axum::{
    Json,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use promptory_api::people::Session;
use promptory_core::limits;

use super::envelope::RequestInfo;
use crate::{
    app::{App, Outcome, people::Visit},
    refusal::{Code, Refusal},
};

const COOKIE: &str = "promptory_session";
pub const CSRF: &str = "x-csrf-token";

/// The secret of the session that a browser sends; none beside a key, which always wins.
pub fn secret(headers: &HeaderMap) -> Option<&str> {
    if headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn cookie(app: &App, secret: &str, seconds: i64) -> HeaderValue {
    let secure = if app.people.is_https() { "; Secure" } else { "" };
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    // A secret of ours is hexadecimal digits.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The answer that begins a session.
pub fn opened(app: &App, (secret, session): &(String, Session)) -> Response {
    let cookie = cookie(app, secret, 86_400 * limits::SESSION_DAYS);
    (StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(session)).into_response()
}

/// The answer that ends it.
pub fn closed(app: &App) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(app, "", 0))]).into_response()
}

/// A browser says which page a request comes from; it must be one of this server.
///
/// # Errors
/// It is another one's.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Outcome<()> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default().to_lowercase();
    let host =
        headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default().to_lowercase();
    let own = ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(&host));
    let public = app.people.public_url.as_deref().is_some_and(|url| url.to_lowercase() == origin);
    if public || (own && !host.is_empty()) {
        return Ok(());
    }
    let detail = format!(
        "The request comes from a page of {origin:?}, and this server is {host:?}. Behind a proxy, set public_url \
         (PROMPTORY_PUBLIC_URL) to the address that people use."
    );
    Err(Refusal::new(Code::Csrf, detail))
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            check_origin(app, &parts.headers)?;
        }
        let info = parts.extensions.get::<RequestInfo>().cloned().unwrap_or_default();
        let text =
            |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Self {
            app: Arc::clone(app),
            now: app.clock.now(),
            request_id: info.id,
            address: info.address.and_then(|address| address.parse().ok()),
            secret: secret(&parts.headers).map(str::to_owned),
            csrf: text(CSRF),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_among_others_and_never_beside_a_key() {
        let sent = |lines: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, HeaderValue::from_str(value).expect("a header"));
            }
            secret(&headers).map(str::to_owned)
        };
        for (cookie, expected) in [
            ("promptory_session=ps_1", Some("ps_1")),
            ("a=b; promptory_session=ps_1; c=d", Some("ps_1")),
            ("a=b;promptory_session=ps_1", Some("ps_1")),
            ("promptory_session=", None),
            ("xpromptory_session=ps_1", None),
            ("promptory_session", None),
            ("", None),
        ] {
            assert_eq!(sent(&[("cookie", cookie)]).as_deref(), expected, "{cookie}");
        }
        assert_eq!(sent(&[("cookie", "a=b"), ("cookie", "promptory_session=x")]).as_deref(), Some("x"));
        let both = [("cookie", "promptory_session=ps_1"), ("authorization", "Bearer pk_1")];
        assert_eq!(sent(&both), None);
    }
}
