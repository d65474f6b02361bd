//! What all clones of a client and its tasks share.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use promptory_api::problem::Problem;
use promptory_core::time::Timestamp;
use tokio::sync::{Notify, watch};

use crate::{
    cache::{Cache, Entry, Question},
    clock::{Clock, since},
    error::Error,
    http::{Http, Revision},
    snapshot::Snapshot,
};

/// After an attempt that failed, callers who have something do not try again for this long.
pub(crate) const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// A no about one prompt is believed for this long: long enough that a loop of callers does not become one of requests.
pub(crate) const NO_TTL: Duration = Duration::from_secs(5);

pub(crate) struct Config {
    /// None: the key's own, else production.
    pub(crate) environment: Option<String>,
    pub(crate) ttl: Duration,
    pub(crate) local: bool,
    pub(crate) snapshot_bytes: u64,
    pub(crate) cache_file: Option<PathBuf>,
    /// Tells files of last known good answers apart, so that one of another project or server is never served.
    pub(crate) identity: String,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) http: Http,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cache: Cache,
    pub(crate) held: ArcSwapOption<Held>,
    pub(crate) denied: ArcSwapOption<Denied>,
    /// The newest revision of any answer.
    pub(crate) seen: Mutex<Option<Revision>>,
    /// The newest revision that the stream spoke of.
    pub(crate) told: Mutex<Option<Revision>>,
    pub(crate) counters: Counters,
    pub(crate) connected: AtomicBool,
    pub(crate) loading: AtomicBool,
    pub(crate) reload: Notify,
    pub(crate) save: Notify,
    /// One at a time, so that an older state never replaces a newer one.
    pub(crate) writing: tokio::sync::Mutex<()>,
    pub(crate) disk_problem: Mutex<Option<String>>,
    /// Counts what callers may want to look at again.
    pub(crate) activity: watch::Sender<u64>,
}

/// The snapshot that local answers come from.
pub(crate) struct Held {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) etag: Option<String>,
    pub(crate) confirmed: Timestamp,
    pub(crate) from_disk: bool,
    pub(crate) outdated: AtomicBool,
}

