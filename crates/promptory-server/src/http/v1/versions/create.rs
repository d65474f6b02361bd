use axum::Json;
use http::StatusCode;
use promptory_api::version::{NewVersion, Version};

use crate::{
    app::versions,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Creates a version. Its number follows from the change of contract unless it is given.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions",
    operation_id = "versions_create",
    tag = "versions",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = NewVersion,
    responses((status = 201, body = Version)),
)]
pub async fn create(
    can: Can<Write>,
    Named(name): Named<String>,
    Input(body): Input<NewVersion>,
) -> Result<(StatusCode, Json<Version>), Refusal> {
    Ok((StatusCode::CREATED, Json(versions::create(&can.ctx, &name, &body).await?)))
}
