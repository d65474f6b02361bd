//! What waits in memory: bounded by count and by bytes. All counts are under one lock, so that they fit together at
//! every moment.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use promptory_api::execution::{NewExecution, NewScore};
use promptory_core::time::Timestamp;
use tokio::sync::Notify;

use super::stats::RecorderStats;
use crate::{clock::since, inner::lock};

pub(crate) struct Entry {
    pub(crate) id: Arc<str>,
    /// When it was recorded.
    pub(crate) at: Timestamp,
    /// About.
    pub(crate) bytes: usize,
    pub(crate) what: What,
}

pub(crate) enum What {
    Execution { new: Box<NewExecution>, started: Timestamp },
    Score { new: Box<NewScore>, at: Timestamp },
}

#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    pub(crate) batch_count: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) batch_age: Duration,
}

pub(crate) struct Queue {
    limits: Limits,
    state: Mutex<State>,
    /// There is something to look at.
    pub(crate) wake: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Entry>,
    bytes: usize,
    /// How many were taken out: the number of the first that waits.
    first: u64,
    /// Up to which number somebody waits for.
    wanted: u64,
    closed: bool,
    stats: RecorderStats,
}

/// When the next batch should go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    In(Duration),
    Empty,
}

/// Entries that were taken, with the number of the first.
pub(crate) struct Taken {
    pub(crate) first: u64,
    pub(crate) entries: Vec<Entry>,
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        let stats = RecorderStats { enabled: true, ..RecorderStats::default() };
        let state = State { stats, ..State::default() };
        Self { limits, state: Mutex::new(state), wake: Notify::new() }
    }

    /// Takes it or drops it; both are counted.
    pub(crate) fn push(&self, entry: Entry) {
        let Limits { count, bytes, batch_count, batch_bytes, .. } = self.limits;
        let mut state = lock(&self.state);
        let state = &mut *state;
        state.stats.recorded += 1;
        let dropped = &mut state.stats.dropped;
        let before = (state.waiting.len(), state.bytes);
        match () {
            () if state.closed => return dropped.closed += 1,
            () if entry.bytes > bytes => return dropped.too_large += 1,
            () if before.0 >= count || before.1 + entry.bytes > bytes => return dropped.queue_full += 1,
            () => {}
        }
        state.bytes += entry.bytes;
        state.stats.queued += 1;
        state.waiting.push_back(entry);
        let now = (state.waiting.len(), state.bytes);
        // Waking costs more than recording: only where something follows from it.
        let crossed = |count: usize, bytes: usize| {
            (before.0 < count && now.0 >= count) || (before.1 < bytes && now.1 >= bytes)
        };
        if before.0 == 0 || crossed(batch_count, batch_bytes) || crossed(count.div_ceil(2), bytes.div_ceil(2))
        {
            self.wake.notify_one();
        }
    }

    pub(crate) fn due(&self, now: Timestamp) -> Due {
        let state = lock(&self.state);
        let Some(oldest) = state.waiting.front() else { return Due::Empty };
        let Limits { batch_count, batch_bytes, batch_age, .. } = self.limits;
        let full = state.waiting.len() >= batch_count || state.bytes >= batch_bytes;
        if full || state.closed || state.first < state.wanted {
            return Due::Now;
        }
        // The clock was set back: nothing is known about its age.
        let age = since(oldest.at, now).unwrap_or(batch_age);
        if age >= batch_age { Due::Now } else { Due::In(batch_age - age) }
    }

    /// Half full.
    pub(crate) fn pressed(&self) -> bool {
        let state = lock(&self.state);
        state.waiting.len() >= self.limits.count.div_ceil(2) || state.bytes >= self.limits.bytes.div_ceil(2)
    }

    /// The oldest, up to a batch.
    pub(crate) fn take(&self) -> Option<Taken> {
        let mut state = lock(&self.state);
        let state = &mut *state;
        let (mut count, mut bytes) = (0, 0);
        for entry in state.waiting.iter().take(self.limits.batch_count) {
            if count > 0 && bytes + entry.bytes > self.limits.batch_bytes {
                break;
            }
            count += 1;
            bytes += entry.bytes;
        }
        if count == 0 {
            return None;
        }
        let first = state.first;
        state.first += count as u64;
        state.bytes -= bytes;
        Some(Taken { first, entries: state.waiting.drain(..count).collect() })
    }

    /// The number of the oldest that waits.
    pub(crate) fn first(&self) -> u64 {
        lock(&self.state).first
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.state).waiting.is_empty()
    }

    /// What waits goes at once. The number of what is recorded next.
    pub(crate) fn want_all(&self) -> u64 {
        let mut state = lock(&self.state);
        state.wanted = state.first + state.waiting.len() as u64;
        self.wake.notify_one();
        state.wanted
    }

    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
    }

    pub(crate) fn stats(&self) -> RecorderStats {
        lock(&self.state).stats.clone()
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut RecorderStats) -> T) -> T {
        change(&mut lock(&self.state).stats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(count: usize, bytes: usize) -> Queue {
        let batch_age = Duration::from_secs(1);
        Queue::new(Limits { count, bytes, batch_count: 3, batch_bytes: 1000, batch_age })
    }

    fn entry(bytes: usize, micros: i64) -> Entry {
        let new = Box::<NewExecution>::default();
        let at = Timestamp::from_micros(micros);
        Entry { id: Arc::from("a"), at, bytes, what: What::Execution { new, started: at } }
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let queue = queue(2, 5000);
        for bytes in [6000, 1, 1, 1] {
            queue.push(entry(bytes, 0));
        }
        let stats = queue.stats();
        assert_eq!((stats.recorded, stats.queued), (4, 2));
        assert_eq!((stats.dropped.too_large, stats.dropped.queue_full), (1, 1));
        queue.close();
        queue.push(entry(1, 0));
        assert_eq!(queue.stats().dropped.closed, 1);
        let full = self::queue(100, 5000);
        for _ in 0..6 {
            full.push(entry(1000, 0));
        }
        assert_eq!((full.stats().queued, full.stats().dropped.queue_full), (5, 1));
    }

    #[test]
    fn a_batch_goes_by_count_by_bytes_by_age_or_when_it_is_wanted() {
        let at = Timestamp::from_micros;
        let by_count = queue(100, 100_000);
        assert_eq!(by_count.due(at(0)), Due::Empty);
        by_count.push(entry(1, 0));
        assert_eq!(by_count.due(at(400_000)), Due::In(Duration::from_millis(600)));
        assert_eq!(by_count.due(at(1_000_000)), Due::Now);
        assert_eq!(by_count.due(at(-1)), Due::Now, "the clock was set back");
        by_count.push(entry(1, 0));
        by_count.push(entry(1, 0));
        assert_eq!(by_count.due(at(0)), Due::Now);
        let by_bytes = queue(100, 100_000);
        by_bytes.push(entry(1000, 0));
        assert_eq!(by_bytes.due(at(0)), Due::Now);
        let wanted = queue(100, 100_000);
        wanted.push(entry(1, 0));
        assert_eq!(wanted.want_all(), 1);
        assert_eq!(wanted.due(at(0)), Due::Now);
        assert!(wanted.take().is_some_and(|taken| taken.first == 0));
        wanted.push(entry(1, 0));
        assert_ne!(wanted.due(at(0)), Due::Now, "this one came later");
    }

    #[test]
    fn a_batch_has_at_least_one_and_no_more_than_fit() {
        let queue = queue(100, 100_000);
        for bytes in [5000, 600, 300, 101, 1, 1, 1] {
            queue.push(entry(bytes, 0));
        }
        let mut sizes = Vec::new();
        while let Some(taken) = queue.take() {
            sizes.push(taken.entries.len());
        }
        assert_eq!(sizes, [1, 2, 3, 1]);
        assert_eq!(queue.first(), 7);
        assert!(queue.is_empty() && !queue.pressed());
    }
}
