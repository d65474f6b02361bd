use axum::Json;
use promptory_api::{
    approval::{Approval, ApprovalQuery},
    page::Page,
};

use crate::{
    app::approvals,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Requests for approval, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/approvals",
    operation_id = "approvals_list",
    tag = "approvals",
    security(("key" = ["read"])),
    params(ApprovalQuery),
    responses((status = 200, body = Page<Approval>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<ApprovalQuery>,
) -> Result<Json<Page<Approval>>, Refusal> {
    Ok(Json(approvals::list(&can.ctx, &query).await?))
}
