//! The task of a recorder: takes batches from the queue, sends them, and puts on the disk what cannot wait in memory.
//!
//! One request is under way at a time. It has its batch in hand; what else waits does so in the queue or in the folder.

mod spill;

use std::{collections::VecDeque, pin::Pin, sync::Arc, time::Duration};

use promptory_api::execution::Recorded;
use promptory_core::time::Timestamp;
use tokio::sync::watch;

use super::{
    complaints::Complaints,
    encode::{Batch, Encoded},
    queue::Due,
    send::{Body, Told, send},
    shared::Shared,
};
use crate::{
    clock::{Wait, since},
    inner::{backoff, stopped},
};

/// After failing for so long, what waits goes to the disk.
const AWAY: Duration = Duration::from_secs(10);
/// How often the folder is looked at for what other programs left.
const SCAN: Duration = Duration::from_secs(60);

pub(crate) struct Worker {
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
    /// How long may be sent after that.
    limit: watch::Receiver<Duration>,
    /// The front is being sent.
    hands: VecDeque<Hand>,
    attempt: Option<Pin<Box<dyn Future<Output = Told> + Send>>>,
    pause: Option<Wait>,
    /// The server said for how long.
    told_to_wait: bool,
    failures: u32,
    failing_since: Option<Timestamp>,
    /// Set: the recorder is closing.
    deadline: Option<Wait>,
    scan: Option<Wait>,
    /// The folder failed, or the server refuses what is in it: until the next scan.
    rests: bool,
    /// By turns, so that neither waits for the other.
    folder_next: bool,
    complaints: Complaints,
}

/// Batches in the order in which they are sent.
struct Hand {
    origin: Origin,
    batches: VecDeque<Batch>,
}

enum Origin {
    /// With the number of the first entry.
    Queue(u64),
    File(String),
}

enum Event {
    Told(Told),
    Paused,
    Deadline,
    Closing,
    Scan,
    Look,
}

impl Worker {
    pub(crate) fn new(
        shared: Arc<Shared>,
        stop: watch::Receiver<bool>,
        limit: watch::Receiver<Duration>,
    ) -> Self {
        Self {
            shared,
            stop,
            limit,
            hands: VecDeque::new(),
            attempt: None,
            pause: None,
            told_to_wait: false,
            failures: 0,
            failing_since: None,
            deadline: None,
            scan: None,
            rests: false,
            folder_next: false,
            complaints: Complaints::default(),
        }
    }

    /// Until the recorder is closed, and what it had is sent, kept or given up.
    pub(crate) async fn run(mut self) {
        self.look_for_files().await;
        loop {
            self.step().await;
            self.publish();
            if self.finished() {
                break;
            }
            match self.event().await {
                Event::Told(told) => self.told(told).await,
                Event::Paused => self.pause = None,
                Event::Closing => self.closing().await,
                Event::Deadline => break,
                Event::Scan => self.look_for_files().await,
                Event::Look => {}
            }
        }
        self.keep_the_rest().await;
        self.publish();
    }

    async fn event(&mut self) -> Event {
        let closing = self.deadline.is_some();
        let mut look = self.next_look().map(|left| self.shared.clock.wait(left));
        tokio::select! {
            biased;
            told = ready(&mut self.attempt) => Event::Told(told),
            () = ready(&mut self.deadline) => Event::Deadline,
            () = ready(&mut self.pause) => Event::Paused,
            () = stopped(&mut self.stop), if !closing => Event::Closing,
            () = self.shared.queue.wake.notified() => Event::Look,
            () = ready(&mut look) => Event::Look,
            () = ready(&mut self.scan) => Event::Scan,
        }
    }

    /// When something follows from time alone.
    fn next_look(&self) -> Option<Duration> {
        let now = self.shared.clock.now();
        // Age matters only to who would do something about it.
        let age = match self.shared.queue.due(now) {
            Due::In(left) if self.idle() || self.spills() => Some(left),
            _ => None,
        };
        let failing = self.failing_since.filter(|_| self.can_spill()).and_then(|began| since(began, now));
        let away = failing.and_then(|time| AWAY.checked_sub(time)).filter(|left| !left.is_zero());
        [age, away].into_iter().flatten().min()
    }

