use axum::Json;
use http::StatusCode;
use promptory_api::release::{NewRelease, Release};

use crate::{
    app::releases,
    http::{
        access::{Can, Deploy},
        input::Input,
    },
    refusal::Refusal,
};

/// Brings versions of several prompts to an environment in one commit: a deployment of each, or none at all. What one of them
/// includes of the others is their new version.
#[utoipa::path(
    post,
    path = "/api/v1/releases",
    operation_id = "releases_create",
    tag = "deployments",
    security(("key" = ["deploy"])),
    request_body = NewRelease,
    responses((status = 201, body = Release)),
)]
pub async fn create(
    can: Can<Deploy>,
    Input(body): Input<NewRelease>,
) -> Result<(StatusCode, Json<Release>), Refusal> {
    Ok((StatusCode::CREATED, Json(releases::create(&can.ctx, &body).await?)))
}
