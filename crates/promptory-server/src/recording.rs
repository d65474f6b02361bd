//! Recording executions: a bounded queue, commits of many at once, and the cells of what is not folded yet.

mod attribution;
mod delta;
mod fact;
pub mod intake;
mod lines;
pub mod policy;
mod pricing;
mod queue;
pub mod recount;
mod writer;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

pub use attribution::{Attribution, Attributions, Said, Seen, version_line};
pub use delta::{Generation, Generations, Place, Unfolded, UnfoldedPart, kept};
pub use fact::{of_stored, scored, status, stored_score};
pub use lines::{Line, Lines};
use promptory_core::{analytics::short, id::ProjectId, time::Timestamp};
use promptory_store::{PackQuery, Recorder};
pub use queue::{Done, Job, Queue, Stored};
use tokio::sync::mpsc;
pub use writer::{Control, Priced, run};

use crate::app::App;

/// Counted for those who watch the server.
#[derive(Default)]
pub struct Counters {
    pub accepted: AtomicU64,
    pub duplicates: AtomicU64,
    pub rejected: AtomicU64,
    /// Whole requests, for want of room or of the database.
    pub refused: AtomicU64,
    pub unpriced: AtomicU64,
    pub scores: AtomicU64,
}

/// To the task that writes.
pub struct Controls {
    sender: mpsc::UnboundedSender<Control>,
    receiver: Mutex<Option<mpsc::UnboundedReceiver<Control>>>,
}

impl Default for Controls {
    fn default() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl Controls {
    /// False: the server is stopping.
    pub fn send(&self, control: Control) -> bool {
        self.sender.send(control).is_ok()
    }

    /// For the one task that writes.
    pub fn receiver(&self) -> Option<mpsc::UnboundedReceiver<Control>> {
        self.receiver.lock().ok()?.take()
    }
}

/// What is shared between requests and the task that writes.
#[derive(Default)]
pub struct Recording {
    pub queue: Queue,
    pub lines: Lines,
    pub attributions: Attributions,
    pub policies: policy::Policies,
    pub caps: Mutex<policy::Caps>,
    pub counters: Counters,
    pub controls: Controls,
    generations: Mutex<Generations>,
    /// When everything that was counted was last in the database.
    folded_at: AtomicI64,
}

impl Recording {
    /// Cells in memory that answer a question. To be asked before the database is.
    pub fn unfolded(&self, queries: &[PackQuery]) -> Unfolded {
        self.generations.lock().map(|generations| generations.matching(queries)).unwrap_or_default()
    }

    /// By the numbers that rows have.
    pub fn projects(&self, app: &App) -> HashMap<i64, ProjectId> {
        let projects = app.serving.projects();
        projects.iter().map(|project| (short(project.id.as_str()), project.id.clone())).collect()
    }

    /// How long what is counted has been in memory only; about a second while the database can be written.
    pub fn fold_age_s(&self, now: Timestamp) -> f64 {
        let folded = self.folded_at.load(Ordering::Relaxed);
        // Nothing was counted before the task that writes began.
        let age = if folded == 0 { 0 } else { now.micros().saturating_sub(folded) };
        Duration::from_micros(u64::try_from(age).unwrap_or(0)).as_secs_f64()
    }

    fn folded(&self, now: Timestamp) {
        self.folded_at.store(now.micros(), Ordering::Relaxed);
    }

    fn change(&self, change: impl FnOnce(&mut Generation)) {
        if let Ok(mut generations) = self.generations.lock() {
            change(&mut generations.open);
        }
    }

    fn counted_packs(&self) -> usize {
        self.generations.lock().map(|generations| generations.open.len()).unwrap_or(0)
    }

    fn begin(&self, recorder: Recorder, last: i64) {
        self.change(|open| *open = Generation::of(recorder, last));
    }

    fn forget(&self) {
        if let Ok(mut generations) = self.generations.lock() {
            *generations = Generations::default();
        }
    }

    /// What was counted so far goes to the database; a new generation begins. None: nothing was counted.
    fn take_off(&self) -> Option<Arc<Generation>> {
        let mut generations = self.generations.lock().ok()?;
        if generations.open.is_empty() {
            return None;
        }
        let next = Generation::of(generations.open.recorder, generations.open.up_to);
        let taken = Arc::new(std::mem::replace(&mut generations.open, next));
        generations.flying.push(Arc::clone(&taken));
        Some(taken)
    }

    /// It was not written: it is counted with what came since.
    fn land(&self, generation: &Arc<Generation>, written: bool) {
        if let Ok(mut generations) = self.generations.lock() {
            generations.flying.retain(|one| !Arc::ptr_eq(one, generation));
            if !written {
                generations.open.add(generation);
            }
        }
    }

    /// Everything up to a row is in the database.
    fn landed(&self, up_to: i64) {
        if let Ok(mut generations) = self.generations.lock() {
            generations.flying.retain(|one| one.up_to > up_to);
        }
    }
}
