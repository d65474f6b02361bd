use axum::Json;
use promptory_api::version::{ChangeQuery, Version};

use crate::{
    app::versions::{self, Mark},
    http::{
        access::{Can, Write},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Restores an archived version.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions/{reference}/restore",
    operation_id = "versions_restore",
    tag = "versions",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."), ChangeQuery),
    responses((status = 200, body = Version)),
)]
pub async fn restore(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::mark(&can.ctx, &name, &reference, Mark::Restore, &query).await?))
}
