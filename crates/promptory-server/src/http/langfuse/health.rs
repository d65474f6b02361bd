use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use promptory_api::langfuse::LangfuseHealth;

use crate::app::App;

/// Whether prompts can be served; without a key.
#[utoipa::path(get, path = "/api/public/health", operation_id = "langfuse_health", tag = "langfuse",
    responses((status = 200, body = LangfuseHealth), (status = 503, body = LangfuseHealth)))]
pub async fn health(State(app): State<Arc<App>>) -> Response {
    let (status, word) = match app.serving.projects().is_empty() {
        false => (StatusCode::OK, "OK"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "STARTING"),
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    (status, Json(LangfuseHealth { status: word.to_owned(), version })).into_response()
}
