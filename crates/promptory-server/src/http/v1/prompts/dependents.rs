use axum::Json;
use promptory_api::{
    page::{Page, PageQuery},
    prompt::Includer,
};

use crate::{
    app::dependents,
    http::{
        access::{Can, Read},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Versions whose text includes this prompt, and which of them are live with which version of it.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/dependents",
    operation_id = "prompts_dependents",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), PageQuery),
    responses((status = 200, body = Page<Includer>)),
)]
pub async fn dependents(
    can: Can<Read>,
    Named(name): Named<String>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Includer>>, Refusal> {
    Ok(Json(dependents::list(&can.ctx, &name, &query).await?))
}