/// The server will not serve this key at all.
pub(crate) struct Denied {
    pub(crate) problem: Arc<Problem>,
    /// When it was asked about last.
    pub(crate) at: Timestamp,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) hits: AtomicU64,
    pub(crate) misses: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) refreshes: AtomicU64,
    pub(crate) failures: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A panic elsewhere leaves these values whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub(crate) fn tick(&self) {
        self.activity.send_modify(|count| *count += 1);
    }

    pub(crate) fn set_connected(&self, connected: bool) {
        if self.connected.swap(connected, Ordering::Relaxed) != connected {
            self.tick();
        }
    }

    /// How old it is, and whether that is too old.
    pub(crate) fn age(&self, confirmed: Timestamp, outdated: &AtomicBool) -> (Duration, bool) {
        match since(confirmed, self.clock.now()) {
            Some(age) => (age, age > self.config.ttl || outdated.load(Ordering::Relaxed)),
            // The clock was set back: nothing is known about its age.
            None => (Duration::ZERO, true),
        }
    }

    /// The stream's word on how new an answer must be.
    pub(crate) fn at_least(&self) -> Option<Revision> {
        lock(&self.told).clone()
    }

    pub(crate) fn seen(&self) -> Option<Revision> {
        lock(&self.seen).clone()
    }

    /// Another epoch, or a smaller number than was known when the question was sent: everything may be another.
    pub(crate) fn observe(self: &Arc<Self>, before: Option<&Revision>, now: Option<Revision>) {
        let Some(now) = now else { return };
        let replaced = {
            let mut seen = lock(&self.seen);
            let replaced = match (&*seen, before) {
                (Some(seen), _) if seen.epoch != now.epoch => true,
                (Some(_), Some(before)) => before.epoch == now.epoch && before.number > now.number,
                _ => false,
            };
            let newer = seen.as_ref().is_none_or(|seen| seen.number <= now.number);
            if replaced || newer {
                *seen = Some(now);
            }
            replaced
        };
        if replaced {
            tracing::info!("the server's database was replaced: everything is asked for again");
            *lock(&self.told) = None;
            self.outdate_all();
        }
    }

    /// Nothing of what is known may hold any more.
    pub(crate) fn outdate_all(self: &Arc<Self>) {
        self.outdate_snapshot();
        self.outdate(self.cache.all());
    }

    pub(crate) fn outdate_prompt(self: &Arc<Self>, names: &[&str]) {
        self.outdate_snapshot();
        let concerned = |question: &Question, entry: &Entry| {
            let present = entry.outcome.as_ref().ok().map(|answer| answer.build.active.prompt.as_str());
            names.iter().any(|name| *question.prompt == **name || present == Some(*name))
        };
        let mut all = self.cache.all();
        all.retain(|(question, entry)| concerned(question, entry));
        self.outdate(all);
    }

    fn outdate_snapshot(&self) {
        if let Some(held) = &*self.held.load() {
            held.outdated.store(true, Ordering::Relaxed);
        }
        if self.config.local {
            self.reload.notify_one();
        }
    }

    /// Answers for one user are asked for when that user comes again; the others now, one after the other.
    fn outdate(self: &Arc<Self>, entries: Vec<(Question, Arc<Entry>)>) {
        for (_, entry) in &entries {
            entry.outdated.store(true, Ordering::Relaxed);
            // What was refused just now may be there.
            entry.not_before.store(i64::MIN, Ordering::Relaxed);
        }
        if entries.is_empty() {
            return;
        }
        let inner = Arc::clone(self);
        tokio::spawn(async move {
            for (question, entry) in entries {
                if question.subject.is_some() || entry.outcome.is_err() {
                    inner.cache.remove(&question).await;
                } else if entry.claim(inner.clock.now()) {
                    inner.refresh(question, entry).await;
                }
            }
            inner.tick();
        });
    }

    /// From now on every caller is told.
    pub(crate) fn deny(&self, problem: &Arc<Problem>) {
        if self.denied.load().is_none() {
            tracing::warn!(code = problem.code, detail = problem.detail, "the server refuses this client");
        }
        let denied = Denied { problem: Arc::clone(problem), at: self.clock.now() };
        self.denied.store(Some(Arc::new(denied)));
        self.tick();
    }

    /// A no to the stream or the snapshot is one to everything.
    pub(crate) fn note_refusal(&self, error: &Error) {
        if let Error::Refused(problem) = error
            && matches!(problem.status, 401 | 403 | 404)
        {
            self.deny(problem);
        }
    }

    pub(crate) fn admit(self: &Arc<Self>) {
        if self.denied.swap(None).is_some() {
            self.outdate_all();
            self.tick();
        }
    }

    pub(crate) fn reload_soon(&self) {
        if !self.loading.swap(true, Ordering::AcqRel) {
            self.reload.notify_one();
        }
    }
}

/// The client is gone.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error: the sender is gone, and the client with it.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Half a second, doubled with each failure up to half a minute; up to half of it less, so that clients do not come
/// back together.
pub(crate) fn backoff(failures: u32) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    const FIRST: Duration = Duration::from_millis(500);
    const LAST: Duration = Duration::from_secs(30);
    let whole = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LAST);
    // Each state has keys of its own.
    let random = u32::try_from(RandomState::new().hash_one(failures) >> 32).unwrap_or(0);
    whole - whole.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_half_a_minute_and_differ() {
        for (failures, whole) in [(1, 500), (2, 1000), (3, 2000), (7, 30_000), (1_000_000, 30_000)] {
            for _ in 0..100 {
                let pause = backoff(failures).as_millis();
                assert!((whole / 2..=whole).contains(&pause), "{failures}: {pause}");
            }
        }
        let pauses: std::collections::HashSet<_> = (0..100).map(|_| backoff(9)).collect();
        assert!(pauses.len() > 50, "{}", pauses.len());
    }
}