    /// Whatever can be done without waiting for anybody.
    async fn step(&mut self) {
        if self.attempt.is_none() && self.spills() {
            self.spill_hands().await;
        }
        while self.must_spill() {
            let Some(hand) = self.queued_hand().await else { break };
            self.spill(hand).await;
        }
        if !self.idle() {
            return;
        }
        if self.hands.is_empty()
            && let Some(hand) = self.next_hand().await
        {
            self.hands.push_back(hand);
        }
        let Some(batch) = self.hands.front_mut().and_then(|hand| hand.batches.front_mut()) else { return };
        let again = batch.attempts > 0;
        batch.attempts += 1;
        let (kind, count) = (batch.kind, batch.len());
        let body = Body { kind, bytes: batch.body(), pack_above: self.shared.pack_above };
        self.shared.queue.change(|stats| {
            stats.sent += count;
            stats.retried += u64::from(again);
        });
        let shared = Arc::clone(&self.shared);
        self.attempt = Some(Box::pin(async move { send(&shared.http, body, shared.clock.now()).await }));
        self.shared.tick();
    }

    fn idle(&self) -> bool {
        self.attempt.is_none() && self.pause.is_none()
    }

    /// What is recorded goes to the disk, and from there to the server.
    fn spills(&self) -> bool {
        self.away() && self.can_spill()
    }

    fn away(&self) -> bool {
        let now = self.shared.clock.now();
        self.failing_since.is_some_and(|began| since(began, now).is_none_or(|time| time >= AWAY))
    }

    fn can_spill(&self) -> bool {
        self.shared.folder.is_some() && !self.rests
    }

    fn must_spill(&self) -> bool {
        if !self.can_spill() || self.idle() && !self.away() {
            return false;
        }
        let queue = &self.shared.queue;
        queue.pressed() || self.away() && queue.due(self.shared.clock.now()) == Due::Now
    }

    async fn next_hand(&mut self) -> Option<Hand> {
        let closing = self.deadline.is_some();
        let due = self.shared.queue.due(self.shared.clock.now()) == Due::Now;
        if !closing && (self.folder_next || !due) {
            self.folder_next = false;
            if let Some(hand) = self.filed_hand().await {
                return Some(hand);
            }
        }
        if !due {
            return None;
        }
        self.folder_next = true;
        self.queued_hand().await
    }

    async fn queued_hand(&mut self) -> Option<Hand> {
        /// What is larger is encoded beside the threads of the application.
        const AT_ONCE: usize = 64 << 10;
        loop {
            let taken = self.shared.queue.take()?;
            let bytes: usize = taken.entries.iter().map(|entry| entry.bytes).sum();
            let shared = Arc::clone(&self.shared);
            let work = move || shared.encode(taken.entries);
            let Encoded { batches, .. } = if bytes <= AT_ONCE {
                work()
            } else {
                // None: the program ends, and nobody is left to count for.
                tokio::task::spawn_blocking(work).await.ok()?
            };
            if !batches.is_empty() {
                return Some(Hand { origin: Origin::Queue(taken.first), batches });
            }
        }
    }

    async fn told(&mut self, told: Told) {
        self.attempt = None;
        if !matches!(told, Told::Later { .. }) {
            (self.failures, self.failing_since) = (0, None);
        }
        match told {
            Told::Recorded(recorded) => {
                self.settle(|stats, count| answered(stats, count, recorded)).await;
            }
            Told::TooLarge(why) => self.too_large(why).await,
            Told::No { status, why } => self.refused(status, why).await,
            Told::Later { why, after } => self.later(why, after),
        }
        self.complaints.look(&self.shared.queue.stats(), self.shared.clock.now());
        self.shared.tick();
    }

