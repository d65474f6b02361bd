use axum::Json;
use promptory_api::prices::{AppliedPrices, ApplyPrices};

use crate::{
    app::prices::apply,
    http::{
        access::{Admin, Can},
        input::OptionalInput,
    },
    refusal::Refusal,
};

/// Prices executions that were recorded before their model had a price. What has a cost keeps it.
#[utoipa::path(
    post,
    path = "/api/v1/prices/apply",
    operation_id = "prices_apply",
    tag = "prices",
    security(("key" = ["admin"])),
    request_body = ApplyPrices,
    responses((status = 200, body = AppliedPrices)),
)]
pub async fn apply(
    can: Can<Admin>,
    OptionalInput(body): OptionalInput<ApplyPrices>,
) -> Result<Json<AppliedPrices>, Refusal> {
    Ok(Json(apply::apply(&can.ctx, &body).await?))
}
