use axum::Json;
use promptory_api::execution::RecordingPolicy;

use crate::{
    app::executions,
    http::access::{Can, Read},
    refusal::Refusal,
};

/// What this project keeps of executions.
#[utoipa::path(
    get,
    path = "/api/v1/recording",
    operation_id = "recording_show",
    tag = "executions",
    security(("key" = ["read"])),
    responses((status = 200, body = RecordingPolicy)),
)]
pub async fn show(can: Can<Read>) -> Result<Json<RecordingPolicy>, Refusal> {
    Ok(Json(executions::recording(&can.ctx).await?))
}
