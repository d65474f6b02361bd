use axum::Json;
use http::StatusCode;
use promptory_api::prices::{LayerQuery, NewPrice, Price};

use crate::{
    app::prices::change,
    http::{
        access::{Admin, Can},
        input::{Input, Params},
    },
    refusal::Refusal,
};

/// A price of a model, from a time on. It stands before the instance's and the built-in one.
#[utoipa::path(
    post,
    path = "/api/v1/prices",
    operation_id = "prices_create",
    tag = "prices",
    security(("key" = ["admin"])),
    params(LayerQuery),
    request_body = NewPrice,
    responses((status = 201, body = Price)),
)]
pub async fn create(
    can: Can<Admin>,
    Params(query): Params<LayerQuery>,
    Input(body): Input<NewPrice>,
) -> Result<(StatusCode, Json<Price>), Refusal> {
    Ok((StatusCode::CREATED, Json(change::create(&can.ctx, &query, &body).await?)))
}
