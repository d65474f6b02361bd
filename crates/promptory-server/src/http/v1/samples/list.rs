use axum::Json;
use promptory_api::{page::Page, prompt::Sample};

use crate::{
    app::samples,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// Saved sample inputs of a prompt, in order of their names.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/samples",
    operation_id = "samples_list",
    tag = "samples",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    responses((status = 200, body = Page<Sample>)),
)]
pub async fn list(can: Can<Read>, Named(name): Named<String>) -> Result<Json<Page<Sample>>, Refusal> {
    Ok(Json(samples::list(&can.ctx, &name).await?))
}
