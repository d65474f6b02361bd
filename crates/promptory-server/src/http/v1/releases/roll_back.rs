use axum::Json;
use http::StatusCode;
use promptory_api::release::{ReleaseRollback, RollBackRelease};

use crate::{
    app::rollbacks,
    http::{
        access::{Can, Deploy},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Takes back all of a release in one commit: each prompt goes back to what was live before it, and what waits is given up.
/// What was replaced since is left alone, and said. Asked for twice, it is done once.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{id}/rollback",
    operation_id = "releases_rollback",
    tag = "deployments",
    security(("key" = ["deploy"])),
    params(("id" = String, Path, description = "The release's id.")),
    request_body = RollBackRelease,
    responses((status = 201, body = ReleaseRollback)),
)]
pub async fn roll_back(
    can: Can<Deploy>,
    Named(id): Named<String>,
    Input(body): Input<RollBackRelease>,
) -> Result<(StatusCode, Json<ReleaseRollback>), Refusal> {
    Ok((StatusCode::CREATED, Json(rollbacks::take_back(&can.ctx, &id, &body).await?)))
}
