//! What an application hands its executions and scores to. They are sent beside, in batches; a caller never waits.

mod builder;
mod complaints;
pub(crate) mod encode;
pub(crate) mod execution;
mod folder;
mod ids;
mod queue;
mod score;
mod send;
mod shared;
mod stats;
mod weight;
mod worker;

use std::{sync::Arc, time::Duration};

pub use builder::RecorderBuilder;
pub use encode::Bodies;
pub use execution::{Execution, Started, Subject};
pub use score::Score;
pub use stats::{Dropped, RecorderStats};
use tokio::sync::watch;

use self::{
    queue::{Entry, What},
    shared::Shared,
    weight::Weight,
};
use crate::clock::Clock;

/// How long [`Recorder::flush`] waits.
const FLUSH: Duration = Duration::from_secs(10);
/// How long is sent when a recorder is closed or dropped.
const CLOSE: Duration = Duration::from_secs(5);

/// Records executions and scores. Clones share everything; when the last one goes, what waits is still sent, as long as
/// the runtime lives.
#[derive(Clone)]
pub struct Recorder {
    /// None: recording is switched off.
    handle: Option<Arc<Handle>>,
    clock: Arc<dyn Clock>,
}

struct Handle {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    limit: watch::Sender<Duration>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.queue.close();
        self.stop.send_replace(true);
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Recorder {
    /// A recorder by itself, without a client: the address of the server, and a key with the scope `record`.
    pub fn builder(url: impl Into<String>, key: impl Into<String>) -> RecorderBuilder {
        RecorderBuilder::new(url.into(), key.into())
    }

    /// Whether anything is recorded at all.
    pub fn enabled(&self) -> bool {
        self.handle.is_some()
    }

    /// A call of a model begins now; say later how it ended.
    pub fn started<'a>(&self, subject: impl Into<Subject<'a>>) -> Started {
        let mut execution = Execution::of(subject, Duration::ZERO);
        if !self.handle.as_ref().is_some_and(|handle| handle.shared.bodies) {
            execution = execution.without_bodies();
        }
        Started::new(execution, Arc::clone(&self.clock))
    }

    /// Takes it, or drops and counts it; never waits, never fails. The id, for scores that come later; empty when recording
    /// is switched off.
    pub fn record(&self, execution: Execution) -> Arc<str> {
        let Some(handle) = &self.handle else { return Arc::default() };
        let shared = &handle.shared;
        let Execution { mut new, started, .. } = execution;
        if !shared.bodies {
            (new.variables, new.input, new.output) = (None, None, None);
        }
        let at = self.clock.now();
        let started = started.unwrap_or_else(|| {
            let micros = new.latency_ms.unwrap_or(0.0) * 1000.0;
            // Saturates, as casts of floats do.
            at.plus_micros((micros as i64).saturating_neg())
        });
        let id = shared.id(new.id.take(), at);
        let bytes = new.weight();
        shared.queue.push(Entry { id: Arc::clone(&id), at, bytes, what: What::Execution { new, started } });
        id
    }

    /// The same for a score.
    pub fn score(&self, score: Score) {
        let (Some(handle), Some(mut new)) = (&self.handle, score.new) else { return };
        let shared = &handle.shared;
        let at = self.clock.now();
        let id = shared.id(new.id.take(), at);
        let bytes = new.weight();
        let what = What::Score { new, at: score.at.unwrap_or(at) };
        shared.queue.push(Entry { id, at, bytes, what });
    }

    /// Waits until everything that was recorded before is on the server, dropped, or on the disk; at most 10 s. False:
    /// something still waits.
    pub async fn flush(&self) -> bool {
        self.flush_within(FLUSH).await
    }

    pub async fn flush_within(&self, limit: Duration) -> bool {
        let Some(handle) = &self.handle else { return true };
        let late = self.clock.wait(limit);
        let mut settled = handle.shared.settled.subscribe();
        let number = handle.shared.queue.want_all();
        tokio::select! {
            biased;
            done = settled.wait_for(|settled| *settled >= number) => done.is_ok(),
            () = late => false,
        }
    }

    /// Sends what waits, for at most 5 s; what is left then goes to the folder, or is dropped and counted. Nothing is
    /// sent afterwards, and what is recorded afterwards is dropped.
    pub async fn close(&self) {
        self.close_within(CLOSE).await;
    }

    pub async fn close_within(&self, limit: Duration) {
        let Some(handle) = &self.handle else { return };
        handle.shared.queue.close();
        handle.limit.send_replace(limit);
        handle.stop.send_replace(true);
        let mut ended = handle.shared.ended.subscribe();
        // The sender lives as long as this.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    pub fn stats(&self) -> RecorderStats {
        self.handle.as_ref().map(|handle| handle.shared.queue.stats()).unwrap_or_default()
    }

    /// A count that moves whenever something was taken up, sent or put away. For programs that wait for such a moment, and
    /// for tests.
    pub fn activity(&self) -> watch::Receiver<u64> {
        match &self.handle {
            Some(handle) => handle.shared.activity.subscribe(),
            None => watch::Sender::default().subscribe(),
        }
    }
}
