use axum::Json;
use promptory_api::{
    approval::{Emergency, EmergencyQuery},
    page::Page,
};

use crate::{
    app::emergencies,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// What went live without approval, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/emergencies",
    operation_id = "emergencies_list",
    tag = "approvals",
    security(("key" = ["read"])),
    params(EmergencyQuery),
    responses((status = 200, body = Page<Emergency>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<EmergencyQuery>,
) -> Result<Json<Page<Emergency>>, Refusal> {
    Ok(Json(emergencies::list(&can.ctx, &query).await?))
}
