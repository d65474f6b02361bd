use axum::Json;
use promptory_api::analytics::{AnalyticsQuery, Summary};

use crate::{
    app::analytics,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Figures of executions over a time: one line, or one for each group.
#[utoipa::path(
    get,
    path = "/api/v1/analytics/summary",
    operation_id = "analytics_summary",
    tag = "analytics",
    security(("key" = ["read"])),
    params(AnalyticsQuery),
    responses((status = 200, body = Summary)),
)]
pub async fn summary(
    can: Can<Read>,
    Params(query): Params<AnalyticsQuery>,
) -> Result<Json<Summary>, Refusal> {
    Ok(Json(analytics::summary(&can.ctx, &query).await?))
}
