use axum::Json;
use promptory_api::{
    execution::{Execution, ExecutionQuery},
    page::Page,
};

use crate::{
    app::executions,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Executions, latest start first, without the texts that went in and out.
#[utoipa::path(
    get,
    path = "/api/v1/executions",
    operation_id = "executions_list",
    tag = "executions",
    security(("key" = ["read"])),
    params(ExecutionQuery),
    responses((status = 200, body = Page<Execution>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<ExecutionQuery>,
) -> Result<Json<Page<Execution>>, Refusal> {
    Ok(Json(executions::list(&can.ctx, &query).await?))
}
