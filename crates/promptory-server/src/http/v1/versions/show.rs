use axum::Json;
use promptory_api::version::Version;

use crate::{
    app::versions,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One version.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/versions/{reference}",
    operation_id = "versions_show",
    tag = "versions",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name.")),
    responses((status = 200, body = Version)),
)]
pub async fn show(
    can: Can<Read>,
    Named((name, reference)): Named<(String, String)>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::show(&can.ctx, &name, &reference).await?))
}
