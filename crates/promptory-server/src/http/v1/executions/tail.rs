use axum::Json;
use promptory_api::execution::{Tail, TailQuery};

use crate::{
    app::executions,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What was received since the last time it was asked; the first time only where the end is. At most the newest 200.
#[utoipa::path(
    get,
    path = "/api/v1/executions/tail",
    operation_id = "executions_tail",
    tag = "executions",
    security(("key" = ["read"])),
    params(TailQuery),
    responses((status = 200, body = Tail)),
)]
pub async fn tail(can: Can<Read>, Params(query): Params<TailQuery>) -> Result<Json<Tail>, Refusal> {
    Ok(Json(executions::tail(&can.ctx, &query).await?))
}
