use axum::Json;
use promptory_api::access::Key;

use crate::{
    app::keys::own,
    http::{
        access::{Any, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Revokes a key of one's own: within a second it is refused everywhere.
#[utoipa::path(
    delete,
    path = "/api/v1/session/keys/{id}",
    operation_id = "session_keys_revoke",
    tag = "session",
    security(("session" = [])),
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, body = Key)),
)]
pub async fn revoke(can: Can<Any>, Named(id): Named<String>) -> Result<Json<Key>, Refusal> {
    Ok(Json(own::revoke(&can.ctx, &id).await?))
}
