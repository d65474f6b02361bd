use axum::Json;
use http::StatusCode;
use promptory_api::people::{CreatedUser, NewUser};

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Takes somebody into the project. Somebody who is new to the instance gets a one-time link to set a password; it is
/// shown only here.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    operation_id = "users_create",
    tag = "users",
    security(("key" = ["admin"])),
    request_body = NewUser,
    responses((status = 201, body = CreatedUser)),
)]
pub async fn create(
    can: Can<Admin>,
    Input(body): Input<NewUser>,
) -> Result<(StatusCode, Json<CreatedUser>), Refusal> {
    Ok((StatusCode::CREATED, Json(users::create(&can.ctx, &body).await?)))
}
