use axum::Json;
use promptory_api::release::Release;

use crate::{
    app::releases,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One release, with where each of its deployments stands.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{id}",
    operation_id = "releases_show",
    tag = "deployments",
    security(("key" = ["read"])),
    params(("id" = String, Path, description = "The release's id.")),
    responses((status = 200, body = Release)),
)]
pub async fn show(can: Can<Read>, Named(id): Named<String>) -> Result<Json<Release>, Refusal> {
    Ok(Json(releases::show(&can.ctx, &id).await?))
}
