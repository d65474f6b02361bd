use axum::response::Response;
use http::HeaderMap;
use promptory_api::commits::{Commit, CommitsHello, CommitsReset};

use crate::{
    app::stream::commits,
    http::{
        access::{Can, Read},
        sse,
    },
    refusal::Refusal,
};

/// What is done in the project, as it is done, for user interfaces: server-sent events `hello`, one `commit` for each
/// change with what it changed, and `reset`, never contents. The id of an event is `<epoch>:<revision>`; a client that
/// comes back sends it as `Last-Event-ID` and is told what it missed, or `reset` when that is not known any more: then
/// it asks for everything anew.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    operation_id = "events_follow",
    tag = "history",
    security(("key" = ["read"])),
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the caller has.")),
    responses((
        status = 200,
        description = "Server-sent events; their data is a CommitsHello, a Commit or a CommitsReset.",
        content((CommitsHello = "text/event-stream"), (Commit = "text/event-stream"), (CommitsReset = "text/event-stream")),
    )),
)]
pub async fn follow(can: Can<Read>, headers: HeaderMap) -> Result<Response, Refusal> {
    let opened = commits::open(can.ctx, sse::last_event_id(&headers), sse::key(&headers)).await?;
    Ok(sse::answer(opened))
}
