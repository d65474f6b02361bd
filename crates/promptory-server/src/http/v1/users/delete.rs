use http::StatusCode;

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::Named,
    },
    refusal::Refusal,
};

/// Takes somebody out of the project, and revokes the keys that they own in it. What they did stays in the history.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{id}",
    operation_id = "users_delete",
    tag = "users",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The person's id.")),
    responses((status = 204)),
)]
pub async fn delete(can: Can<Admin>, Named(id): Named<String>) -> Result<StatusCode, Refusal> {
    users::remove(&can.ctx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
