use axum::Json;
use promptory_api::langfuse::{LangfuseList, LangfuseListQuery};

use crate::{
    app::langfuse_list,
    http::{
        access::{Can, Read},
        input::Params,
    },
    refusal::Refusal,
};

/// Prompts with the sequence numbers of their versions, by name.
#[utoipa::path(
    get,
    path = "/api/public/v2/prompts",
    operation_id = "langfuse_prompts",
    tag = "langfuse",
    security(("key" = ["read"]), ("langfuse" = ["read"])),
    params(LangfuseListQuery),
    responses((status = 200, body = LangfuseList)),
)]
pub async fn list(
    can: Can<Read>,
    Params(query): Params<LangfuseListQuery>,
) -> Result<Json<LangfuseList>, Refusal> {
    Ok(Json(langfuse_list::list(&can.ctx, &query).await?))
}
