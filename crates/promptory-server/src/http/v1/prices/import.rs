use axum::Json;
use promptory_api::prices::{ImportedPrices, PriceImportQuery, PriceTable};

use crate::{
    app::prices::import as prices,
    http::{
        access::{Admin, Can},
        input::{Input, Params},
    },
    refusal::Refusal,
};

/// Takes prices from the public table of LiteLLM, in one change. Running it again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/prices/import",
    operation_id = "prices_import",
    tag = "prices",
    security(("key" = ["admin"])),
    params(PriceImportQuery),
    request_body = PriceTable,
    responses((status = 200, body = ImportedPrices)),
)]
pub async fn import(
    can: Can<Admin>,
    Params(query): Params<PriceImportQuery>,
    Input(PriceTable(table)): Input<PriceTable>,
) -> Result<Json<ImportedPrices>, Refusal> {
    Ok(Json(prices::import(&can.ctx, &query, &table).await?))
}
