use axum::Json;
use promptory_api::analytics::{AnalyticsQuery, ErrorPatterns};

use crate::{
    app::analytics,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What went wrong, by type and shape of the message.
#[utoipa::path(
    get,
    path = "/api/v1/analytics/errors",
    operation_id = "analytics_errors",
    tag = "analytics",
    security(("key" = ["read"])),
    params(AnalyticsQuery),
    responses((status = 200, body = ErrorPatterns)),
)]
pub async fn errors(
    can: Can<Read>,
    Params(query): Params<AnalyticsQuery>,
) -> Result<Json<ErrorPatterns>, Refusal> {
    Ok(Json(analytics::errors(&can.ctx, &query).await?))
}
