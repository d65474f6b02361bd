use axum::response::{IntoResponse, Response};
use promptory_api::serving::{Resolve, Resolved};

use crate::{
    app::serve,
    http::{
        access::{Can, Serve},
        input::{Named, OptionalInput},
        serve::answer,
    },
    refusal::Refusal,
};

/// Which version this request gets, from memory; rendered when `variables` are given.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/resolve",
    operation_id = "prompts_resolve",
    tag = "serving",
    security(("key" = ["render"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = Resolve,
    responses((status = 200, body = Resolved)),
)]
pub async fn resolve(
    can: Can<Serve>,
    Named(name): Named<String>,
    OptionalInput(body): OptionalInput<Resolve>,
) -> Result<Response, Refusal> {
    let body = serve::resolved(&can.ctx, &name, &body).await?;
    Ok(answer(body).into_response())
}
