//! Problem documents (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};

use crate::refusal::{Code, Refusal, problem};

/// Leaves the status and the refusal for the envelope, which knows the request's id and writes the document.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The whole answer.
pub fn render(refusal: &Refusal, request_id: &str) -> Response {
    let body = serde_json::to_vec(&problem(refusal, request_id)).unwrap_or_default();
    let mut response = (refusal.code.status(), body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    retry_after(refusal, headers);
    if refusal.code == Code::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Says after how many seconds to come back, where that helps.
pub fn retry_after(refusal: &Refusal, headers: &mut HeaderMap) {
    if matches!(
        refusal.code,
        Code::RateLimited
            | Code::Unavailable
            | Code::Busy
            | Code::Behind
            | Code::Overloaded
            | Code::TooManyStreams
    ) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(refusal.retry_after_s));
    }
}
