use axum::Json;
use promptory_api::{
    page::Page,
    release::{Release, ReleaseQuery},
};

use crate::{
    app::releases,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Releases of several prompts, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/releases",
    operation_id = "releases_list",
    tag = "deployments",
    security(("key" = ["read"])),
    params(ReleaseQuery),
    responses((status = 200, body = Page<Release>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<ReleaseQuery>,
) -> Result<Json<Page<Release>>, Refusal> {
    Ok(Json(releases::list(&can.ctx, &query).await?))
}
