use axum::Json;
use promptory_api::analytics::{Verified, Verify};

use crate::{
    app::verify,
    http::{
        access::{Admin, Can},
        input::OptionalInput,
    },
    refusal::Refusal,
};

/// Counts the stored executions again and compares every figure of the statistics with what comes out; with `repair` it
/// mends the days that differ.
#[utoipa::path(
    post,
    path = "/api/v1/analytics/verify",
    operation_id = "analytics_verify",
    tag = "analytics",
    security(("key" = ["admin"])),
    request_body = Verify,
    responses((status = 200, body = Verified)),
)]
pub async fn verify(
    can: Can<Admin>,
    OptionalInput(body): OptionalInput<Verify>,
) -> Result<Json<Verified>, Refusal> {
    Ok(Json(verify::verify(&can.ctx, &body).await?))
}
