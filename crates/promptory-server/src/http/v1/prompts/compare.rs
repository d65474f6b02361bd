use axum::Json;
use promptory_api::compare::{Compare, CompareQuery, Comparison};

use crate::{
    app,
    http::{
        access::{Can, Read},
        input::{Input, Named, Params},
    },
    refusal::Refusal,
};

/// What differs between two versions: text by line and word, variables, settings, metadata, and whether one can
/// replace the other for its callers.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/compare",
    operation_id = "prompts_compare",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), CompareQuery),
    responses((status = 200, body = Comparison)),
)]
pub async fn compare(
    can: Can<Read>,
    Named(name): Named<String>,
    Params(query): Params<CompareQuery>,
) -> Result<Json<Comparison>, Refusal> {
    let body = Compare { from: query.from, to: Some(query.to), sample: query.sample, ..Compare::default() };
    Ok(Json(app::compare::compare(&can.ctx, &name, &body).await?))
}

/// The same with an unsaved draft, or with variables to render both sides.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/compare",
    operation_id = "prompts_compare_draft",
    tag = "prompts",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`.")),
    request_body = Compare,
    responses((status = 200, body = Comparison)),
)]
pub async fn compare_draft(
    can: Can<Read>,
    Named(name): Named<String>,
    Input(body): Input<Compare>,
) -> Result<Json<Comparison>, Refusal> {
    Ok(Json(app::compare::compare(&can.ctx, &name, &body).await?))
}
