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

/// Gives up a deployment that has not reached everybody: its callers get what is live.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/abort",
    operation_id = "deployments_abort",
    tag = "deployments",
    security(("key" = ["deploy"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    request_body = DeploymentCommand,
    responses((status = 200, body = Deployment)),
)]
pub async fn abort(
    can: Can<Deploy>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<DeploymentCommand>,
) -> Result<Json<Deployment>, Refusal> {
    Ok(Json(deployments::command(&can.ctx, &id, &Command::Abort, &body).await?))
}
