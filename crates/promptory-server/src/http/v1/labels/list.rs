use axum::Json;
use promptory_api::{page::Page, prompt::Label};

use crate::{
    app::labels,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// Labels of a prompt, in order of their names. `latest` moves by itself and is not among them.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/labels",
    operation_id = "labels_list",
    tag = "labels",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    responses((status = 200, body = Page<Label>)),
)]
pub async fn list(can: Can<Read>, Named(name): Named<String>) -> Result<Json<Page<Label>>, Refusal> {
    Ok(Json(labels::list(&can.ctx, &name).await?))
}
