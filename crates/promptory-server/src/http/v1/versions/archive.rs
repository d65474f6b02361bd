use axum::Json;
use promptory_api::version::Version;

use crate::{
    app::versions::{self, Mark},
    http::{
        access::{Can, Write},
        input::Named,
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
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), `latest`, or an environment's name.")),
    responses((status = 200, body = Version)),
)]
pub async fn archive(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::mark(&can.ctx, &name, &reference, Mark::Archive).await?))
}
