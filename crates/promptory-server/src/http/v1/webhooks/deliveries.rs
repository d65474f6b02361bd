use axum::Json;
use promptory_api::{
    page::{Page, PageQuery},
    webhook::Delivery,
};

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Every attempt of the last 30 days, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}/deliveries",
    operation_id = "webhooks_deliveries",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id."), PageQuery),
    responses((status = 200, body = Page<Delivery>)),
)]
pub async fn deliveries(
    can: Can<Admin>,
    Named(id): Named<String>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Delivery>>, Refusal> {
    Ok(Json(webhooks::deliveries(&can.ctx, &id, &query).await?))
}
