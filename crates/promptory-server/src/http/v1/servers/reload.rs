use axum::Json;
use promptory_api::server::Reloaded;

use crate::{
    app::servers,
    http::access::{Can, Instance},
    refusal::Refusal,
};

/// Makes all servers and clients load everything anew: a new epoch begins, and every stream is told `reset`. Serving goes on meanwhile.
#[utoipa::path(
    post,
    path = "/api/v1/servers/reload",
    operation_id = "servers_reload",
    tag = "servers",
    security(("key" = ["instance"])),
    responses((status = 200, body = Reloaded)),
)]
pub async fn reload(can: Can<Instance>) -> Result<Json<Reloaded>, Refusal> {
    Ok(Json(servers::reload(&can.ctx).await?))
}
