use axum::Json;
use promptory_api::prompt::{PutSample, Sample};

use crate::{
    app::samples,
    http::{
        access::{Can, Write},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Creates or replaces a sample input: variables that render and compare can use by name.
#[utoipa::path(
    put,
    path = "/api/v1/prompts/{name}/samples/{sample}",
    operation_id = "samples_put",
    tag = "samples",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("sample" = String, Path, description = "Its name: a–z first, then a–z, 0–9, _ . or -.")),
    request_body = PutSample,
    responses((status = 200, body = Sample)),
)]
pub async fn put(
    can: Can<Write>,
    Named((name, sample)): Named<(String, String)>,
    Input(body): Input<PutSample>,
) -> Result<Json<Sample>, Refusal> {
    Ok(Json(samples::put(&can.ctx, &name, &sample, &body).await?))
}
