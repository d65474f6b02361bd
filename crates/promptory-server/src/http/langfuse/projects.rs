use axum::Json;
use promptory_api::langfuse::LangfuseProjects;

use crate::{
    app::langfuse,
    http::access::{Any, Can},
    refusal::Refusal,
};

/// The project of the key: how these clients find out whether their keys work.
#[utoipa::path(
    get,
    path = "/api/public/projects",
    operation_id = "langfuse_projects",
    tag = "langfuse",
    security(("key" = ["any"]), ("langfuse" = ["any"])),
    responses((status = 200, body = LangfuseProjects)),
)]
pub async fn projects(can: Can<Any>) -> Result<Json<LangfuseProjects>, Refusal> {
    Ok(Json(langfuse::projects(&can.ctx)))
}
