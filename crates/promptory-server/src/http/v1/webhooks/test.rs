use axum::Json;
use promptory_api::webhook::Delivery;

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Sends a message `webhook.test` now and answers how it went; also when it is switched off.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/test",
    operation_id = "webhooks_test",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id.")),
    responses((status = 200, body = Delivery)),
)]
pub async fn test(can: Can<Admin>, Named(id): Named<String>) -> Result<Json<Delivery>, Refusal> {
    Ok(Json(webhooks::test(&can.ctx, &id).await?))
}
