use axum::Json;
use promptory_api::{page::Page, server::Server};

use crate::{
    app::servers,
    http::access::{Can, Instance},
    refusal::Refusal,
};

/// The servers of this instance that were seen lately, and which revision of each project each one serves.
#[utoipa::path(
    get,
    path = "/api/v1/servers",
    operation_id = "servers_list",
    tag = "servers",
    security(("key" = ["instance"])),
    responses((status = 200, body = Page<Server>)),
)]
pub async fn list(can: Can<Instance>) -> Result<Json<Page<Server>>, Refusal> {
    Ok(Json(servers::list(&can.ctx).await?))
}
