use axum::Json;
use promptory_api::langfuse::{LangfusePrompt, LangfusePromptQuery};

use crate::{
    app::langfuse,
    http::{
        access::{Can, Serve},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// One version of a prompt, from memory where it is live or labelled, with its includes put in.
#[utoipa::path(
    get,
    path = "/api/public/v2/prompts/{name}",
    operation_id = "langfuse_prompt",
    tag = "langfuse",
    security(("key" = ["render"]), ("langfuse" = ["render"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), LangfusePromptQuery),
    responses((status = 200, body = LangfusePrompt)),
)]
pub async fn show(
    can: Can<Serve>,
    Named(name): Named<String>,
    Params(query): Params<LangfusePromptQuery>,
) -> Result<Json<LangfusePrompt>, Refusal> {
    Ok(Json(langfuse::prompt(&can.ctx, &name, &query).await?))
}
