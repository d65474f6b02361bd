use axum::response::Response;

use crate::{
    app::{people::Visit, sign_in},
    http::session::closed,
    refusal::Refusal,
};

/// Signs out: the session ends on every server, and the cookie goes. Without a session nothing happens.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    operation_id = "session_delete",
    tag = "session",
    params(("X-CSRF-Token" = Option<String>, Header, description = "`csrf` of the session.")),
    responses((status = 204)),
)]
pub async fn delete(visit: Visit) -> Result<Response, Refusal> {
    sign_in::sign_out(&visit).await?;
    Ok(closed(&visit.app))
}
