use axum::Json;
use promptory_api::{access::Key, page::Page};

use crate::{
    app::keys::own,
    http::access::{Any, Can},
    refusal::Refusal,
};

/// One's own valid keys in a project, oldest first, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/session/keys",
    operation_id = "session_keys_list",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, body = Page<Key>)),
)]
pub async fn list(can: Can<Any>) -> Result<Json<Page<Key>>, Refusal> {
    Ok(Json(own::list(&can.ctx).await?))
}
