use axum::Json;
use promptory_api::{
    audit::{AuditEntry, AuditQuery},
    page::Page,
};

use crate::{
    app::audit,
    http::{
        access::{Admin, Can},
        input::Params,
    },
    refusal::Refusal,
};

/// The audit log, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "audit_list",
    tag = "audit",
    security(("key" = ["admin"])),
    params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>)),
)]
pub async fn list(
    can: Can<Admin>,
    Params(query): Params<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Refusal> {
    Ok(Json(audit::list(&can.ctx, &query).await?))
}
