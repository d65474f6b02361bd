use axum::Json;
use promptory_api::{
    access::Project,
    page::{Page, PageQuery},
};

use crate::{
    app::projects,
    http::{
        access::{Can, Instance},
        input::Params,
    },
    refusal::Refusal,
};

/// Projects in order of their names.
#[utoipa::path(
    get,
    path = "/api/v1/projects",
    operation_id = "projects_list",
    tag = "projects",
    security(("key" = ["instance"])),
    params(PageQuery),
    responses((status = 200, body = Page<Project>)),
)]
pub async fn list(
    can: Can<Instance>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Project>>, Refusal> {
    Ok(Json(projects::list(&can.ctx, &query).await?))
}
