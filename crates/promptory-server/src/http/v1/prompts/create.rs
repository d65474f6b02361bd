use axum::Json;
use http::StatusCode;
use promptory_api::prompt::{NewPrompt, Prompt};

use crate::{
    app::prompts,
    http::{
        access::{Can, Write},
        input::Input,
    },
    refusal::Refusal,
};

/// Creates a prompt, with its first version if `version` is given.
#[utoipa::path(
    post,
    path = "/api/v1/prompts",
    operation_id = "prompts_create",
    tag = "prompts",
    security(("key" = ["write"])),
    request_body = NewPrompt,
    responses((status = 201, body = Prompt)),
)]
pub async fn create(
    can: Can<Write>,
    Input(body): Input<NewPrompt>,
) -> Result<(StatusCode, Json<Prompt>), Refusal> {
    Ok((StatusCode::CREATED, Json(prompts::create(&can.ctx, &body).await?)))
}
