use axum::Json;
use promptory_api::people::Session;

use crate::{
    app::{people::Visit, sessions},
    refusal::Refusal,
};

/// Who is signed in, and where they may go. Always answers: somebody who is not signed in is nobody.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    operation_id = "session_show",
    tag = "session",
    responses((status = 200, body = Session)),
)]
pub async fn show(visit: Visit) -> Result<Json<Session>, Refusal> {
    Ok(Json(sessions::state(&visit).await?))
}
