use axum::Json;
use promptory_api::{
    page::Page,
    prices::{Price, PriceQuery},
};

use crate::{
    app::prices,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What models cost: for each the price that calls are priced by, from memory.
#[utoipa::path(
    get,
    path = "/api/v1/prices",
    operation_id = "prices_list",
    tag = "prices",
    security(("key" = ["read"])),
    params(PriceQuery),
    responses((status = 200, body = Page<Price>)),
)]
pub async fn list(can: Can<Read>, Params(query): Params<PriceQuery>) -> Result<Json<Page<Price>>, Refusal> {
    Ok(Json(prices::list(&can.ctx, &query)?))
}
