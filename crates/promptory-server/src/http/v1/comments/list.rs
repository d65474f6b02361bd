use axum::Json;
use promptory_api::{
    comment::Comment,
    page::{Page, PageQuery},
};

use crate::{
    app::comments,
    http::{
        access::{Can, Read},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// What was said about a version, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/prompts/{name}/versions/{reference}/comments",
    operation_id = "comments_list",
    tag = "versions",
    security(("key" = ["read"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name."), PageQuery),
    responses((status = 200, body = Page<Comment>)),
)]
pub async fn list(
    can: Can<Read>,
    Named((name, reference)): Named<(String, String)>,
    Params(query): Params<PageQuery>,
) -> Result<Json<Page<Comment>>, Refusal> {
    Ok(Json(comments::list(&can.ctx, &name, &reference, &query).await?))
}
