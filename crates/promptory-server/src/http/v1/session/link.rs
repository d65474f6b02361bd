use axum::response::Response;
use promptory_api::people::{Session, SpendLink};

use crate::{
    app::{people::Visit, sign_in},
    http::{input::Input, session::opened},
    refusal::Refusal,
};

/// Sets a password with a one-time link, ends the sessions that the person has, and signs in.
#[utoipa::path(
    post,
    path = "/api/v1/session/link",
    operation_id = "session_link",
    tag = "session",
    request_body = SpendLink,
    responses((status = 201, body = Session)),
)]
pub async fn link(visit: Visit, Input(body): Input<SpendLink>) -> Result<Response, Refusal> {
    Ok(opened(&visit.app, &sign_in::spend_link(&visit, &body).await?))
}
