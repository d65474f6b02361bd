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

/// Sends the message of a delivery once more, now, with the same id.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/deliveries/{delivery}/resend",
    operation_id = "webhooks_resend",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(
        ("id" = String, Path, description = "The webhook's id."),
        ("delivery" = String, Path, description = "The delivery's id."),
    ),
    responses((status = 200, body = Delivery)),
)]
pub async fn resend(
    can: Can<Admin>,
    Named((id, delivery)): Named<(String, String)>,
) -> Result<Json<Delivery>, Refusal> {
    Ok(Json(webhooks::resend(&can.ctx, &id, &delivery).await?))
}
