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

/// Deletes a prompt with its versions, if nothing of it was ever served, labelled or included. Otherwise archive it.
#[utoipa::path(
    delete,
    path = "/api/v1/prompts/{name}",
    operation_id = "prompts_delete",
    tag = "prompts",
    security(("key" = ["write"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ChangeQuery),
    responses((status = 204, description = "Done")),
)]
pub async fn delete(
    can: Can<Write>,
    Named(name): Named<String>,
    Params(query): Params<ChangeQuery>,
) -> Result<StatusCode, Refusal> {
    removal::prompt(&can.ctx, &name, &query).await?;
    Ok(StatusCode::NO_CONTENT)
}
