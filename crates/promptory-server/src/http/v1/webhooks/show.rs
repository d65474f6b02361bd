use axum::Json;
use promptory_api::webhook::Webhook;

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// How an endpoint stands.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}",
    operation_id = "webhooks_show",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id.")),
    responses((status = 200, body = Webhook)),
)]
pub async fn show(can: Can<Admin>, Named(id): Named<String>) -> Result<Json<Webhook>, Refusal> {
    Ok(Json(webhooks::show(&can.ctx, &id).await?))
}
