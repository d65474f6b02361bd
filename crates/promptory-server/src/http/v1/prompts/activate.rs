use axum::Json;
use http::StatusCode;
use promptory_api::deployment::{Activate, Deployment};

use crate::{
    app::deployments,
    http::{
        access::{Can, Deploy},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Makes a version live in an environment at once. An older version goes back the same way.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/activate",
    operation_id = "prompts_activate",
    tag = "prompts",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = Activate,
    responses((status = 201, body = Deployment)),
)]
pub async fn activate(
    can: Can<Deploy>,
    Named(name): Named<String>,
    Input(body): Input<Activate>,
) -> Result<(StatusCode, Json<Deployment>), Refusal> {
    Ok((StatusCode::CREATED, Json(deployments::activate(&can.ctx, &name, &body).await?)))
}
