use axum::Json;
use promptory_api::people::SetUpAddress;

use crate::{
    app::sign_in,
    http::access::{Can, Instance},
    refusal::Refusal,
};

/// Where the first account is made, for the administrator's key; the server also prints it at its start. 409 when there
/// is an administrator of the instance.
#[utoipa::path(
    get,
    path = "/api/v1/session/setup",
    operation_id = "session_setup_address",
    tag = "session",
    security(("key" = ["instance"])),
    responses((status = 200, body = SetUpAddress)),
)]
pub async fn address(can: Can<Instance>) -> Result<Json<SetUpAddress>, Refusal> {
    Ok(Json(sign_in::set_up_address(&can.ctx.app).await?))
}
