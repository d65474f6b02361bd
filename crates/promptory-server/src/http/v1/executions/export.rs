use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::header;
use promptory_api::execution::ExecutionExport;

use crate::{
    app::executions,
    http::{
        access::{Can, Read},
        file,
        input::Params,
    },
    refusal::Refusal,
};

/// Every execution that the filters let through, latest start first, as NDJSON or CSV.
#[utoipa::path(
    get,
    path = "/api/v1/executions/export",
    operation_id = "executions_export",
    tag = "executions",
    security(("key" = ["read"])),
    params(ExecutionExport),
    responses((status = 200, description = "The file", body = String, content_type = "application/x-ndjson")),
)]
pub async fn export(can: Can<Read>, Params(query): Params<ExecutionExport>) -> Result<Response, Refusal> {
    let file = executions::export(&can.ctx, &query).await?;
    let name = format!("attachment; filename=\"executions.{}\"", file.format.ending());
    let headers =
        [(header::CONTENT_TYPE, file.format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(file::lines(file.pieces))).into_response())
}
