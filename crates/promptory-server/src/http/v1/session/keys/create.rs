use axum::Json;
use http::StatusCode;
use promptory_api::access::{CreatedKey, NewKey};

use crate::{
    app::keys::own,
    http::{
        access::{Any, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Makes a key of one's own in a project, with no more scopes than one's roles there. It decides on approvals as its
/// owner does. The answer is the only place where it is shown.
#[utoipa::path(
    post,
    path = "/api/v1/session/keys",
    operation_id = "session_keys_create",
    tag = "session",
    security(("session" = [])),
    request_body = NewKey,
    responses((status = 201, body = CreatedKey)),
)]
pub async fn create(
    can: Can<Any>,
    Input(body): Input<NewKey>,
) -> Result<(StatusCode, Json<CreatedKey>), Refusal> {
    Ok((StatusCode::CREATED, Json(own::create(&can.ctx, body).await?)))
}
