use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use promptory_api::serving::{Active, ActiveQuery};

use crate::{
    app::{Ctx, serve},
    http::{
        access::{Can, Serve},
        input::{Named, Params},
        serve::{JSON, PRIVATE, found, found_renamed},
    },
    refusal::Refusal,
};

/// The live build, from memory. Strong `ETag`; 304 on `If-None-Match`. With `at`: what was live then.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/active",
    operation_id = "prompts_active",
    tag = "serving",
    security(("key" = ["render"])),
    params(
        ("name" = String, Path, description = "Percent-encoded: `support%2Freply`."),
        ActiveQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer."),
    ),
    responses((status = 200, body = Active), (status = 304, description = "Not modified")),
)]
pub async fn active(
    can: Can<Serve>,
    Named(name): Named<String>,
    Params(query): Params<ActiveQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let environment = can.ctx.environment(query.environment.as_deref())?;
    match &query.at {
        Some(at) => active_at(&can.ctx, &name, &environment, at).await,
        None => serve::active(&can.ctx, &name, &environment, |choice| {
            let (build, present) = (choice.build, &*choice.entry.name);
            let response = if present == name {
                found(build, &headers)
            } else {
                found_renamed(build, present, &headers)
            };
            response.into_response()
        }),
    }
}

async fn active_at(ctx: &Ctx, name: &str, environment: &str, at: &str) -> Result<Response, Refusal> {
    let body = serve::active_at(ctx, name, environment, at).await?;
    let headers: [(_, HeaderValue); 2] = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, PRIVATE)];
    Ok((headers, body).into_response())
}
