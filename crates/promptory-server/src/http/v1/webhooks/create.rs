use axum::Json;
use http::StatusCode;
use promptory_api::webhook::{NewWebhook, WebhookSecret};

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Tells an address from now on what happens. The answer is the only place where the secret is shown.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    operation_id = "webhooks_create",
    tag = "webhooks",
    security(("key" = ["admin"])),
    request_body = NewWebhook,
    responses((status = 201, body = WebhookSecret)),
)]
pub async fn create(
    can: Can<Admin>,
    Input(body): Input<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookSecret>), Refusal> {
    Ok((StatusCode::CREATED, Json(webhooks::create(&can.ctx, &body).await?)))
}
