use axum::Json;
use promptory_api::{
    page::{Page, PageQuery},
    people::User,
};

use crate::{
    app::users,
    http::{
        access::{Admin, Can},
        input::Params,
    },
    refusal::Refusal,
};

/// Members of the project, in order of their email.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "users_list",
    tag = "users",
    security(("key" = ["admin"])),
    params(PageQuery),
    responses((status = 200, body = Page<User>)),
)]
pub async fn list(can: Can<Admin>, Params(query): Params<PageQuery>) -> Result<Json<Page<User>>, Refusal> {
    Ok(Json(users::list(&can.ctx, &query).await?))
}
