use axum::Json;
use promptory_api::prices::{Cost, CostQuery};

use crate::{
    app::prices,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What such a call costs, and by which price.
#[utoipa::path(
    get,
    path = "/api/v1/prices/cost",
    operation_id = "prices_cost",
    tag = "prices",
    security(("key" = ["read"])),
    params(CostQuery),
    responses((status = 200, body = Cost)),
)]
pub async fn cost(can: Can<Read>, Params(query): Params<CostQuery>) -> Result<Json<Cost>, Refusal> {
    Ok(Json(prices::cost(&can.ctx, &query)?))
}
