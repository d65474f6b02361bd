use axum::Json;
use promptory_api::version::{Version, VersionPatch};

use crate::{
    app::versions,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Corrects note, tags and metadata of a version. Its content never changes.
#[utoipa::path(
    patch,
    path = "/api/v1/prompts/{name}/versions/{reference}",
    operation_id = "versions_correct",
    tag = "versions",
    security(("key" = ["write"])),
    params(
        ("name" = String, Path, description = "Percent-encoded: `support%2Freply`."),
        ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."),
    ),
    request_body = VersionPatch,
    responses((status = 200, body = Version)),
)]
pub async fn correct(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
    Input(patch): Input<VersionPatch>,
) -> Result<Json<Version>, Refusal> {
    Ok(Json(versions::correct(&can.ctx, &name, &reference, &patch).await?))
}
