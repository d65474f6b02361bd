use axum::Json;
use http::StatusCode;
use promptory_api::rollback::{NewRollback, Rollback};

use crate::{
    app::rollbacks,
    http::{
        access::{Can, Deploy},
        input::Input,
    },
    refusal::Refusal,
};

/// Takes back what an environment serves: ends what is being rolled out, or makes an earlier build live again. It wins
/// over every step that is made at the same time. Asked for twice, it is done once.
#[utoipa::path(
    post,
    path = "/api/v1/rollbacks",
    operation_id = "rollbacks_create",
    tag = "deployments",
    security(("key" = ["deploy"])),
    request_body = NewRollback,
    responses((status = 201, body = Rollback)),
)]
pub async fn create(
    can: Can<Deploy>,
    Input(body): Input<NewRollback>,
) -> Result<(StatusCode, Json<Rollback>), Refusal> {
    Ok((StatusCode::CREATED, Json(rollbacks::create(&can.ctx, &body).await?)))
}
