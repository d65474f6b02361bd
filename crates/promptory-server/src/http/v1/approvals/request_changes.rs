use axum::Json;
use promptory_api::approval::{Approval, Decide};
use promptory_core::approval::Action;

use crate::{
    app::approvals,
    http::{
        access::{Approve, Can},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Asks for changes: nothing is approved until the same person approves.
#[utoipa::path(
    post,
    path = "/api/v1/approvals/{id}/request-changes",
    operation_id = "approvals_request_changes",
    tag = "approvals",
    security(("key" = ["approve"])),
    params(("id" = String, Path, description = "The approval's id.")),
    request_body = Decide,
    responses((status = 200, body = Approval)),
)]
pub async fn request_changes(
    can: Can<Approve>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<Decide>,
) -> Result<Json<Approval>, Refusal> {
    Ok(Json(approvals::decide(&can.ctx, &id, Action::RequestChanges, &body).await?))
}
