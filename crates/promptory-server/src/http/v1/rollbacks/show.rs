use axum::Json;
use promptory_api::rollback::Rollback;

use crate::{
    app::rollbacks,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One way back that was gone.
#[utoipa::path(
    get,
    path = "/api/v1/rollbacks/{id}",
    operation_id = "rollbacks_show",
    tag = "deployments",
    security(("key" = ["read"])),
    params(("id" = String, Path, description = "The rollback's id.")),
    responses((status = 200, body = Rollback)),
)]
pub async fn show(can: Can<Read>, Named(id): Named<String>) -> Result<Json<Rollback>, Refusal> {
    Ok(Json(rollbacks::show(&can.ctx, &id).await?))
}