    /// The batch in hand is done with.
    async fn settle(&mut self, change: impl FnOnce(&mut super::RecorderStats, u64)) {
        let Some(hand) = self.hands.front_mut() else { return };
        let Some(batch) = hand.batches.pop_front() else { return };
        let count = batch.len();
        self.shared.queue.change(|stats| {
            match hand.origin {
                Origin::Queue(_) => stats.queued -= count,
                Origin::File(_) => stats.spilled -= count,
            }
            change(stats, count);
        });
        if hand.batches.is_empty()
            && let Some(Hand { origin: Origin::File(name), .. }) = self.hands.pop_front()
        {
            self.shared.with_folder(move |folder| folder.done(&name)).await;
        }
    }

    async fn too_large(&mut self, why: String) {
        let batches = self.hands.front_mut().map(|hand| &mut hand.batches);
        let halves = batches.and_then(|batches| {
            let second = batches.front_mut()?.split()?;
            batches.insert(1, second);
            Some(())
        });
        if halves.is_none() {
            self.settle(|stats, count| {
                stats.dropped.too_large += count;
                stats.problem = Some(why);
            })
            .await;
        }
    }

    async fn refused(&mut self, status: u16, why: String) {
        let file = self.hands.front().is_some_and(|hand| matches!(hand.origin, Origin::File(_)));
        if file && matches!(status, 401 | 403) {
            // A wrong key does not cost what was kept for days.
            self.shared.queue.change(|stats| stats.problem = Some(why));
            self.rests = true;
            return self.release_files().await;
        }
        self.settle(|stats, count| {
            stats.dropped.refused += count;
            stats.problem = Some(why);
        })
        .await;
    }

    fn later(&mut self, why: String, after: Option<Duration>) {
        tracing::debug!(why, "executions were not sent; they are sent again");
        let now = self.shared.clock.now();
        self.failures = self.failures.saturating_add(1);
        self.failing_since.get_or_insert(now);
        self.shared.queue.change(|stats| stats.problem = Some(why));
        let grown = backoff(self.failures);
        // Told by a server to all its clients: not all of them at the same moment.
        let told = after.map(|after| after + backoff(1));
        self.told_to_wait = told.is_some();
        self.pause = Some(self.shared.clock.wait(told.map_or(grown, |told| told.max(grown))));
        if self.deadline.is_some() && self.can_spill() {
            // The disk is the better place to wait.
            self.deadline = Some(Box::pin(std::future::ready(())));
        }
    }

    async fn closing(&mut self) {
        let limit = *self.limit.borrow();
        self.deadline = Some(self.shared.clock.wait(limit));
        self.scan = None;
        if !self.told_to_wait {
            self.pause = None;
        }
        // What is on the disk stays there.
        if self.hands.front().is_some_and(|hand| matches!(hand.origin, Origin::File(_))) {
            self.attempt = None;
        }
        self.release_files().await;
    }

    fn finished(&self) -> bool {
        self.deadline.is_some() && self.hands.is_empty() && self.shared.queue.is_empty()
    }

    /// For who waits until everything before a number is done with.
    fn publish(&self) {
        let in_hand = self.hands.iter().filter_map(|hand| match hand.origin {
            Origin::Queue(first) => Some(first),
            Origin::File(_) => None,
        });
        let settled = in_hand.chain([self.shared.queue.first()]).min().unwrap_or(0);
        self.shared.settled.send_if_modified(|known| std::mem::replace(known, settled) != settled);
        self.shared.tick();
    }
}

fn answered(stats: &mut super::RecorderStats, count: u64, recorded: Recorded) {
    let duplicates = recorded.duplicates.min(count);
    let rejected = (recorded.rejected.len() as u64).min(count - duplicates);
    stats.duplicates += duplicates;
    stats.accepted += count - duplicates - rejected;
    for rejected in recorded.rejected.into_iter().take(usize::try_from(rejected).unwrap_or(0)) {
        stats.reject(rejected.detail);
    }
    stats.problem = None;
}

/// What is there, when it is; nothing is never ready.
async fn ready<F: Future + Unpin>(slot: &mut Option<F>) -> F::Output {
    match slot {
        Some(future) => {
            let done = future.await;
            *slot = None;
            done
        }
        None => std::future::pending().await,
    }
}
