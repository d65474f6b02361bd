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

/// Archives a prompt: it takes no changes and is not served until it is restored.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/archive",
    operation_id = "prompts_archive",
    tag = "prompts",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ChangeQuery),
    responses((status = 200, body = Prompt)),
)]
pub async fn archive(
    can: Can<Deploy>,
    Named(name): Named<String>,
    Params(query): Params<ChangeQuery>,
) -> Result<Json<Prompt>, Refusal> {
    Ok(Json(prompts::archive(&can.ctx, &name, true, &query).await?))
}
