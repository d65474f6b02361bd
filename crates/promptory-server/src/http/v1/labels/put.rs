use axum::Json;
use promptory_api::prompt::{Label, PutLabel};

use crate::{
    app::labels,
    http::{
        access::{Can, Deploy},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Points a label to a version; one that exists moves. Callers that pin the label get that version from then on.
#[utoipa::path(
    put,
    path = "/api/v1/prompts/{name}/labels/{label}",
    operation_id = "labels_put",
    tag = "labels",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("label" = String, Path, description = "a–z first, then a–z, 0–9, _ . or -; not an environment's name.")),
    request_body = PutLabel,
    responses((status = 200, body = Label)),
)]
pub async fn put(
    can: Can<Deploy>,
    Named((name, label)): Named<(String, String)>,
    Input(body): Input<PutLabel>,
) -> Result<Json<Label>, Refusal> {
    Ok(Json(labels::put(&can.ctx, &name, &label, &body).await?))
}
