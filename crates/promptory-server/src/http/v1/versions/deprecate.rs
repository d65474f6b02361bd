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

/// Marks a version as one that should not be used any more; where it is live it stays.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions/{reference}/deprecate",
    operation_id = "versions_deprecate",
    tag = "versions",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."), ChangeQuery),
    responses((status = 200, body = Version)),
)]
pub async fn deprecate(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::mark(&can.ctx, &name, &reference, Mark::Deprecate, &query).await?))
}
