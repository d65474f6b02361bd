use axum::{Json, body::Body};
use http::{HeaderMap, StatusCode};
use promptory_api::execution::{NewScores, Recorded};

use crate::{
    http::{
        access::{Can, Record},
        ingest::score,
    },
    refusal::Refusal,
};

/// Says something of an execution, of the last one of a session or of a user, or of a version: one score or a list. It
/// may come long after the execution, and before it.
#[utoipa::path(
    post,
    path = "/api/v1/scores",
    operation_id = "scores_create",
    tag = "executions",
    security(("key" = ["record"])),
    request_body = NewScores,
    responses((status = 202, body = Recorded)),
)]
pub async fn create(
    can: Can<Record>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Recorded>), Refusal> {
    Ok((StatusCode::ACCEPTED, Json(score(&can.ctx, &headers, body).await?)))
}
