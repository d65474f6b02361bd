use axum::Json;
use promptory_api::execution::ExecutionDetail;

use crate::{
    app::executions,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One execution with everything that was kept of it, and its scores.
#[utoipa::path(
    get,
    path = "/api/v1/executions/{id}",
    operation_id = "executions_show",
    tag = "executions",
    security(("key" = ["read"])),
    params(("id" = String, Path, description = "As it was recorded, percent-encoded.")),
    responses((status = 200, body = ExecutionDetail)),
)]
pub async fn show(can: Can<Read>, Named(id): Named<String>) -> Result<Json<ExecutionDetail>, Refusal> {
    Ok(Json(executions::show(&can.ctx, &id).await?))
}
