use axum::Json;
use promptory_api::version::{RenderInput, RenderOutput};

use crate::{
    app::render,
    http::{
        access::{Can, Serve},
        input::{Named, OptionalInput},
    },
    refusal::Refusal,
};

/// Renders a stored version with the given variables.
#[utoipa::path(
    post,
    path = "/api/v1/prompts/{name}/versions/{reference}/render",
    operation_id = "versions_render",
    tag = "versions",
    security(("key" = ["render"])),
    params(("name" = String, Path, description = "Percent-encoded: `support%2Freply`."), ("reference" = String, Path, description = "A number (`1.2.0`), a sequence (`3`), a label, `latest`, or an environment's name.")),
    request_body = RenderInput,
    responses((status = 200, body = RenderOutput)),
)]
pub async fn render(
    can: Can<Serve>,
    Named((name, reference)): Named<(String, String)>,
    OptionalInput(body): OptionalInput<RenderInput>,
) -> Result<Json<RenderOutput>, Refusal> {
    Ok(Json(render::stored(&can.ctx, &name, &reference, &body).await?))
}
