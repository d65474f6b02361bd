//! Whether what is served and the database have the same past. A database that was restored, or failed over to an
//! older copy, may have gone on since then: its revision alone does not tell.

use promptory_store::{ChangeRow, ProjectHead};

use super::Snapshot;

/// Where a database stands, seen from what is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Same,
    Ahead,
    /// Another epoch: somebody restored it and said so.
    Replaced,
    /// The same epoch, and yet it lost changes that were served: nobody has said so.
    WentBack,
}

impl Snapshot {
    pub(super) fn seen(&self, head: &ProjectHead) -> Seen {
        if *self.epoch != *head.epoch {
            Seen::Replaced
        } else if head.revision > self.revision {
            Seen::Ahead
        } else if (head.revision, head.last_at) == (self.revision, self.at) {
            Seen::Same
        } else {
            Seen::WentBack
        }
    }

    /// Whether changes continue what is served: the change of this revision was made at another time in another past.
    pub(super) fn continues_with(&self, rows: &[ChangeRow]) -> bool {
        rows.first().and_then(|row| row.before_at).is_none_or(|at| at == self.at)
    }
}

/// Every commit has at least one change row, so a missing revision means that rows were swept.
pub(super) fn gapless(rows: &[ChangeRow], after: i64) -> bool {
    let mut last = after;
    for row in rows {
        if row.revision > last + 1 {
            return false;
        }
        last = row.revision;
    }
    last > after
}
