//! The one task of a server that stores executions: many requests in one commit, then counts them, and once a second
//! writes what it counted.

mod adopt;
mod control;
mod count;
mod flush;
mod scores;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

pub use control::{Control, Priced};
pub use flush::spread;
use promptory_core::analytics::{Pack, PackKey};
use promptory_store::{ExecutionRow, NewLine, ROWS_PER_RECORDER, Recorder, StoreError, day_of};
pub use scores::count_for_version;
use tokio::{sync::mpsc::UnboundedReceiver, task::JoinHandle};
use tracing::{error, warn};

use super::queue::{Done, Job, Stored, Waiting};
use crate::{
    app::{App, Outcome},
    refusal::{Code, Refusal},
};

/// Between two folds, or ten times as long as the last one took: under load, storing goes before counting.
const FOLD: Duration = Duration::from_secs(1);
const LATEST_FOLD: Duration = Duration::from_secs(5);
/// Rows in one commit: a change of the control plane waits no longer than one takes.
const BATCH_ROWS: usize = 2_000;
/// Packs that may be counted in memory before they are written.
const PACKS: usize = 6_000;

/// Stores until the queue is closed, then writes what is counted.
pub async fn run(
    app: Arc<App>,
    mut jobs: UnboundedReceiver<Waiting>,
    mut controls: UnboundedReceiver<Control>,
) {
    let mut writer = Writer::new(app);
    let mut pace = tokio::time::interval(FOLD);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            next = jobs.recv() => match next {
                Some(first) => {
                    let batch = writer.collect(first, &mut jobs);
                    if let Some(away) = writer.store(batch).await {
                        refuse(&writer.app, &mut jobs, &away);
                    }
                }
                None => break,
            },
            Some(control) = controls.recv() => writer.control(control).await,
            due = pace.tick() => if writer.tick().await {
                pace.reset_after((10 * due.elapsed()).clamp(FOLD, LATEST_FOLD));
            } else {
                refuse(&writer.app, &mut jobs, &away());
            },
        }
    }
    writer.finish().await;
}

/// Whoever waited while the database was asked in vain has waited long enough: each attempt of its own takes seconds.
fn refuse(app: &App, jobs: &mut UnboundedReceiver<Waiting>, why: &Refusal) {
    while let Ok(waiting) = jobs.try_recv() {
        app.recording.queue.taken(&waiting);
        let _ = waiting.done.send(Err(why.clone()));
    }
}

fn away() -> Refusal {
    StoreError::Unavailable("the database does not answer".to_owned()).into()
}

struct Writer {
    app: Arc<App>,
    recorder: Option<Recorder>,
    /// Number of the last row that was given.
    last: i64,
    /// Rows after one and up to another of which it is not known whether they are stored.
    doubtful: Option<(i64, i64)>,
    /// Days whose tables are there.
    days: HashSet<i64>,
    /// Lines that the database has.
    lines: HashSet<i64>,
    /// Packs as they are in the database, those of late, with the flush that last touched them.
    packs: HashMap<PackKey, (u64, Pack)>,
    flushes: u64,
    /// Written, but nobody knows whether it arrived.
    unsure: Option<flush::Written>,
    others: HashMap<i64, adopt::Observed>,
    /// Where the search through waiting scores of a day goes on.
    pending_after: HashMap<i64, i64>,
    adopted: bool,
    /// Of the database when it was last used: another one has other tables, lines and cells.
    epoch: Option<Arc<str>>,
    /// The rows of the last commit are being counted, while the next one is on its way.
    counting: Option<JoinHandle<()>>,
    /// Rows of the last batch.
    stored_last: usize,
}

/// One row of a batch: where it came from, and what became of it.
struct Slot {
    row: ExecutionRow,
    stored: Option<Stored>,
}

