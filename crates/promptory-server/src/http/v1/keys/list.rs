use axum::Json;
use promptory_api::{
    access::Key,
    page::{Page, PageQuery},
};

use crate::{
    app::keys,
    http::{
        access::{Admin, Can},
        input::Params,
    },
    refusal::Refusal,
};

/// Keys, oldest first, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "keys_list",
    tag = "keys",
    security(("key" = ["admin"])),
    params(PageQuery),
    responses((status = 200, body = Page<Key>)),
)]
pub async fn list(can: Can<Admin>, Params(query): Params<PageQuery>) -> Result<Json<Page<Key>>, Refusal> {
    Ok(Json(keys::list(&can.ctx, &query).await?))
}
