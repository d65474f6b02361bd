use axum::Json;
use promptory_api::{
    page::Page,
    version::{Version, VersionQuery},
};

use crate::{
    app::versions,
    http::{
        access::{Can, Read},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Versions of a prompt, newest first unless asked otherwise.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/versions",
    operation_id = "versions_list",
    tag = "versions",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), VersionQuery),
    responses((status = 200, body = Page<Version>)),
)]
pub async fn list(
    can: Can<Read>,
    Named(name): Named<String>,
    Params(query): Params<VersionQuery>,
) -> Result<Json<Page<Version>>, Refusal> {
    Ok(Json(versions::list(&can.ctx, &name, &query).await?))
}
