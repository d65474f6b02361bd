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

/// Archives a version: it can be neither activated nor served until it is restored.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions/{reference}/archive",
    operation_id = "versions_archive",
    tag = "versions",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."), ChangeQuery),
    responses((status = 200, body = Version)),
)]
pub async fn archive(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::mark(&can.ctx, &name, &reference, Mark::Archive, &query).await?))
}
