//! Reading requests: every way in which a body, a path or a query can be wrong becomes a problem document.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::PathRejection},
};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header, request::Parts};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use promptory_core::limits;
use serde::de::DeserializeOwned;

use crate::refusal::{Code, Refusal, item};

/// Of a body beyond the limit, this much is still read and thrown away, so that the caller gets to see the answer
/// before the connection closes.
const DRAINED_BYTES: usize = 32 * 1024 * 1024;

const BODY_WAIT: Duration = Duration::from_secs(60);

/// A JSON body.
pub struct Input<T>(pub T);

/// A JSON body that may be absent.
pub struct OptionalInput<T>(pub T);

/// The parts of a path, percent-decoded.
pub struct Named<T>(pub T);

/// The query; unknown parameters are refused.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        content_type(request.headers())?;
        parse(&read(request.into_body(), limits::REQUEST_BODY_BYTES).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalInput<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let typed = content_type(request.headers());
        let body = read(request.into_body(), limits::REQUEST_BODY_BYTES).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        typed?;
        parse(&body).map(Self)
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(why)) => Err(Refusal::new(
                Code::Malformed,
                format!("The address cannot be read: {}.", why.body_text()),
            )),
            Err(why) => Err(Refusal::new(Code::Internal, why.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(why) => Err(Refusal::invalid("", format!("The query cannot be used: {}.", why.body_text()))),
        }
    }
}

/// # Errors
/// 415 unless the content type is JSON.
pub fn content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 17
            && essence.is_char_boundary(12)
            && essence[..12].eq_ignore_ascii_case("application/")
            && essence.ends_with("+json"));
    if json {
        return Ok(());
    }
    let detail = if value.is_empty() {
        "Send Content-Type: application/json.".to_owned()
    } else {
        format!("The content type is {value:?}; send application/json.")
    };
    Err(Refusal::new(Code::WrongContentType, detail))
}

/// Reads the whole body, at most `limit` bytes of it.
///
/// # Errors
/// 413 beyond the limit, 400 when the connection breaks, 408 when it takes too long.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let late = || {
        Refusal::new(
            Code::RequestTimeout,
            format!("The body did not arrive within {} s.", BODY_WAIT.as_secs()),
        )
    };
    tokio::time::timeout(BODY_WAIT, read_all(body, limit)).await.map_err(|_| late())?
}

async fn read_all(mut body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let mut whole = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|why| Refusal::new(Code::Malformed, format!("The body broke off: {why}.")))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if whole.is_empty() && seen <= limit && body.is_end_stream() {
            // It came in one piece, as small ones do.
            return Ok(data);
        }
        if seen <= limit {
            whole.extend_from_slice(&data);
        } else if seen > limit + DRAINED_BYTES {
            break;
        }
    }
    if seen > limit {
        return Err(Refusal::new(Code::TooLarge, format!("A body has at most {limit} bytes.")));
    }
    Ok(whole.freeze())
}

/// # Errors
/// 400 when it is not JSON at all, 422 with a pointer when it is JSON of the wrong shape.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    match serde_json::from_slice(body) {
        Ok(_) if is_list(body) => Err(no_object()),
        Ok(parsed) => Ok(parsed),
        Err(error) => Err(explain::<T>(body, &error)),
    }
}

/// serde would read a list as the values of the fields in their order, which nobody means.
fn is_list(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[")
}

fn no_object() -> Refusal {
    Refusal::with_items(Code::Invalid, vec![item("shape", "", "The body is a list; send an object.")])
}

/// Reads again, this time keeping track of where it is.
fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Refusal {
    if std::str::from_utf8(body).is_err() {
        return Refusal::new(Code::Malformed, "The body is not UTF-8.");
    }
    // A wrong shape can hide broken JSON behind it, so the whole is looked at first.
    if let Err(syntax) = serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        return Refusal::new(Code::Malformed, format!("The body is not JSON: {syntax}."));
    }
    if !error.is_data() {
        return Refusal::new(Code::Malformed, format!("The body cannot be read: {error}."));
    }
    if is_list(body) {
        return no_object();
    }
    let deserializer = &mut serde_json::Deserializer::from_slice(body);
    let Err(located) = serde_path_to_error::deserialize::<_, T>(deserializer) else {
        return Refusal::new(Code::Malformed, format!("The body cannot be read: {error}."));
    };
    let pointer = pointer(located.path());
    Refusal::with_items(Code::Invalid, vec![item("shape", &pointer, located.inner().to_string())])
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&promptory_core::violation::pointer_token(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use promptory_api::prompt::NewPrompt;

    use super::*;

    fn refused(body: &[u8]) -> (Code, String) {
        let refusal = parse::<NewPrompt>(body).map(|_| ()).expect_err("must be refused");
        let pointer = refusal.errors.first().map(|problem| problem.pointer.clone()).unwrap_or_default();
        (refusal.code, pointer)
    }

    #[test]
    fn every_way_to_be_wrong() {
        let deep = ["[".repeat(20_000), "]".repeat(20_000)].concat();
        let deep = format!(r#"{{"name":"a","kind":"text","metadata":{{"a":{deep}}}}}"#);
        for (body, code, pointer) in [
            (b"{".as_slice(), Code::Malformed, ""),
            (b"", Code::Malformed, ""),
            (b"\xff\xfe", Code::Malformed, ""),
            (br#"{"name":"\ud800","kind":"text"}"#, Code::Malformed, ""),
            (deep.as_bytes(), Code::Malformed, ""),
            (b"[]", Code::Invalid, ""),
            (br#"{"name":1,"kind":"text"}"#, Code::Invalid, "/name"),
            (br#"{"name":"a","kind":"text","tags":["a",2]}"#, Code::Invalid, "/tags/1"),
            (
                br#"{"name":"a","kind":"text","version":{"content":"x","nope":1}}"#,
                Code::Invalid,
                "/version/nope",
            ),
        ] {
            assert_eq!(
                refused(body),
                (code, pointer.to_owned()),
                "{}",
                String::from_utf8_lossy(&body[..body.len().min(80)])
            );
        }
    }
}
