use axum::response::Response;
use promptory_api::people::{Session, SignIn};

use crate::{
    app::{people::Visit, sign_in},
    http::{input::Input, session::opened},
    refusal::Refusal,
};

/// Signs in. The answer sets the cookie `promptory_session`, which lasts 14 days from its last use, at most 30 days.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    operation_id = "session_create",
    tag = "session",
    request_body = SignIn,
    responses((status = 201, body = Session)),
)]
pub async fn create(visit: Visit, Input(body): Input<SignIn>) -> Result<Response, Refusal> {
    Ok(opened(&visit.app, &sign_in::sign_in(&visit, &body).await?))
}
