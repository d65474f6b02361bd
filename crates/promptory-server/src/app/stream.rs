//! The event stream: what changes in one environment, as it changes. Never contents; a client asks for those.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use promptory_api::serving::{StreamChange, StreamHello, StreamReset};
use promptory_core::{access::Permission, limits};
use promptory_store::StreamRow;
use tokio::sync::{OwnedSemaphorePermit, broadcast, broadcast::error::RecvError, watch};

use super::{Ctx, Outcome, sessions::still_serves};
use crate::{
    check::json_text,
    numbers::number_text,
    refusal::{Code, Refusal},
    serving::{Caller, Event, with_lasts},
};

/// A comment this often keeps connections open and finds out which are not.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Changes that are told again to a client that comes back; one that missed more loads everything anew.
const REPLAYED: i64 = 10_000;

/// One message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// None: a comment.
    pub event: Option<&'static str>,
    /// `<epoch>:<revision>`: a client that has this has everything up to it.
    pub id: Option<String>,
    pub data: String,
}

/// An open stream.
pub struct Stream {
    ctx: Ctx,
    environment: String,
    /// The hash of the key's secret, or none for a key that was not sent as one.
    key: Option<[u8; 32]>,
    waiting: VecDeque<Message>,
    events: broadcast::Receiver<Arc<Event>>,
    keys: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    pace: tokio::time::Interval,
    /// What the client has.
    revision: i64,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

/// Why a stream looks up.
enum Woken {
    Ended,
    /// Keys were made or revoked.
    Keys,
    Event(Arc<Event>),
    TooSlow,
    Pace,
}

/// # Errors
/// No such environment, the key is bound to another one, or there are too many streams.
pub async fn open(
    ctx: Ctx,
    environment: Option<&str>,
    last_event_id: Option<&str>,
    key: Option<[u8; 32]>,
) -> Outcome<Stream> {
    let environment = ctx.environment(environment)?;
    if ctx.project.snapshot().environment(&environment).is_none() {
        return Err(Refusal::no_environment(&environment));
    }
    let place = Arc::clone(&ctx.app.streams).try_acquire_owned().map_err(|_| {
        Refusal::new(Code::TooManyStreams, format!("This server has {} open streams.", limits::STREAMS))
    })?;
    // First the events, then where the snapshot stands: nothing falls between the two.
    let events = ctx.project.events();
    let snapshot = Arc::clone(&ctx.project.snapshot());
    let mut pace = tokio::time::interval(KEEP_ALIVE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pace.reset();
    let mut stream = Stream {
        environment,
        key,
        waiting: VecDeque::new(),
        events,
        keys: ctx.app.serving.keys.changes(),
        stopping: ctx.app.stopping.clone(),
        pace,
        revision: snapshot.revision,
        ended: false,
        _place: place,
        ctx,
    };
    stream.hello();
    if let Some(last) = last_event_id {
        stream.resume(last).await?;
    }
    Ok(stream)
}

impl Stream {
    /// None: the stream has ended.
    pub async fn next(mut self) -> Option<(Message, Self)> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some((message, self));
            }
            if self.ended {
                return None;
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        let woken = tokio::select! {
            // First: a key that was revoked sees nothing more, and a server that stops closes its streams.
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => Woken::Ended,
            _ = self.keys.changed() => Woken::Keys,
            event = self.events.recv() => match event {
                Ok(event) => Woken::Event(event),
                Err(RecvError::Lagged(_)) => Woken::TooSlow,
                Err(RecvError::Closed) => Woken::Ended,
            },
            _ = self.pace.tick() => Woken::Pace,
        };
        match woken {
            Woken::Ended => self.ended = true,
            Woken::Keys => self.ended = !self.allowed().await,
            Woken::Event(event) => self.event(&event),
            // What was missed is not told one by one.
            Woken::TooSlow => self.reset(),
            Woken::Pace => {
                self.ended = !self.allowed().await;
                self.waiting.push_back(Message { event: None, id: None, data: String::new() });
            }
        }
    }

    /// Looked at again when keys change, and at each pace: then also whether a session goes on.
    async fn allowed(&self) -> bool {
        let Ctx { app, caller, project, .. } = &self.ctx;
        let now = app.clock.now();
        if let Some(session) = caller.session() {
            return still_serves(app, *session, project, now).await;
        }
        let serves = |key: &Caller| Permission::Serve.allows(key.scopes, key.instance_admin);
        let known = self.key.is_none_or(|hash| app.serving.keys.known(&hash).is_some_and(|key| serves(&key)));
        known && !caller.expired(now)
    }

    fn id(&self, revision: i64) -> String {
        format!("{}:{revision}", self.ctx.project.snapshot().epoch)
    }

    fn hello(&mut self) {
        let revision = self.id(self.revision);
        let hello = StreamHello { revision: revision.clone(), environment: self.environment.clone() };
        self.send("hello", Some(revision), json_text(&hello));
    }

    fn reset(&mut self) {
        self.revision = self.ctx.project.snapshot().revision;
        let revision = self.id(self.revision);
        let reset = StreamReset { revision: revision.clone(), environment: self.environment.clone() };
        self.send("reset", Some(revision), json_text(&reset));
    }

    fn send(&mut self, event: &'static str, id: Option<String>, data: String) {
        self.waiting.push_back(Message { event: Some(event), id, data });
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Reset => self.reset(),
            Event::Change { revision, environment, change, last } => {
                // Those at or below where the stream began are old.
                if *revision <= self.revision {
                    return;
                }
                if environment.as_deref().is_some_and(|name| name != self.environment) {
                    return;
                }
                // Only with its last change has a client all of a revision.
                let id = last.then(|| self.id(*revision));
                self.send("change", id, json_text(change));
            }
        }
    }

