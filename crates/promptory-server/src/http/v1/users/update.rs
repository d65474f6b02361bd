use axum::Json;
use promptory_api::people::{PatchUser, User};

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Gives a member other roles, or another name. Keys that they own do no more than the roles allow, from the answer on.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{id}",
    operation_id = "users_update",
    tag = "users",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The person's id.")),
    request_body = PatchUser,
    responses((status = 200, body = User)),
)]
pub async fn update(
    can: Can<Admin>,
    Named(id): Named<String>,
    Input(body): Input<PatchUser>,
) -> Result<Json<User>, Refusal> {
    Ok(Json(users::update(&can.ctx, &id, &body).await?))
}
