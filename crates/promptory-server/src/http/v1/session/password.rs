use http::StatusCode;
use promptory_api::people::ChangePassword;

use crate::{
    app::{people::Visit, sign_in},
    http::{
        access::{Any, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Changes one's own password, and ends all other sessions that one has. Keys have none.
#[utoipa::path(
    put,
    path = "/api/v1/session/password",
    operation_id = "session_password",
    tag = "session",
    security(("session" = [])),
    request_body = ChangePassword,
    responses((status = 204)),
)]
pub async fn password(
    can: Can<Any>,
    visit: Visit,
    Input(body): Input<ChangePassword>,
) -> Result<StatusCode, Refusal> {
    sign_in::change_password(&can.ctx, &visit, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