    /// Tells again what happened since; or that too much did.
    async fn resume(&mut self, last: &str) -> Outcome<()> {
        let malformed = || Refusal::new(Code::Malformed, "Last-Event-ID is <epoch>:<number>.");
        let (epoch, after) = last.split_once(':').ok_or_else(malformed)?;
        let after: i64 = after.parse().map_err(|_| malformed())?;
        let same = *self.ctx.project.snapshot().epoch == *epoch && (0..=self.revision).contains(&after);
        if !same {
            self.reset();
            return Ok(());
        }
        if after == self.revision {
            return Ok(());
        }
        let project = &self.ctx.project.id;
        let rows = self.ctx.app.store.stream_changes(project, after, self.revision, REPLAYED + 1).await?;
        let cut = i64::try_from(rows.len()).unwrap_or(i64::MAX) > REPLAYED;
        // Every commit has a change row: where the first is not the next one, older ones were swept.
        if cut || rows.first().is_none_or(|row| row.revision > after + 1) {
            self.reset();
            return Ok(());
        }
        let events = rows.into_iter().filter_map(told).collect();
        let from = std::mem::replace(&mut self.revision, after);
        for event in with_lasts(events) {
            self.event(&event);
        }
        self.revision = from;
        Ok(())
    }
}

/// The event of a stored change; most changes concern no stream.
fn told(row: StreamRow) -> Option<Event> {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).ok()?;
    let what = match row.kind.as_str() {
        "live" => "live",
        "label" => "label",
        // What it was before is not known any more: a client asks for it again.
        "prompt" if detail["archived_at"].is_i64() => "archived",
        "prompt" => "restored",
        _ => return None,
    };
    let number = || Some(number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?));
    let change = StreamChange {
        change: what.to_owned(),
        version: number(),
        prompt: row.prompt?,
        environment: row.environment.clone(),
        build_hash: row.build_hash,
        deployment_id: row.deployment_id,
        label: (what == "label").then(|| detail["name"].as_str().unwrap_or_default().to_owned()),
        renamed_from: None,
        entry_revision: row.revision,
    };
    let environment = row.environment.map(Arc::from);
    Some(Event::Change { revision: row.revision, environment, change: Box::new(change), last: false })
}
