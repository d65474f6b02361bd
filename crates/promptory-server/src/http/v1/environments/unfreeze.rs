use axum::Json;
use promptory_api::environment::{EndFreeze, Environment};

use crate::{
    app::freezes,
    http::{
        access::{Admin, Can},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Ends a freeze.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/unfreeze",
    operation_id = "environments_unfreeze",
    tag = "environments",
    security(("key" = ["admin"])),
    params(("environment" = String, Path, description = "Its name.")),
    request_body = EndFreeze,
    responses((status = 200, body = Environment)),
)]
pub async fn unfreeze(
    can: Can<Admin>,
    Named(environment): Named<String>,
    OptionalInput(body): OptionalInput<EndFreeze>,
) -> Result<Json<Environment>, Refusal> {
    Ok(Json(freezes::end(&can.ctx, &environment, &body).await?))
}
