use axum::Json;
use promptory_api::{
    deployment::{Deployment, DeploymentQuery},
    page::Page,
};

use crate::{
    app::deployments,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Deployments, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/deployments",
    operation_id = "deployments_list",
    tag = "deployments",
    security(("key" = ["read"])),
    params(DeploymentQuery),
    responses((status = 200, body = Page<Deployment>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<DeploymentQuery>,
) -> Result<Json<Page<Deployment>>, Refusal> {
    Ok(Json(deployments::list(&can.ctx, &query).await?))
}
