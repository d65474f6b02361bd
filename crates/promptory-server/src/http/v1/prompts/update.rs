use axum::{Json, response::IntoResponse};
use http::{HeaderMap, header};
use promptory_api::prompt::{Prompt, PromptPatch};

use crate::{
    app::prompts,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Changes a prompt's metadata by a merge patch: absent fields stay, `null` clears.
#[utoipa::path(
    patch,
    path = "/api/v1/prompts/{name}",
    operation_id = "prompts_update",
    tag = "prompts",
    security(("key" = ["write"])),
    params(
        ("name" = String, Path, description = "Percent-encoded: `support%2Freply`."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the prompt as it was read."),
    ),
    request_body = PromptPatch,
    responses((status = 200, body = Prompt)),
)]
pub async fn update(
    can: Can<Write>,
    Named(name): Named<String>,
    headers: HeaderMap,
    Input(patch): Input<PromptPatch>,
) -> Result<impl IntoResponse, Refusal> {
    let if_match = headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default());
    let marked = prompts::update(&can.ctx, &name, &patch, if_match).await?;
    Ok(([(header::ETAG, marked.mark)], Json(marked.prompt)))
}
