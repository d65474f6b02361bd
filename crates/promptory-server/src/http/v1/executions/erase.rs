use axum::Json;
use promptory_api::execution::{Erase, Erased};

use crate::{
    app::executions,
    http::{
        access::{Admin, Can},
        input::Input,
    },
    refusal::Refusal,
};

/// Takes what could name a person from all executions and scores of one user. The figures stay.
#[utoipa::path(
    post,
    path = "/api/v1/executions/erase",
    operation_id = "executions_erase",
    tag = "executions",
    security(("key" = ["admin"])),
    request_body = Erase,
    responses((status = 200, body = Erased)),
)]
pub async fn erase(can: Can<Admin>, Input(body): Input<Erase>) -> Result<Json<Erased>, Refusal> {
    Ok(Json(executions::erase(&can.ctx, &body).await?))
}
