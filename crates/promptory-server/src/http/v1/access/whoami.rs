use axum::Json;
use promptory_api::access::WhoAmI;

use crate::{
    app::keys,
    http::access::{Any, Can},
    refusal::Refusal,
};

/// What the key, or the person who has signed in, is and may do.
#[utoipa::path(
    get,
    path = "/api/v1/whoami",
    operation_id = "access_whoami",
    tag = "access",
    security(("key" = ["any"])),
    responses((status = 200, body = WhoAmI)),
)]
pub async fn whoami(can: Can<Any>) -> Result<Json<WhoAmI>, Refusal> {
    Ok(Json(keys::whoami(&can.ctx).await?))
}
