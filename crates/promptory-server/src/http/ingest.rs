//! Bodies of recordings: larger than others, maybe gzipped, maybe a line for each.

use axum::body::Body;
use http::{HeaderMap, header};
use promptory_api::execution::{NewScore, Recorded};
use promptory_core::limits;

use super::input;
use crate::{
    app::{
        Ctx, Outcome,
        executions::{self, read_batch, unpack},
    },
    refusal::{Code, Refusal},
};

/// # Errors
/// The body cannot be read, or nothing of it could be stored.
pub async fn ingest(ctx: &Ctx, headers: &HeaderMap, body: Body) -> Outcome<Recorded> {
    let lines = lines(headers)?;
    let bytes = read(headers, body).await?;
    executions::record(ctx, read_batch(&bytes, lines)?).await
}

/// # Errors
/// The body cannot be read, or nothing of it could be stored.
pub async fn score(ctx: &Ctx, headers: &HeaderMap, body: Body) -> Outcome<Recorded> {
    input::content_type(headers)?;
    let bytes = read(headers, body).await?;
    if bytes.trim_ascii_start().starts_with(b"[") {
        let many: Vec<NewScore> = serde_json::from_slice(&bytes)
            .map_err(|error| Refusal::invalid("", format!("The list is none of scores: {error}.")))?;
        if many.len() > limits::EXECUTIONS_PER_REQUEST {
            let detail = format!("A request has at most {} scores.", limits::EXECUTIONS_PER_REQUEST);
            return Err(Refusal::new(Code::TooLarge, detail));
        }
        return executions::score(ctx, many, false).await;
    }
    executions::score(ctx, vec![input::parse(&bytes)?], true).await
}

async fn read(headers: &HeaderMap, body: Body) -> Outcome<bytes::Bytes> {
    let bytes = input::read(body, limits::EXECUTIONS_BODY_BYTES).await?;
    match headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default()) {
        None | Some("identity" | "") => Ok(bytes),
        Some("gzip") => Ok(unpack(&bytes)?.into()),
        Some(other) => {
            let detail = format!("The body is encoded as {other:?}; send it plain or with gzip.");
            Err(Refusal::new(Code::WrongContentType, detail))
        }
    }
}

fn lines(headers: &HeaderMap) -> Outcome<bool> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known =
        ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"];
    if known.contains(&essence.as_str()) {
        return Ok(true);
    }
    input::content_type(headers).map(|()| false)
}
