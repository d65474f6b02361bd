use axum::Json;
use promptory_api::analytics::{CompareFiguresQuery, ComparedFigures};

use crate::{
    app::analytics,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// How two versions of a prompt did beside each other: over the hours in which both served, or marked as observed at
/// different times. No verdict.
#[utoipa::path(
    get,
    path = "/api/v1/analytics/compare",
    operation_id = "analytics_compare",
    tag = "analytics",
    security(("key" = ["read"])),
    params(CompareFiguresQuery),
    responses((status = 200, body = ComparedFigures)),
)]
pub async fn compare(
    can: Can<Read>,
    Params(query): Params<CompareFiguresQuery>,
) -> Result<Json<ComparedFigures>, Refusal> {
    Ok(Json(analytics::compare(&can.ctx, &query).await?))
}
