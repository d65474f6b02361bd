use axum::Json;
use promptory_api::environment::Environment;

use crate::{
    app::environments,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One environment.
#[utoipa::path(
    get,
    path = "/api/v1/environments/{environment}",
    operation_id = "environments_show",
    tag = "environments",
    security(("key" = ["read"])),
    params(("environment" = String, Path, description = "Its name.")),
    responses((status = 200, body = Environment)),
)]
pub async fn show(can: Can<Read>, Named(environment): Named<String>) -> Result<Json<Environment>, Refusal> {
    Ok(Json(environments::show(&can.ctx, &environment).await?))
}
