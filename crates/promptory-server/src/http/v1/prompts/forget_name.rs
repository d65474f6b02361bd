use http::StatusCode;
use promptory_api::version::ChangeQuery;

use crate::{
    app::prompts,
    http::{
        access::{Can, Deploy},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// A former name leads nowhere any more, and may be given to another prompt.
#[utoipa::path(
    delete,
    path = "/api/v1/prompts/{name}/former-names/{former}",
    operation_id = "prompts_forget_name",
    tag = "prompts",
    security(("key" = ["deploy"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("former" = String, Path, description = "The former name, percent-encoded."), ChangeQuery),
    responses((status = 204, description = "Done")),
)]
pub async fn forget_name(
    can: Can<Deploy>,
    Named((name, former)): Named<(String, String)>,
    Params(query): Params<ChangeQuery>,
) -> Result<StatusCode, Refusal> {
    prompts::forget_name(&can.ctx, &name, &former, &query).await?;
    Ok(StatusCode::NO_CONTENT)
}
