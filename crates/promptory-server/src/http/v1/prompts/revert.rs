use axum::Json;
use http::StatusCode;
use promptory_api::version::{Revert, Version};

use crate::{
    app::versions_derive,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Creates a higher version with the content of an older one, and activates it if an environment is given.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/revert",
    operation_id = "prompts_revert",
    tag = "prompts",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = Revert,
    responses((status = 201, body = Version)),
)]
pub async fn revert(
    can: Can<Write>,
    Named(name): Named<String>,
    Input(body): Input<Revert>,
) -> Result<(StatusCode, Json<Version>), Refusal> {
    Ok((StatusCode::CREATED, Json(versions_derive::revert(&can.ctx, &name, &body).await?)))
}
