//! The doors of Langfuse clients. They authenticate by Basic as well (`basic.rs`), and get errors in their shape.

pub mod health;
pub mod list;
pub mod projects;
pub mod show;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use promptory_api::langfuse::LangfuseError;

use super::problem;
use crate::{
    check::json_text,
    refusal::{Code, Refusal},
};

/// Whether who asks here speaks that language.
pub fn is_theirs(path: &str) -> bool {
    path.starts_with("/api/public/")
}

/// These clients know 400, 401, 403, 404 and 405; on 404 they forget what they have cached.
fn status(code: Code) -> StatusCode {
    match code {
        Code::VersionArchived | Code::PromptArchived => StatusCode::NOT_FOUND,
        other if other.status() == StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other.status(),
    }
}

/// The whole answer.
pub fn render(refusal: &Refusal) -> Response {
    let error = LangfuseError { error: refusal.code.as_str().to_owned(), message: refusal.detail.clone() };
    let mut response = (status(refusal.code), json_text(&error)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, super::serve::JSON);
    problem::retry_after(refusal, headers);
    if refusal.code == Code::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"promptory\""));
    }
    response
}
