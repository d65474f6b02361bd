use axum::Json;
use promptory_api::webhook::WebhookSecret;

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Makes another secret, which is shown only here; the one before signs too for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/rotate",
    operation_id = "webhooks_rotate",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id.")),
    responses((status = 200, body = WebhookSecret)),
)]
pub async fn rotate(can: Can<Admin>, Named(id): Named<String>) -> Result<Json<WebhookSecret>, Refusal> {
    Ok(Json(webhooks::rotate(&can.ctx, &id).await?))
}
