use axum::Json;
use http::StatusCode;
use promptory_api::comment::{Comment, NewComment};

use crate::{
    app::comments,
    http::{
        access::{Can, Propose},
        input::{Input, Named},
    },
    refusal::Refusal,
};

/// Says something about a version. It changes nothing and decides nothing, and stays.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions/{reference}/comments",
    operation_id = "comments_create",
    tag = "versions",
    security(("key" = ["propose"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name.")),
    request_body = NewComment,
    responses((status = 201, body = Comment)),
)]
pub async fn create(
    can: Can<Propose>,
    Named((name, reference)): Named<(String, String)>,
    Input(body): Input<NewComment>,
) -> Result<(StatusCode, Json<Comment>), Refusal> {
    Ok((StatusCode::CREATED, Json(comments::create(&can.ctx, &name, &reference, &body).await?)))
}
