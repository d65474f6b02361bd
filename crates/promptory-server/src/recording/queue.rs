//! What waits to be stored: bounded, and answered only when it is on the disk.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use promptory_core::id::ProjectId;
use promptory_store::{ExecutionRow, NewScoreRow};
use tokio::sync::{mpsc, oneshot};

use super::lines::Line;
use crate::{
    app::Outcome,
    refusal::{Code, Refusal},
};

/// Executions and scores that may wait.
const ROWS: usize = 100_000;
/// Of their texts, about.
const BYTES: usize = 96 * 1024 * 1024;

/// What became of one execution or score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    Accepted,
    /// Its id was known.
    Duplicate,
    /// The database would not take it.
    Refused,
}

/// One request's executions and scores.
pub struct Job {
    pub project: ProjectId,
    /// Of these executions; those that may be new to the database.
    pub lines: Vec<Arc<Line>>,
    pub executions: Vec<ExecutionRow>,
    pub scores: Vec<NewScoreRow>,
}

impl Job {
    pub fn rows(&self) -> usize {
        self.executions.len() + self.scores.len()
    }
}

pub struct Waiting {
    pub job: Job,
    bytes: usize,
    pub done: oneshot::Sender<Outcome<Done>>,
}

#[derive(Debug, Default)]
pub struct Done {
    pub executions: Vec<Stored>,
    pub scores: Vec<Stored>,
}

pub struct Queue {
    sender: Mutex<Option<mpsc::UnboundedSender<Waiting>>>,
    receiver: Mutex<Option<mpsc::UnboundedReceiver<Waiting>>>,
    rows: AtomicUsize,
    bytes: AtomicUsize,
}

impl Default for Queue {
    fn default() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(Some(receiver)),
            rows: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        }
    }
}

fn size(job: &Job) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let row = |row: &ExecutionRow| {
        512 + length(&row.variables) + length(&row.input) + length(&row.output) + length(&row.metadata)
    };
    job.executions.iter().map(row).sum::<usize>() + job.scores.len() * 256
}

impl Queue {
    /// Waits until it is stored.
    ///
    /// # Errors
    /// The queue is full, or the database does not take it: nothing is lost if the same is sent again.
    pub async fn store(&self, job: Job) -> Outcome<Done> {
        let (rows, bytes) = (job.rows(), size(&job));
        let (waiting, held) = (self.rows.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed));
        // A large one may always come when nothing waits.
        if waiting > 0 && (waiting + rows > ROWS || held + bytes > BYTES) {
            return Err(overloaded());
        }
        let (done, answer) = oneshot::channel();
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let sent = match self.sender.lock() {
            Ok(sender) => {
                sender.as_ref().is_some_and(|sender| sender.send(Waiting { job, bytes, done }).is_ok())
            }
            Err(_) => false,
        };
        if !sent {
            return Err(stopping());
        }
        answer.await.map_err(|_| stopping())?
    }

    /// What was taken out waits no longer.
    pub fn taken(&self, waiting: &Waiting) {
        self.rows.fetch_sub(waiting.job.rows(), Ordering::Relaxed);
        self.bytes.fetch_sub(waiting.bytes, Ordering::Relaxed);
    }

    pub fn len(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For the one task that stores.
    pub fn receiver(&self) -> Option<mpsc::UnboundedReceiver<Waiting>> {
        self.receiver.lock().ok()?.take()
    }

    /// Takes nothing more; what waits is still stored.
    pub fn close(&self) {
        if let Ok(mut sender) = self.sender.lock() {
            *sender = None;
        }
    }
}

fn overloaded() -> Refusal {
    Refusal::new(
        Code::Overloaded,
        "More executions wait to be stored than this server holds. Nothing of this request was stored; send it again.",
    )
}

fn stopping() -> Refusal {
    Refusal::new(
        Code::Unavailable,
        "The server is stopping. Nothing of this request was stored; send it again.",
    )
}
