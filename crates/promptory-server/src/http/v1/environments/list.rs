use axum::Json;
use promptory_api::{
    environment::Environment,
    page::{Page, PageQuery},
};

use crate::{
    app::environments,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Environments in order: the last is nearest to users.
#[utoipa::path(
    get,
    path = "/api/v1/environments",
    operation_id = "environments_list",
    tag = "environments",
    security(("key" = ["read"])),
    params(PageQuery),
    responses((status = 200, body = Page<Environment>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Environment>>, Refusal> {
    Ok(Json(environments::list(&can.ctx, &query).await?))
}
