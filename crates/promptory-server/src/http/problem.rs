//! Problem documents (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use promptory_api::problem::Problem;

use crate::refusal::{Code, Refusal};

/// Seconds that a caller should wait after 429 and 503.
const RETRY_AFTER_S: &str = "1";

/// Leaves the status and the refusal for the envelope, which knows the request's id and writes the document.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub fn document(refusal: &Refusal, request_id: &str) -> Problem {
    Problem {
        kind: format!("/api/docs/errors#{}", refusal.code.as_str()),
        title: refusal.code.title().to_owned(),
        status: refusal.code.status().as_u16(),
        detail: refusal.detail.clone(),
        code: refusal.code.as_str().to_owned(),
        request_id: request_id.to_owned(),
        errors: refusal.errors.clone(),
        existing: refusal.existing.clone(),
    }
}

/// The whole answer.
pub fn render(refusal: &Refusal, request_id: &str) -> Response {
    let body = serde_json::to_vec(&document(refusal, request_id)).unwrap_or_default();
    let mut response = (refusal.code.status(), body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match refusal.code {
        Code::RateLimited | Code::Unavailable | Code::Busy | Code::Behind => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        }
        Code::Unauthenticated => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        _ => {}
    }
    response
}
