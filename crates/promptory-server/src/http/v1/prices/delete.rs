use http::StatusCode;
use promptory_api::prices::LayerQuery;

use crate::{
    app::prices::change,
    http::{
        access::{Admin, Can},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Deletes a price. What was computed by it stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/prices/{id}",
    operation_id = "prices_delete",
    tag = "prices",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The price's id."), LayerQuery),
    responses((status = 204, description = "Done")),
)]
pub async fn delete(
    can: Can<Admin>,
    Named(id): Named<String>,
    Params(query): Params<LayerQuery>,
) -> Result<StatusCode, Refusal> {
    change::delete(&can.ctx, &query, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
