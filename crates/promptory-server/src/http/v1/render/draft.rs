use axum::Json;
use promptory_api::version::{RenderDraft, RenderOutput};

use crate::{
    app::render,
    http::{
        access::{Can, Serve},
        input::Input,
    },
    refusal::Refusal,
};

/// Renders an unsaved draft with the given variables.
#[utoipa::path(
    post,
    path = "/api/v1/render",
    operation_id = "render_draft",
    tag = "render",
    security(("key" = ["render"])),
    request_body = RenderDraft,
    responses((status = 200, body = RenderOutput)),
)]
pub async fn draft(can: Can<Serve>, Input(body): Input<RenderDraft>) -> Result<Json<RenderOutput>, Refusal> {
    Ok(Json(render::draft(&can.ctx, &body).await?))
}
