use axum::Json;
use http::StatusCode;
use promptory_api::approval::{Approval, NewApproval};

use crate::{
    app::approvals,
    http::{
        access::{Can, Propose},
        input::Input,
    },
    refusal::Refusal,
};

/// Asks for a version to be approved, as a build with what it includes now. What is asked for already is answered as it stands.
#[utoipa::path(
    post,
    path = "/api/v1/approvals",
    operation_id = "approvals_create",
    tag = "approvals",
    security(("key" = ["propose"])),
    request_body = NewApproval,
    responses((status = 201, body = Approval)),
)]
pub async fn create(
    can: Can<Propose>,
    Input(body): Input<NewApproval>,
) -> Result<(StatusCode, Json<Approval>), Refusal> {
    Ok((StatusCode::CREATED, Json(approvals::create(&can.ctx, &body).await?)))
}
