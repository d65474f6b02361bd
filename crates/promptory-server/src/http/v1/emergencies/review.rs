use axum::Json;
use promptory_api::approval::{Emergency, ReviewEmergency};

use crate::{
    app::emergencies,
    http::{
        access::{Approve, Can},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Looks at an emergency afterwards: somebody else than who declared it does, once.
#[utoipa::path(
    post,
    path = "/api/v1/emergencies/{id}/review",
    operation_id = "emergencies_review",
    tag = "approvals",
    security(("key" = ["approve"])),
    params(("id" = String, Path, description = "The deployment's id.")),
    request_body = ReviewEmergency,
    responses((status = 200, body = Emergency)),
)]
pub async fn review(
    can: Can<Approve>,
    Named(id): Named<String>,
    Input(body): Input<ReviewEmergency>,
) -> Result<Json<Emergency>, Refusal> {
    Ok(Json(emergencies::review(&can.ctx, &id, &body).await?))
}
