use axum::Json;
use promptory_api::rollback::{PreviewRollback, RollbackPreview};

use crate::{
    app::rollbacks,
    http::{
        access::{Can, Read},
        input::Input,
    },
    refusal::Refusal,
};

/// Whether going back is possible, to what, and what callers would notice. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/rollbacks/preview",
    operation_id = "rollbacks_preview",
    tag = "deployments",
    security(("key" = ["read"])),
    request_body = PreviewRollback,
    responses((status = 200, body = RollbackPreview)),
)]
pub async fn preview(
    can: Can<Read>,
    Input(body): Input<PreviewRollback>,
) -> Result<Json<RollbackPreview>, Refusal> {
    Ok(Json(rollbacks::preview(&can.ctx, &body).await?))
}
