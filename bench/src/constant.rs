//! The baseline: an axum handler that answers with the bytes and headers that the server gave once.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::Response,
    routing::{get, post},
    serve::ListenerExt,
};

use crate::wire::Answer;

struct Constant {
    headers: HeaderMap,
    body: Bytes,
}

/// Keeps an answer for the baseline. Hyper adds the date and the length by itself, in both programs.
pub fn keep(answer: &Answer<'_>, folder: &Path) -> Result<PathBuf> {
    let file = folder.join("answer");
    let mut text = answer.head.to_vec();
    text.extend_from_slice(answer.body);
    std::fs::write(&file, text)?;
    Ok(file)
}

fn read(file: &Path) -> Result<Constant> {
    let bytes = std::fs::read(file)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("this is no answer")? + 4;
    let mut headers = HeaderMap::new();
    for line in std::str::from_utf8(&bytes[..end])?.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name != "date" && name != "content-length" {
            headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
    }
    Ok(Constant { headers, body: Bytes::copy_from_slice(&bytes[end..]) })
}

fn respond(constant: &Constant) -> Response {
    let mut response = Response::new(Body::from(constant.body.clone()));
    *response.headers_mut() = constant.headers.clone();
    response
}

async fn active(State(constant): State<Arc<Constant>>) -> Response {
    respond(&constant)
}

async fn resolve(State(constant): State<Arc<Constant>>, body: Bytes) -> Response {
    std::hint::black_box(body.len());
    respond(&constant)
}

/// As the server: a runtime with as many workers as there are processors, small answers sent at once.
pub fn run(file: &Path) -> Result<()> {
    let router = Router::new()
        .route("/api/v1/prompts/{name}/active", get(active))
        .route("/api/v1/prompts/{name}/resolve", post(resolve))
        .with_state(Arc::new(read(file)?));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
        let listener = listener.tap_io(|stream| {
            // A failure costs only time.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await?;
        Ok(())
    })
}
