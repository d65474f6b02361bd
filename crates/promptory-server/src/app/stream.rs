//! Event streams: what changes, as it changes. Never contents; a client asks for those.

pub mod commits;
pub mod served;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use promptory_core::{access::Permission, limits};
use promptory_store::StreamRow;
use tokio::sync::{OwnedSemaphorePermit, broadcast, broadcast::error::RecvError, watch};

use super::{Ctx, Outcome, sessions::still_may};
use crate::{
    refusal::{Code, Refusal},
    serving::{Caller, ProjectServing},
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

/// What a stream is about. Everything else is the same for all of them.
pub trait Subject: Send + Sync + 'static {
    type Event: Send + Sync + 'static;

    /// What its caller may do, as long as it is open.
    const NEEDS: Permission;

    fn subscribe(project: &ProjectServing) -> broadcast::Receiver<Arc<Self::Event>>;

    /// None: everything was loaded anew.
    fn revision(event: &Self::Event) -> Option<i64>;

    /// None: it is of no concern here. `id` names the event's revision.
    fn tell(&self, event: &Self::Event, id: String) -> Option<Message>;

    /// The data of its first event, which says where the server stands.
    fn hello(&self, revision: String) -> String;

    /// The data of the event after which a client loads everything anew.
    fn reset(&self, revision: String) -> String;

    /// Stored changes as the events that they were.
    fn missed(rows: Vec<StreamRow>) -> Vec<Self::Event>;
}

/// An open stream.
pub struct Stream<S: Subject> {
    ctx: Ctx,
    subject: S,
    /// The hash of the key's secret, or none for a key that was not sent as one.
    key: Option<[u8; 32]>,
    waiting: VecDeque<Message>,
    events: broadcast::Receiver<Arc<S::Event>>,
    keys: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    pace: tokio::time::Interval,
    /// What the client has.
    revision: i64,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

/// Why a stream looks up.
enum Woken<E> {
    Ended,
    /// Keys were made or revoked.
    Keys,
    Event(Arc<E>),
    TooSlow,
    Pace,
}

/// # Errors
/// There are too many streams, or what the client has makes no sense.
async fn open<S: Subject>(
    ctx: Ctx,
    subject: S,
    last_event_id: Option<&str>,
    key: Option<[u8; 32]>,
) -> Outcome<Stream<S>> {
    let place = Arc::clone(&ctx.app.streams).try_acquire_owned().map_err(|_| {
        Refusal::new(Code::TooManyStreams, format!("This server has {} open streams.", limits::STREAMS))
    })?;
    // First the events, then where the snapshot stands: nothing falls between the two.
    let events = S::subscribe(&ctx.project);
    let snapshot = Arc::clone(&ctx.project.snapshot());
    let mut pace = tokio::time::interval(KEEP_ALIVE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pace.reset();
    let mut stream = Stream {
        subject,
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
    let id = stream.id(stream.revision);
    stream.stands("hello", &id, stream.subject.hello(id.clone()));
    if let Some(last) = last_event_id {
        stream.resume(last).await?;
    }
    Ok(stream)
}

impl<S: Subject> Stream<S> {
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
            Woken::TooSlow => {
                // What was missed is not told one by one, and what is left of it not either.
                self.events = self.events.resubscribe();
                self.reset();
            }
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
            return still_may(S::NEEDS, app, *session, project, now).await;
        }
        let may = |key: &Caller| S::NEEDS.allows(key.scopes, key.instance_admin);
        let known = self.key.is_none_or(|hash| app.serving.keys.known(&hash).is_some_and(|key| may(&key)));
        known && !caller.expired(now)
    }

    fn id(&self, revision: i64) -> String {
        format!("{}:{revision}", self.ctx.project.snapshot().epoch)
    }

    fn stands(&mut self, event: &'static str, id: &str, data: String) {
        self.waiting.push_back(Message { event: Some(event), id: Some(id.to_owned()), data });
    }

    fn reset(&mut self) {
        self.revision = self.ctx.project.snapshot().revision;
        let id = self.id(self.revision);
        self.stands("reset", &id, self.subject.reset(id.clone()));
    }

    fn event(&mut self, event: &S::Event) {
        let Some(revision) = S::revision(event) else { return self.reset() };
        // Those at or below where the stream began are old.
        if revision > self.revision {
            self.waiting.extend(self.subject.tell(event, self.id(revision)));
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
        let from = std::mem::replace(&mut self.revision, after);
        for event in S::missed(rows) {
            self.event(&event);
        }
        self.revision = from;
        Ok(())
    }
}
