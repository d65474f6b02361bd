use axum::Json;
use promptory_api::approval::Approval;

use crate::{
    app::approvals,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One request for approval, with all that was decided and said.
#[utoipa::path(
    get,
    path = "/api/v1/approvals/{id}",
    operation_id = "approvals_show",
    tag = "approvals",
    security(("key" = ["read"])),
    params(("id" = String, Path, description = "The approval's id.")),
    responses((status = 200, body = Approval)),
)]
pub async fn show(can: Can<Read>, Named(id): Named<String>) -> Result<Json<Approval>, Refusal> {
    Ok(Json(approvals::show(&can.ctx, &id).await?))
}
