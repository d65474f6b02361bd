//! Recording executions: a bounded queue, commits of many at once, and the cells of what is not folded yet.

mod delta;
mod lines;

use std::sync::Mutex;

pub use delta::{Generation, Generations, Place, Unfolded, UnfoldedPart, kept};
pub use lines::{Line, Lines};
use promptory_store::PackQuery;

/// What is shared between requests and the task that writes.
#[derive(Default)]
pub struct Recording {
    pub lines: Lines,
    generations: Mutex<Generations>,
}

impl Recording {
    /// Cells in memory that answer a question. To be asked before the database is.
    pub fn unfolded(&self, queries: &[PackQuery]) -> Unfolded {
        self.generations.lock().map(|generations| generations.matching(queries)).unwrap_or_default()
    }
}
