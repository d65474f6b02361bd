use axum::Json;
use promptory_api::{prompt::Prompt, version::ChangeQuery};

use crate::{
    app::prompts,
    http::{
        access::{Can, Deploy},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Restores an archived prompt: what was live is live again.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/restore",
    operation_id = "prompts_restore",
    tag = "prompts",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ChangeQuery),
    responses((status = 200, body = Prompt)),
)]
pub async fn restore(
    can: Can<Deploy>,
    Named(name): Named<String>,
    Params(query): Params<ChangeQuery>,
) -> Result<Json<Prompt>, Refusal> {
    Ok(Json(prompts::archive(&can.ctx, &name, false, &query).await?))
}
