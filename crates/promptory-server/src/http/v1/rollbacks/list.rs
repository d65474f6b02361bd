use axum::Json;
use promptory_api::{
    page::Page,
    rollback::{Rollback, RollbackQuery},
};

use crate::{
    app::rollbacks,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What was taken back, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/rollbacks",
    operation_id = "rollbacks_list",
    tag = "deployments",
    security(("key" = ["read"])),
    params(RollbackQuery),
    responses((status = 200, body = Page<Rollback>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<RollbackQuery>,
) -> Result<Json<Page<Rollback>>, Refusal> {
    Ok(Json(rollbacks::list(&can.ctx, &query).await?))
}
