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

/// Skips the rest of the present step.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/advance",
    operation_id = "deployments_advance",
    tag = "deployments",
    security(("key" = ["deploy"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    request_body = DeploymentCommand,
    responses((status = 200, body = Deployment)),
)]
pub async fn advance(
    can: Can<Deploy>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<DeploymentCommand>,
) -> Result<Json<Deployment>, Refusal> {
    Ok(Json(deployments::command(&can.ctx, &id, &Command::Advance, &body).await?))
}
