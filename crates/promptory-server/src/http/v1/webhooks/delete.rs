use http::StatusCode;

use crate::{
    app::webhooks,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Tells it nothing any more, and forgets its deliveries.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/{id}",
    operation_id = "webhooks_delete",
    tag = "webhooks",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The webhook's id.")),
    responses((status = 204, description = "It is gone.")),
)]
pub async fn delete(can: Can<Admin>, Named(id): Named<String>) -> Result<StatusCode, Refusal> {
    webhooks::delete(&can.ctx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
