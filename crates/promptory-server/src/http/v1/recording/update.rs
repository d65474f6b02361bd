use axum::Json;
use promptory_api::execution::RecordingPolicy;

use crate::{
    app::executions,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Says what this project keeps of executions from now on. A shorter retention also takes what is stored already.
#[utoipa::path(
    put,
    path = "/api/v1/recording",
    operation_id = "recording_update",
    tag = "executions",
    security(("key" = ["admin"])),
    request_body = RecordingPolicy,
    responses((status = 200, body = RecordingPolicy)),
)]
pub async fn update(
    can: Can<Admin>,
    Input(body): Input<RecordingPolicy>,
) -> Result<Json<RecordingPolicy>, Refusal> {
    Ok(Json(executions::put_recording(&can.ctx, body).await?))
}
