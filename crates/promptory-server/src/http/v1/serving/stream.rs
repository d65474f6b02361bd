use axum::response::{
    IntoResponse, Response,
    sse::{Event, Sse},
};
use futures_util::stream::unfold;
use http::{HeaderMap, HeaderName, HeaderValue};
use promptory_api::serving::{EnvironmentQuery, StreamChange, StreamHello, StreamReset};

use crate::{
    app::stream::{self, Message, Stream},
    http::{
        access::{Can, Serve, bearer},
        input::Params,
    },
    refusal::Refusal,
    serving::secret_hash,
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
    let last = headers.get("last-event-id").map(|value| value.to_str().unwrap_or_default().to_owned());
    let key = bearer(&headers).map(secret_hash);
    let opened = stream::open(can.ctx, query.environment.as_deref(), last.as_deref(), key).await?;
    let events = unfold(opened, |stream: Stream| async move {
        let (message, stream) = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event(message)), stream))
    });
    // Proxies that gather an answer before they pass it on would hold events back.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([unbuffered], Sse::new(events)).into_response())
}

fn event(message: Message) -> Event {
    let Some(name) = message.event else { return Event::default().comment("") };
    let event = Event::default().event(name).data(message.data);
    match message.id {
        Some(id) => event.id(id),
        None => event,
    }
}
