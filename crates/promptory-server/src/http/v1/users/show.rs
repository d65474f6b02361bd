use axum::Json;
use promptory_api::people::User;

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// A member of the project.
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}",
    operation_id = "users_show",
    tag = "users",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The person's id.")),
    responses((status = 200, body = User)),
)]
pub async fn show(can: Can<Admin>, Named(id): Named<String>) -> Result<Json<User>, Refusal> {
    Ok(Json(users::show(&can.ctx, &id).await?))
}
