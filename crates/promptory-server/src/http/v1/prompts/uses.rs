use axum::Json;
use promptory_api::{page::Page, prompt::Use};

use crate::{
    app::uses,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// Who was given which build of this prompt, and when last: may it be archived? The 200 most recent.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/uses",
    operation_id = "prompts_uses",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    responses((status = 200, body = Page<Use>)),
)]
pub async fn uses(can: Can<Read>, Named(name): Named<String>) -> Result<Json<Page<Use>>, Refusal> {
    Ok(Json(uses::list(&can.ctx, &name).await?))
}
