use axum::{Json, body::Body};
use http::{HeaderMap, StatusCode};
use promptory_api::execution::{NewExecutions, Recorded};

use crate::{
    http::{
        access::{Can, Record},
        ingest::ingest,
    },
    refusal::Refusal,
};

/// Records calls of a model: one object, a list, or a line for each (`application/x-ndjson`), plain or gzipped; at most
/// 10,000 and 32 MiB. What is right is stored even if others are not, and is on the disk when the answer comes.
#[utoipa::path(
    post,
    path = "/api/v1/executions",
    operation_id = "executions_record",
    tag = "executions",
    security(("key" = ["record"])),
    request_body(content((NewExecutions = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 202, body = Recorded)),
)]
pub async fn record(
    can: Can<Record>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Recorded>), Refusal> {
    Ok((StatusCode::ACCEPTED, Json(ingest(&can.ctx, &headers, body).await?)))
}
