use axum::Json;
use http::StatusCode;
use promptory_api::people::UserLink;

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// A new one-time link, for a lost password or a lost link. Of somebody who is also in another project, and of an
/// administrator of the instance, only for administrators of the instance.
#[utoipa::path(
    post,
    path = "/api/v1/users/{id}/link",
    operation_id = "users_link",
    tag = "users",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The person's id.")),
    responses((status = 201, body = UserLink)),
)]
pub async fn link(
    can: Can<Admin>,
    Named(id): Named<String>,
) -> Result<(StatusCode, Json<UserLink>), Refusal> {
    Ok((StatusCode::CREATED, Json(users::link(&can.ctx, &id).await?)))
}
