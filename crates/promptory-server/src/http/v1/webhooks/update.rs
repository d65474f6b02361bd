use axum::Json;
use promptory_api::webhook::{Webhook, WebhookUpdate};

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Changes the address or the events, or switches it on or off. What waits is then sent at once.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/{id}",
    operation_id = "webhooks_update",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = WebhookUpdate,
    responses((status = 200, body = Webhook)),
)]
pub async fn update(
    can: Can<Admin>,
    Named(id): Named<String>,
    Input(body): Input<WebhookUpdate>,
) -> Result<Json<Webhook>, Refusal> {
    Ok(Json(webhooks::update(&can.ctx, &id, &body).await?))
}
