use axum::Json;
use promptory_api::analytics::{AnalyticsQuery, Series};

use crate::{
    app::analytics,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Figures over time, bucket by bucket; empty buckets are there too.
#[utoipa::path(
    get,
    path = "/api/v1/analytics/series",
    operation_id = "analytics_series",
    tag = "analytics",
    security(("key" = ["read"])),
    params(AnalyticsQuery),
    responses((status = 200, body = Series)),
)]
pub async fn series(can: Can<Read>, Params(query): Params<AnalyticsQuery>) -> Result<Json<Series>, Refusal> {
    Ok(Json(analytics::series(&can.ctx, &query).await?))
}
