use axum::Json;
use promptory_api::environment::{BeginFreeze, Environment};

use crate::{
    app::freezes,
    http::{
        access::{Admin, Can},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Freezes an environment: it takes nothing new. What is live stays, rollouts that run go on, and going back stays possible.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/freeze",
    operation_id = "environments_freeze",
    tag = "environments",
    security(("key" = ["admin"])),
    params(("environment" = String, Path, description = "Its name.")),
    request_body = BeginFreeze,
    responses((status = 200, body = Environment)),
)]
pub async fn freeze(
    can: Can<Admin>,
    Named(environment): Named<String>,
    Input(body): Input<BeginFreeze>,
) -> Result<Json<Environment>, Refusal> {
    Ok(Json(freezes::begin(&can.ctx, &environment, &body).await?))
}
