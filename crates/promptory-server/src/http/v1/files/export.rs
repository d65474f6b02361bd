use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::header;

use crate::{
    app::export,
    http::{
        access::{Can, Read},
        file,
    },
    refusal::Refusal,
};

/// The whole project as an archive (tar, gzip) of readable files: one folder a prompt, one file a version.
#[utoipa::path(
    get,
    path = "/api/v1/export",
    operation_id = "export",
    tag = "files",
    security(("key" = ["read"])),
    responses((status = 200, description = "The archive", body = Vec<u8>, content_type = "application/gzip")),
)]
pub async fn export(can: Can<Read>) -> Result<Response, Refusal> {
    let archive = export::export(&can.ctx).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_LENGTH, archive.bytes.to_string()),
        (header::CONTENT_DISPOSITION, file::attachment(&archive.project)),
    ];
    Ok((headers, Body::from_stream(file::pieces(archive.file))).into_response())
}
