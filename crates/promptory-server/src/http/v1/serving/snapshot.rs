use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use promptory_api::serving::{EnvironmentQuery, ServingSnapshot};

use crate::{
    app::snapshot,
    http::{
        access::{Can, Serve},
        input::Params,
        serve::{JSON, PRIVATE, matches},
    },
    refusal::Refusal,
};

/// All that a client needs to resolve by itself in one environment. `ETag`; 304 on `If-None-Match`; gzip when asked for.
#[utoipa::path(
    get,
    path = "/api/v1/snapshot",
    operation_id = "snapshot",
    tag = "serving",
    security(("key" = ["render"])),
    params(EnvironmentQuery, ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the snapshot that the caller has.")),
    responses((status = 200, body = ServingSnapshot), (status = 304, description = "Not modified")),
)]
pub async fn snapshot(
    can: Can<Serve>,
    Params(query): Params<EnvironmentQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let gzip = accepts_gzip(&headers);
    let prepared = snapshot::prepare(&can.ctx, query.environment.as_deref(), gzip)?;
    let etag = prepared.etag.clone();
    let vary = HeaderValue::from_static("accept-encoding");
    let common = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, PRIVATE), (header::VARY, vary)];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|wanted| matches(wanted, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let mut response = (common, [(header::CONTENT_TYPE, JSON)], prepared.body().await?).into_response();
    if gzip {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Named, and not with a weight of zero.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = matches!(parts.next(), Some("gzip" | "x-gzip"));
        named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
