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

/// Figures by country, with its share.
#[utoipa::path(
    get,
    path = "/api/v1/analytics/geography",
    operation_id = "analytics_geography",
    tag = "analytics",
    security(("key" = ["read"])),
    params(AnalyticsQuery),
    responses((status = 200, body = Summary)),
)]
pub async fn geography(
    can: Can<Read>,
    Params(query): Params<AnalyticsQuery>,
) -> Result<Json<Summary>, Refusal> {
    Ok(Json(analytics::countries(&can.ctx, &query).await?))
}
