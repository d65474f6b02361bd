use axum::Json;
use promptory_api::{
    environment::{AtQuery, LiveAt},
    page::Page,
};

use crate::{
    app::environments,
    http::{
        access::{Can, Read},
        input::{Named, Params},
    },
    refusal::Refusal,
};

/// What the environment served at a time: every prompt with its version, in order of their names.
#[utoipa::path(
    get,
    path = "/api/v1/environments/{environment}/at",
    operation_id = "environments_at",
    tag = "environments",
    security(("key" = ["read"])),
    params(("environment" = String, Path, description = "Its name."), AtQuery),
    responses((status = 200, body = Page<LiveAt>)),
)]
pub async fn at(
    can: Can<Read>,
    Named(environment): Named<String>,
    Params(query): Params<AtQuery>,
) -> Result<Json<Page<LiveAt>>, Refusal> {
    Ok(Json(environments::at(&can.ctx, &environment, &query).await?))
}
