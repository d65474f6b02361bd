use axum::Json;
use promptory_api::prompt::Facets;

use crate::{
    app::facets,
    http::access::{Can, Read},
};

/// What prompts can be filtered by: folders, tags, categories, owners and providers that occur, each with the number of
/// prompts, at most 200 of a kind. Archived prompts do not count.
#[utoipa::path(
    get,
    path = "/api/v1/facets",
    operation_id = "prompts_facets",
    tag = "prompts",
    security(("key" = ["read"])),
    responses((status = 200, body = Facets)),
)]
pub async fn facets(can: Can<Read>) -> Json<Facets> {
    Json(facets::facets(&can.ctx))
}
