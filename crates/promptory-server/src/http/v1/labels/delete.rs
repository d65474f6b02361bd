use http::StatusCode;
use promptory_api::version::ChangeQuery;

use crate::{
    app::labels,
    http::{
        access::{Can, Deploy},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Removes a label. Callers that pin it are refused from then on.
#[utoipa::path(
    delete,
    path = "/api/v1/prompts/{name}/labels/{label}",
    operation_id = "labels_delete",
    tag = "labels",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("label" = String, Path, description = "The label."), ChangeQuery),
    responses((status = 204, description = "Done")),
)]
pub async fn delete(
    can: Can<Deploy>,
    Named((name, label)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<StatusCode, Refusal> {
    labels::delete(&can.ctx, &name, &label, &query).await?;
    Ok(StatusCode::NO_CONTENT)
}
