use http::StatusCode;
use promptory_api::version::ChangeQuery;

use crate::{
    app::removal,
    http::{
        access::{Can, Write},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Deletes a version that was never served, labelled or included. Its numbers are not given again. Otherwise archive it.
#[utoipa::path(
    delete,
    path = "/api/v1/prompts/{name}/versions/{reference}",
    operation_id = "versions_delete",
    tag = "versions",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."), ChangeQuery),
    responses((status = 204, description = "Done")),
)]
pub async fn delete(
    can: Can<Write>,
    Named((name, reference)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<StatusCode, Refusal> {
    removal::version(&can.ctx, &name, &reference, &query).await?;
    Ok(StatusCode::NO_CONTENT)
}
