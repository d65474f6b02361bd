use axum::Json;
use http::StatusCode;
use promptory_api::access::{CreatedKey, NewKey};

use crate::{
    app::keys,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Makes a key. The answer is the only place where it is shown.
#[utoipa::path(
    post,
    path = "/api/v1/keys",
    operation_id = "keys_create",
    tag = "keys",
    security(("key" = ["admin"])),
    request_body = NewKey,
    responses((status = 201, body = CreatedKey)),
)]
pub async fn create(
    can: Can<Admin>,
    Input(body): Input<NewKey>,
) -> Result<(StatusCode, Json<CreatedKey>), Refusal> {
    Ok((StatusCode::CREATED, Json(keys::create(&can.ctx, &body).await?)))
}
