use axum::Json;
use promptory_api::{
    page::Page,
    prompt::{HistoryEntry, HistoryQuery},
};

use crate::{
    app::history,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Everything that happened in the project, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/history",
    operation_id = "history_list",
    tag = "history",
    security(("key" = ["read"])),
    params(HistoryQuery),
    responses((status = 200, body = Page<HistoryEntry>)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<Page<HistoryEntry>>, Refusal> {
    Ok(Json(history::list(&can.ctx, &query).await?))
}
