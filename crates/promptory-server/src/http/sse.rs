//! Streams as server-sent events.

use axum::response::{
    IntoResponse, Response,
    sse::{Event, Sse},
};
use futures_util::stream::unfold;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::access::bearer;
use crate::{
    app::stream::{Message, Stream, Subject},
    serving::secret_hash,
};

pub fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    // One that is no text is no id either.
    headers.get("last-event-id").map(|value| value.to_str().unwrap_or_default())
}

/// For looking again, as long as a stream is open.
pub fn key(headers: &HeaderMap) -> Option<[u8; 32]> {
    bearer(headers).map(secret_hash)
}

pub fn answer<S: Subject>(stream: Stream<S>) -> Response {
    let events = unfold(stream, |stream| async move {
        let (message, stream) = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event(message)), stream))
    });
    // Proxies that gather an answer before they pass it on would hold events back.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    ([unbuffered], Sse::new(events)).into_response()
}

fn event(message: Message) -> Event {
    let Some(name) = message.event else { return Event::default().comment("") };
    let event = Event::default().event(name).data(message.data);
    match message.id {
        Some(id) => event.id(id),
        None => event,
    }
}
