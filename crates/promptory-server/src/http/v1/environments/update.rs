use axum::Json;
use promptory_api::environment::{Environment, EnvironmentUpdate};

use crate::{
    app::environments,
    http::{
        access::{Admin, Can},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Changes an environment's policy. Takes back what GET gave.
#[utoipa::path(
    put,
    path = "/api/v1/environments/{environment}",
    operation_id = "environments_update",
    tag = "environments",
    security(("key" = ["admin"])),
    params(("environment" = String, Path, description = "Its name.")),
    request_body = EnvironmentUpdate,
    responses((status = 200, body = Environment)),
)]
pub async fn update(
    can: Can<Admin>,
    Named(environment): Named<String>,
    Input(body): Input<EnvironmentUpdate>,
) -> Result<Json<Environment>, Refusal> {
    Ok(Json(environments::update(&can.ctx, &environment, &body).await?))
}