impl Writer {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            recorder: None,
            last: 0,
            doubtful: None,
            days: HashSet::new(),
            lines: HashSet::new(),
            packs: HashMap::new(),
            flushes: 0,
            unsure: None,
            others: HashMap::new(),
            pending_after: HashMap::new(),
            adopted: false,
            epoch: None,
            counting: None,
            stored_last: 0,
        }
    }

    /// Half of what is on its way: of what waits and what was stored last, whose senders come again. So while one half
    /// is stored, the other is answered, sent and read; who takes all that waits gets nearly all of it, and a commit of the
    /// rest, in turns.
    fn collect(&mut self, first: Waiting, jobs: &mut UnboundedReceiver<Waiting>) -> Vec<Waiting> {
        let queue = &self.app.recording.queue;
        let most = (self.stored_last + queue.len()).div_ceil(2).min(BATCH_ROWS);
        let mut rows = 0;
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(waiting) = next {
            queue.taken(&waiting);
            rows += waiting.job.rows();
            batch.push(waiting);
            next = if rows < most { jobs.try_recv().ok() } else { None };
        }
        self.stored_last = rows;
        batch
    }

    /// Some: the database is away.
    async fn store(&mut self, batch: Vec<Waiting>) -> Option<Refusal> {
        let (jobs, answers): (Vec<Job>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.job, waiting.done)).unzip();
        let mut away = None;
        match self.stored(jobs).await {
            Ok(done) => {
                for (answer, done) in answers.into_iter().zip(done) {
                    // Whoever asked may be gone; what it sent is stored.
                    let _ = answer.send(Ok(done));
                }
            }
            Err(refusal) => {
                for answer in answers {
                    let _ = answer.send(Err(refusal.clone()));
                }
                away = (refusal.code == Code::Unavailable).then_some(refusal);
            }
        }
        if self.app.recording.counted_packs() > PACKS {
            self.flush().await;
        }
        away
    }

    async fn stored(&mut self, jobs: Vec<Job>) -> Outcome<Vec<Done>> {
        let now = self.app.clock.now().micros();
        let day = day_of(now);
        self.ready(day, now).await?;
        let lines = self.new_lines(&jobs);
        let sizes: Vec<(usize, usize)> =
            jobs.iter().map(|job| (job.executions.len(), job.scores.len())).collect();
        let mut scores = Vec::new();
        let mut slots = Vec::new();
        for job in jobs {
            slots.extend(job.executions.into_iter().map(|row| Slot { row, stored: None }));
            scores.extend(job.scores);
        }
        self.store_executions(&mut slots, (&lines, day, now)).await?;
        let scored = self.store_scores(scores, (&lines, day, now)).await?;
        self.lines.extend(lines.iter().map(|line| line.id));
        let (mut slots, mut scored) = (slots.into_iter(), scored.into_iter());
        let done = sizes.into_iter().map(|(executions, scores)| Done {
            executions: slots
                .by_ref()
                .take(executions)
                .map(|slot| slot.stored.unwrap_or(Stored::Refused))
                .collect(),
            scores: scored.by_ref().take(scores).collect(),
        });
        Ok(done.collect())
    }

    /// Everything that a commit needs is there: a recorder, the tables of the day, certainty about the last one.
    async fn ready(&mut self, day: i64, now: i64) -> Outcome<()> {
        self.look_at_epoch().await;
        if self.doubtful.is_some() {
            self.resolve_doubt().await?;
        }
        if self.recorder.is_none() {
            let (recorder, last) = self.app.store.claim_recorder(now).await?;
            self.hold(recorder, last);
            // Of those before there may be scores that wait.
            self.days.extend(self.app.store.days().await?);
        }
        for day in [day, day + 1] {
            if !self.days.contains(&day) {
                self.app.store.add_day(day, now).await?;
                self.days.insert(day);
            }
        }
        Ok(())
    }

    fn hold(&mut self, recorder: Recorder, last: i64) {
        self.recorder = Some(recorder);
        self.last = last.max(recorder.number * ROWS_PER_RECORDER);
        self.app.recording.begin(recorder, self.last);
    }

    /// The recorder is another's now, who counts what this one had not written.
    async fn lose(&mut self) {
        self.counted().await;
        warn!("the recorder is another's; a new one is used");
        self.recorder = None;
        self.doubtful = None;
        self.unsure = None;
        self.packs.clear();
        self.app.recording.forget();
    }

    /// A database that was put back to an older copy has lost what this server knows of it.
    async fn look_at_epoch(&mut self) {
        let project = self.app.serving.project(&self.app.instance);
        let epoch = project.map(|project| Arc::clone(&project.snapshot().epoch));
        if self.epoch.is_some() && self.epoch != epoch {
            self.lose().await;
            self.lines.clear();
            self.days.clear();
            self.pending_after.clear();
        }
        self.epoch = epoch;
    }

    fn new_lines(&self, jobs: &[Job]) -> Vec<NewLine> {
        let mut seen = HashSet::new();
        let fresh = |id: i64| !self.lines.contains(&id);
        jobs.iter()
            .flat_map(|job| job.lines.iter().map(move |line| (&job.project, line)))
            .filter(|(_, line)| fresh(line.id) && seen.insert(line.id))
            .map(|(project, line)| line.stored(project))
            .collect()
    }

    async fn store_executions(&mut self, slots: &mut [Slot], context: (&[NewLine], i64, i64)) -> Outcome<()> {
        // In the order of their ids the index of ids is written page by page, and two servers that get the same ids
        // never wait for each other in a circle.
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by(|a, b| slots[*a].row.id_hash.cmp(&slots[*b].row.id_hash));
        // Of several with one id the first that came is stored.
        for pair in order.windows(2) {
            if slots[pair[0]].row.id_hash == slots[pair[1]].row.id_hash {
                slots[pair[1]].stored = Some(Stored::Duplicate);
            }
        }
        order.retain(|place| slots[*place].stored.is_none());
        // Parts of a batch that is split because of a row that the database does not take.
        let mut parts = vec![order];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.commit(slots, &part, context).await {
                Ok(()) => {}
                Err(error) if error.is_refusal() && part.len() == 1 => {
                    error!(%error, "an execution was not stored");
                    slots[part[0]].stored = Some(Stored::Refused);
                }
                Err(error) if error.is_refusal() => {
                    let (front, back) = part.split_at(part.len() / 2);
                    parts.extend([back.to_vec(), front.to_vec()]);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn commit(
        &mut self,
        slots: &mut [Slot],
        part: &[usize],
        (lines, day, now): (&[NewLine], i64, i64),
    ) -> Result<(), StoreError> {
        let Some(recorder) = self.recorder else { return Err(StoreError::Busy("no recorder".to_owned())) };
        let before = self.last;
        let mut rows = Vec::with_capacity(part.len());
        for place in part {
            self.last += 1;
            let mut row = std::mem::take(&mut slots[*place].row);
            row.n = self.last;
            rows.push(row);
        }
        let outcome = self.app.store.record(recorder, day, (lines, &rows, &[]), now).await;
        let outcome = match outcome {
            Err(error) => {
                if !error.is_refusal() {
                    self.doubtful = Some((before, self.last));
                }
                Err(error)
            }
            Ok(None) => {
                self.lose().await;
                Err(StoreError::Busy("the recorder was taken by another server".to_owned()))
            }
            Ok(Some(accepted)) => Ok(accepted.executions),
        };
        match outcome {
            Ok(accepted) => {
                for (place, row) in part.iter().zip(&rows) {
                    let stored = if accepted.contains(&row.n) { Stored::Accepted } else { Stored::Duplicate };
                    slots[*place].stored = Some(stored);
                }
                rows.retain(|row| accepted.contains(&row.n));
                self.count(rows).await;
                Ok(())
            }
            Err(error) => {
                for (place, row) in part.iter().zip(rows) {
                    slots[*place].row = row;
                }
                Err(error)
            }
        }
    }

    /// False: the database is away.
    async fn tick(&mut self) -> bool {
        self.counted().await;
        self.look_at_epoch().await;
        // Each look at a database that is away takes seconds, and requests wait behind it: one is enough.
        let mut there = true;
        if !self.adopted || self.app.store.dialect() == promptory_store::Dialect::Postgres {
            there = self.adopt().await;
        }
        let today = day_of(self.app.clock.now().micros());
        for day in [today, today - 1] {
            if there && self.days.contains(&day) {
                let after = self.pending_after.get(&day).copied().unwrap_or(0);
                let next = self.apply_pending(day, after, scores::PER_TICK).await;
                there = next.is_some();
                self.pending_after.insert(day, next.unwrap_or(after));
            }
        }
        self.pending_after.retain(|day, _| *day >= today - 1);
        if there {
            self.flush().await;
        }
        there
    }

    async fn finish(mut self) {
        self.flush().await;
        let clean =
            self.unsure.is_none() && self.doubtful.is_none() && self.app.recording.counted_packs() == 0;
        if let (true, Some(recorder)) = (clean, self.recorder)
            && let Err(error) = self.give_back(recorder).await
        {
            warn!(%error, "the recorder could not be given back; another start takes it");
        }
    }

    /// Whoever takes it goes on after the last number: that of a score that waits is in no cell yet.
    async fn give_back(&self, recorder: Recorder) -> promptory_store::Result<()> {
        let at = self.app.clock.now().micros();
        if self.app.store.fold(recorder, &[], self.last, at).await? {
            self.app.store.release_recorder(recorder).await?;
        }
        Ok(())
    }
}
