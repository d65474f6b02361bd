use axum::Json;
use promptory_api::access::Key;

use crate::{
    app::keys,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Revokes a key: within a second it is refused everywhere.
#[utoipa::path(
    delete,
    path = "/api/v1/keys/{id}",
    operation_id = "keys_revoke",
    tag = "keys",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, body = Key)),
)]
pub async fn revoke(can: Can<Admin>, Named(id): Named<String>) -> Result<Json<Key>, Refusal> {
    Ok(Json(keys::revoke(&can.ctx, &id).await?))
}
