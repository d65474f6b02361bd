use axum::Json;
use promptory_api::serving::{ExplainQuery, Explanation};

use crate::{
    app::explain,
    http::{
        access::{Can, Serve},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// Why a caller gets what it gets: every rule that `resolve` asks, in order.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/explain",
    operation_id = "prompts_explain",
    tag = "serving",
    security(("key" = ["render"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ExplainQuery),
    responses((status = 200, body = Explanation)),
)]
pub async fn explain(
    can: Can<Serve>,
    Named(name): Named<String>,
    Params(query): Params<ExplainQuery>,
) -> Result<Json<Explanation>, Refusal> {
    Ok(Json(explain::explain(&can.ctx, &name, &query).await?))
}
