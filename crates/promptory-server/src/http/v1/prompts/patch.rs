use axum::Json;
use http::StatusCode;
use promptory_api::version::{PatchLive, Version};

use crate::{
    app::versions_derive,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Creates the next patch of what is live in the environment and makes it live there.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/patch",
    operation_id = "prompts_patch",
    tag = "prompts",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = PatchLive,
    responses((status = 201, body = Version)),
)]
pub async fn patch(
    can: Can<Write>,
    Named(name): Named<String>,
    Input(body): Input<PatchLive>,
) -> Result<(StatusCode, Json<Version>), Refusal> {
    Ok((StatusCode::CREATED, Json(versions_derive::patch(&can.ctx, &name, &body).await?)))
}
