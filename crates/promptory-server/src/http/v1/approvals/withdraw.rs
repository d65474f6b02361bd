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

/// Takes the request back: who asked for it does, or an administrator. What waited is given up.
#[utoipa::path(
    post,
    path = "/api/v1/approvals/{id}/withdraw",
    operation_id = "approvals_withdraw",
    tag = "approvals",
    security(("key" = ["propose"])),
    params(("id" = String, Path, description = "The approval's id.")),
    request_body = Decide,
    responses((status = 200, body = Approval)),
)]
pub async fn withdraw(
    can: Can<Propose>,
    Named(id): Named<String>,
    OptionalInput(body): OptionalInput<Decide>,
) -> Result<Json<Approval>, Refusal> {
    Ok(Json(approvals::decide(&can.ctx, &id, Action::Withdraw, &body).await?))
}
