use axum::response::Response;
use http::HeaderMap;
use promptory_api::serving::{EnvironmentQuery, StreamChange, StreamHello, StreamReset};

use crate::{
    app::stream::served,
    http::{
        access::{Can, Serve},
        input::Params,
        sse,
    },
    refusal::Refusal,
};

/// What changes in one environment, as it changes: server-sent events `hello`, `change` and `reset`, never contents.
/// The id of an event is `<epoch>:<revision>`; a client that comes back sends it as `Last-Event-ID` and is told what
/// it missed, or `reset` when that is not known any more: then it loads the snapshot.
#[utoipa::path(
    get,
    path = "/api/v1/stream",
    operation_id = "stream",
    tag = "serving",
    security(("key" = ["render"])),
    params(EnvironmentQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the caller has.")),
    responses((
        status = 200,
        description = "Server-sent events; their data is a StreamHello, a StreamChange or a StreamReset.",
        content((StreamHello = "text/event-stream"), (StreamChange = "text/event-stream"), (StreamReset = "text/event-stream")),
    )),
)]
pub async fn stream(
    can: Can<Serve>,
    Params(query): Params<EnvironmentQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let last = sse::last_event_id(&headers);
    let opened = served::open(can.ctx, query.environment.as_deref(), last, sse::key(&headers)).await?;
    Ok(sse::answer(opened))
}
