//! One request with a batch, and what its answer means.

use std::time::{Duration, SystemTime};

use promptory_api::{execution::Recorded, problem::Problem};
use promptory_core::time::Timestamp;
use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap},
};

use super::encode::{Kind, packed};
use crate::{
    error::Error,
    http::{Ask, Http, read, sent},
};

/// Nobody is told to wait for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Ten thousand reasons.
const ANSWER_BYTES: u64 = 8 << 20;

pub(crate) enum Told {
    Recorded(Recorded),
    /// No answer, or one that says to come again; after how long, when that was said.
    Later {
        why: String,
        after: Option<Duration>,
    },
    TooLarge(String),
    /// Asking again does not help.
    No {
        status: u16,
        why: String,
    },
}

pub(crate) struct Body {
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    /// Of more than this many bytes.
    pub(crate) pack_above: usize,
}

pub(crate) async fn send(http: &Http, body: Body, now: Timestamp) -> Told {
    match request(http, body, now).await {
        Ok(told) => told,
        Err(error) => Told::Later { why: error.to_string(), after: None },
    }
}

async fn request(http: &Http, body: Body, now: Timestamp) -> Result<Told, Error> {
    let Body { kind, bytes, pack_above } = body;
    let (path, form) = match kind {
        Kind::Execution => ("/executions", "application/x-ndjson"),
        Kind::Score => ("/scores", "application/json"),
    };
    let ask = Ask { path: path.to_owned(), ..Ask::default() };
    let mut request = http.request_to(Method::POST, &ask).header(header::CONTENT_TYPE, form);
    let mut bytes = bytes;
    if bytes.len() > pack_above {
        bytes = pack(bytes).await?;
        request = request.header(header::CONTENT_ENCODING, "gzip");
    }
    let mut response = sent(request.body(bytes)).await?;
    let status = response.status();
    let after = retry_after(response.headers(), now);
    let answer = read(&mut response, ANSWER_BYTES).await?;
    Ok(meaning(status, after, &answer))
}

/// What takes a moment is done beside the threads of the application.
async fn pack(bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let done = tokio::task::spawn_blocking(move || packed(&bytes)).await.ok().flatten();
    done.ok_or_else(|| Error::Unreachable("the batch was not packed: the program ends".to_owned()))
}

fn meaning(status: StatusCode, after: Option<Duration>, answer: &[u8]) -> Told {
    let problem: Option<Problem> = serde_json::from_slice(answer).ok();
    let why = match &problem {
        Some(problem) => format!("{status}: {}", problem.detail),
        None => format!("{status}, and not in the way of Promptory"),
    };
    let later = matches!(status.as_u16(), 408 | 425 | 429);
    match (status, problem) {
        (StatusCode::OK | StatusCode::ACCEPTED, _) => match serde_json::from_slice(answer) {
            Ok(recorded) => Told::Recorded(recorded),
            Err(_) => Told::Later { why, after },
        },
        // A proxy may have a smaller limit than the server.
        (StatusCode::PAYLOAD_TOO_LARGE, _) => Told::TooLarge(why),
        (_, Some(_)) if status.is_client_error() && !later => Told::No { status: status.as_u16(), why },
        // A server that is not up, a page of a proxy: none of them speaks for Promptory.
        _ => Told::Later { why, after },
    }
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            at.saturating_sub(Duration::from_micros(u64::try_from(now.micros()).ok()?))
        }
    };
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_given_in_seconds_or_as_a_time_and_has_an_end() {
        let now = Timestamp::parse_rfc3339("2026-11-20T10:00:00Z").expect("a time");
        for (text, seconds) in [
            ("7", Some(7)),
            ("0", Some(0)),
            ("86400", Some(300)),
            ("Fri, 20 Nov 2026 10:00:30 GMT", Some(30)),
            ("Fri, 20 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().expect("a value"));
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn only_promptory_says_no() {
        let problem = br#"{"type":"","title":"","status":400,"detail":"d","code":"c","request_id":"r"}"#;
        let word = |status: u16, answer: &[u8]| match meaning(
            StatusCode::from_u16(status).expect("a status"),
            None,
            answer,
        ) {
            Told::Recorded(_) => "recorded",
            Told::Later { .. } => "later",
            Told::TooLarge(_) => "too large",
            Told::No { .. } => "no",
        };
        assert_eq!(word(202, br#"{"accepted":1,"duplicates":0,"rejected":[]}"#), "recorded");
        assert_eq!(word(200, b"<html>"), "later");
        assert_eq!(word(204, b""), "later");
        assert_eq!(word(413, b"<html>"), "too large");
        assert_eq!(word(413, problem), "too large");
        for status in [400, 401, 403, 404, 415, 422] {
            assert_eq!(word(status, problem), "no", "{status}");
            assert_eq!(word(status, b"<html>"), "later", "{status}");
        }
        for status in [302, 408, 425, 429, 500, 502, 503, 504] {
            assert_eq!((word(status, problem), word(status, b"")), ("later", "later"), "{status}");
        }
    }
}
