use axum::Json;
use promptory_api::approval::{Approval, Decide};
use promptory_core::approval::Action;

use crate::{
    app::approvals,
    http::{
        access::{Can, Propose},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Says something or answers what was said, and decides nothing.
#[utoipa::path(
    post,
    path = "/api/v1/approvals/{id}/comment",
    operation_id = "approvals_comment",
    tag = "approvals",
    security(("key" = ["propose"])),
    params(("id" = String, Path, description = "The approval's id.")),
    request_body = Decide,
    responses((status = 200, body = Approval)),
)]
pub async fn comment(
    can: Can<Propose>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<Decide>,
) -> Result<Json<Approval>, Refusal> {
    Ok(Json(approvals::decide(&can.ctx, &id, Action::Comment, &body).await?))
}
