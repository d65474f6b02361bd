use axum::Json;
use promptory_api::{
    page::Page,
    prompt::{Prompt, PromptQuery},
};

use crate::{
    app::lists,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Prompts with what is live where, from memory: search, filters and sorts.
#[utoipa::path(
    get,
    path = "/api/v1/prompts",
    operation_id = "prompts_list",
    tag = "prompts",
    security(("key" = ["read"])),
    params(PromptQuery),
    responses((status = 200, body = Page<Prompt>)),
)]
pub async fn list(can: Can<Read>, Params(query): Params<PromptQuery>) -> Result<Json<Page<Prompt>>, Refusal> {
    Ok(Json(lists::prompts(&can.ctx, &query)?))
}
