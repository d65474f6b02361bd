use axum::Json;
use promptory_api::audit::{AuditVerification, VerifyQuery};

use crate::{
    app::audit,
    http::{
        access::{Admin, Can},
        input::Params,
    },
    refusal::Refusal,
};

/// Walks the whole chain of the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/audit/verify",
    operation_id = "audit_verify",
    tag = "audit",
    security(("key" = ["admin"])),
    params(VerifyQuery),
    responses((status = 200, body = AuditVerification)),
)]
pub async fn verify(
    can: Can<Admin>,
    Params(query): Params<VerifyQuery>,
) -> Result<Json<AuditVerification>, Refusal> {
    Ok(Json(audit::verify(&can.ctx, query.expect.as_deref()).await?))
}
