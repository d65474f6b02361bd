use axum::Json;
use http::StatusCode;
use promptory_api::environment::{Environment, NewEnvironment};

use crate::{
    app::environments,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Adds an environment.
#[utoipa::path(
    post,
    path = "/api/v1/environments",
    operation_id = "environments_create",
    tag = "environments",
    security(("key" = ["admin"])),
    request_body = NewEnvironment,
    responses((status = 201, body = Environment)),
)]
pub async fn create(
    can: Can<Admin>,
    Input(body): Input<NewEnvironment>,
) -> Result<(StatusCode, Json<Environment>), Refusal> {
    Ok((StatusCode::CREATED, Json(environments::create(&can.ctx, &body).await?)))
}
