use axum::{Json, response::IntoResponse};
use http::header;
use promptory_api::prompt::Prompt;

use crate::{
    app::prompts,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One prompt. Its `ETag` can be handed back as `If-Match` when it is changed.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}",
    operation_id = "prompts_show",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    responses((status = 200, body = Prompt)),
)]
pub async fn show(can: Can<Read>, Named(name): Named<String>) -> Result<impl IntoResponse, Refusal> {
    let marked = prompts::show(&can.ctx, &name).await?;
    Ok(([(header::ETAG, marked.mark)], Json(marked.prompt)))
}
