use http::StatusCode;

use crate::{
    app::samples,
    http::{
        access::{Can, Write},
        input::Named,
    },
    refusal::Refusal,
};

/// Deletes a sample input.
#[utoipa::path(
    delete,
    path = "/api/v1/prompts/{name}/samples/{sample}",
    operation_id = "samples_delete",
    tag = "samples",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("sample" = String, Path, description = "Its name: a–z first, then a–z, 0–9, _ . or -.")),
    responses((status = 204, description = "Done")),
)]
pub async fn delete(
    can: Can<Write>,
    Named((name, sample)): Named<(String, String)>,
) -> Result<StatusCode, Refusal> {
    samples::delete(&can.ctx, &name, &sample).await?;
    Ok(StatusCode::NO_CONTENT)
}
