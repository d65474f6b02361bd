use axum::Json;
use promptory_api::{page::Page, webhook::Webhook};

use crate::{
    app::webhooks,
    http::access::{Admin, Can},
    refusal::Refusal,
};

/// Who is told of what happens; without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    operation_id = "webhooks_list",
    tag = "webhooks",
    security(("key" = ["admin"])),
    responses((status = 200, body = Page<Webhook>)),
)]
pub async fn list(can: Can<Admin>) -> Result<Json<Page<Webhook>>, Refusal> {
    Ok(Json(webhooks::list(&can.ctx).await?))
}
