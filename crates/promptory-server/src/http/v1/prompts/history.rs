use axum::Json;
use promptory_api::{
    page::{Page, PageQuery},
    prompt::HistoryEntry,
};

use crate::{
    app::history,
    http::{
        access::{Can, Read},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Everything that happened to the prompt, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/history",
    operation_id = "prompts_history",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), PageQuery),
    responses((status = 200, body = Page<HistoryEntry>)),
)]
pub async fn history(
    can: Can<Read>,
    Named(name): Named<String>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<HistoryEntry>>, Refusal> {
    Ok(Json(history::of_prompt(&can.ctx, &name, &query).await?))
}
