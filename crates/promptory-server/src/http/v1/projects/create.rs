use axum::Json;
use http::StatusCode;
use promptory_api::access::{NewProject, Project};

use crate::{
    app::projects,
    http::{
        access::{Can, Instance},
        input::Input,
    },
    refusal::Refusal,
};

/// Creates a project with its environments. Use it by `X-Project` with the same key, and make it keys of its own.
#[utoipa::path(
    post,
    path = "/api/v1/projects",
    operation_id = "projects_create",
    tag = "projects",
    security(("key" = ["instance"])),
    request_body = NewProject,
    responses((status = 201, body = Project)),
)]
pub async fn create(
    can: Can<Instance>,
    Input(body): Input<NewProject>,
) -> Result<(StatusCode, Json<Project>), Refusal> {
    Ok((StatusCode::CREATED, Json(projects::create(&can.ctx, &body).await?)))
}
