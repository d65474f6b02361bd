use axum::Json;
use http::StatusCode;
use promptory_api::prompt::{CopyPrompt, Prompt};

use crate::{
    app::copies,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Copies one version under a new name, as 1.0.0. Its metadata says where it came from.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/copy",
    operation_id = "prompts_copy",
    tag = "prompts",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = CopyPrompt,
    responses((status = 201, body = Prompt)),
)]
pub async fn copy(
    can: Can<Write>,
    Named(name): Named<String>,
    Input(body): Input<CopyPrompt>,
) -> Result<(StatusCode, Json<Prompt>), Refusal> {
    Ok((StatusCode::CREATED, Json(copies::copy(&can.ctx, &name, &body).await?)))
}
