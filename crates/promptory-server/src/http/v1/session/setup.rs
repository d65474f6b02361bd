use axum::response::Response;
use promptory_api::people::{Session, SetUp};

use crate::{
    app::{people::Visit, sign_in},
    http::{input::Input, session::opened},
    refusal::Refusal,
};

/// Makes the first account, an administrator of the instance, with the token that the server prints at its start; and
/// signs in.
#[utoipa::path(
    post,
    path = "/api/v1/session/setup",
    operation_id = "session_setup",
    tag = "session",
    request_body = SetUp,
    responses((status = 201, body = Session)),
)]
pub async fn setup(visit: Visit, Input(body): Input<SetUp>) -> Result<Response, Refusal> {
    Ok(opened(&visit.app, &sign_in::set_up(&visit, &body).await?))
}
