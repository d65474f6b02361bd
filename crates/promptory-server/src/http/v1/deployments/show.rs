use axum::Json;
use promptory_api::deployment::Deployment;

use crate::{
    app::deployments,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One deployment.
#[utoipa::path(
    get,
    path = "/api/v1/deployments/{id}",
    operation_id = "deployments_show",
    tag = "deployments",
    security(("key" = ["read"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    responses((status = 200, body = Deployment)),
)]
pub async fn show(can: Can<Read>, Named(id): Named<String>) -> Result<Json<Deployment>, Refusal> {
    Ok(Json(deployments::show(&can.ctx, &id).await?))
}
