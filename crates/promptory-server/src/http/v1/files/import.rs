use axum::{Json, body::Body};
use http::HeaderMap;
use promptory_api::files::{ImportQuery, Imported};

use crate::{
    app::import,
    http::{
        access::{Can, Write},
        file,
        input::Params,
    },
    refusal::Refusal,
};

/// Takes an archive as `export` gives it, or one of plain Markdown, dotprompt, prompty and history files. What is there
/// already stays; what cannot be taken is named, and the rest is.
#[utoipa::path(
    post,
    path = "/api/v1/import",
    operation_id = "import",
    tag = "files",
    security(("key" = ["write"])),
    params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/gzip"),
    responses((status = 200, body = Imported)),
)]
pub async fn import(
    can: Can<Write>,
    Params(query): Params<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Imported>, Refusal> {
    file::content_type(&headers)?;
    Ok(Json(import::import(&can.ctx, &query, body).await?))
}
