use axum::Json;
use promptory_api::deployment::{Deployment, DeploymentCommand};
use promptory_core::rollout::Command;

use crate::{
    app::deployments,
    http::{
        access::{Can, Deploy},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Starts a deployment that waits (`hold`).
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/start",
    operation_id = "deployments_start",
    tag = "deployments",
    security(("key" = ["deploy"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    request_body = DeploymentCommand,
    responses((status = 200, body = Deployment)),
)]
pub async fn start(
    can: Can<Deploy>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<DeploymentCommand>,
) -> Result<Json<Deployment>, Refusal> {
    Ok(Json(deployments::command(&can.ctx, &id, &Command::Start, &body).await?))
}
