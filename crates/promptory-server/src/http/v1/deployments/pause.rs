use axum::Json;
use promptory_api::deployment::{Deployment, DeploymentCommand};
use promptory_core::rollout::{Command, PauseCause};

use crate::{
    app::deployments,
    http::{
        access::{Can, Deploy},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Stops the clock of a rollout: its share stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/pause",
    operation_id = "deployments_pause",
    tag = "deployments",
    security(("key" = ["deploy"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    request_body = DeploymentCommand,
    responses((status = 200, body = Deployment)),
)]
pub async fn pause(
    can: Can<Deploy>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<DeploymentCommand>,
) -> Result<Json<Deployment>, Refusal> {
    Ok(Json(deployments::command(&can.ctx, &id, &Command::Pause(PauseCause::User), &body).await?))
}
