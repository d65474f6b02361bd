use axum::response::{IntoResponse, Response};
use promptory_api::serving::{ResolveMany, ResolvedMany};

use crate::{
    app::serve,
    http::{
        access::{Can, Serve},
        input::Input,
        serve::answer,
    },
    refusal::Refusal,
};

/// The same as `resolve` for many prompts. One that is refused does not fail the others.
#[utoipa::path(
    post,
    path = "/api/v1/resolve",
    operation_id = "resolve_many",
    tag = "serving",
    security(("key" = ["render"])),
    request_body = ResolveMany,
    responses((status = 200, body = ResolvedMany)),
)]
pub async fn resolve_many(can: Can<Serve>, Input(body): Input<ResolveMany>) -> Result<Response, Refusal> {
    Ok(answer(serve::resolved_many(&can.ctx, body).await?).into_response())
}
