use axum::Json;
use http::StatusCode;
use promptory_api::deployment::{Deploy, Deployment};

use crate::{
    app::deployments,
    http::{access, access::Can, input::Input},
    refusal::Refusal,
};

/// Brings a version to an environment, at once or to more and more callers. One deployment of a prompt is under way in an
/// environment; the next one that starts supersedes it.
#[utoipa::path(
    post,
    path = "/api/v1/deployments",
    operation_id = "deployments_create",
    tag = "deployments",
    security(("key" = ["deploy"])),
    request_body = Deploy,
    responses((status = 201, body = Deployment)),
)]
pub async fn create(
    can: Can<access::Deploy>,
    Input(body): Input<Deploy>,
) -> Result<(StatusCode, Json<Deployment>), Refusal> {
    Ok((StatusCode::CREATED, Json(deployments::create(&can.ctx, &body).await?)))
}
