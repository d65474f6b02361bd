use axum::Json;
use promptory_api::prompt::Sample;

use crate::{
    app::samples,
    http::{
        access::{Can, Read},
        input::Named,
    },
    refusal::Refusal,
};

/// One sample input.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/samples/{sample}",
    operation_id = "samples_show",
    tag = "samples",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("sample" = String, Path, description = "Its name: a–z first, then a–z, 0–9, _ . or -.")),
    responses((status = 200, body = Sample)),
)]
pub async fn show(
    can: Can<Read>,
    Named((name, sample)): Named<(String, String)>,
) -> Result<Json<Sample>, Refusal> {
    Ok(Json(samples::show(&can.ctx, &name, &sample).await?))
}
