//! What a simulation has met, and what it should have met.

use std::{collections::BTreeMap, fmt::Write};

/// How often each cell has to be met.
pub const LEAST: u64 = 20;

/// From, what happened, to.
const TRANSITIONS: [(&str, &str, &str); 38] = [
    ("", "created", "pending_approval"),
    ("", "created", "scheduled"),
    ("", "created", "running"),
    ("", "created", "baking"),
    ("", "created", "completed"),
    ("pending_approval", "approved", "scheduled"),
    ("pending_approval", "approved", "running"),
    ("pending_approval", "approved", "baking"),
    ("pending_approval", "approved", "completed"),
    ("pending_approval", "held", "pending_approval"),
    ("pending_approval", "rejected", "aborted"),
    ("pending_approval", "withdrawn", "aborted"),
    ("pending_approval", "expired", "aborted"),
    ("pending_approval", "aborted", "aborted"),
    ("scheduled", "held", "scheduled"),
    ("scheduled", "started", "running"),
    ("scheduled", "started", "baking"),
    ("scheduled", "started", "completed"),
    ("scheduled", "aborted", "aborted"),
    ("scheduled", "expired", "aborted"),
    ("running", "advanced", "running"),
    ("running", "advanced", "baking"),
    ("running", "advanced", "completed"),
    ("running", "promoted", "baking"),
    ("running", "promoted", "completed"),
    ("running", "paused", "paused"),
    ("running", "aborted", "aborted"),
    ("running", "superseded", "superseded"),
    ("running", "rolling_back", "rolling_back"),
    ("paused", "resumed", "running"),
    ("paused", "resumed", "baking"),
    ("paused", "aborted", "aborted"),
    ("paused", "superseded", "superseded"),
    ("baking", "paused", "paused"),
    ("baking", "completed", "completed"),
    ("baking", "rolling_back", "rolling_back"),
    ("completed", "rolling_back", "rolling_back"),
    ("rolling_back", "rolled_back", "rolled_back"),
];

/// What was refused, and what happened to servers.
const OTHERS: [&str; 10] = [
    "an old fence is refused",
    "another leader",
    "a row that has moved is refused",
    "a command that is impossible is refused",
    "a frozen environment refuses",
    "a build in quarantine is refused",
    "an author is refused",
    "loosening waits",
    "the clock goes back an hour",
    "the clock goes on an hour",
];

#[derive(Debug, Default)]
pub struct Coverage {
    transitions: BTreeMap<(&'static str, &'static str, &'static str), u64>,
    others: BTreeMap<&'static str, u64>,
}

impl Coverage {
    pub fn transition(&mut self, from: &'static str, kind: &'static str, to: &'static str) {
        *self.transitions.entry((from, kind, to)).or_default() += 1;
    }

    pub fn met(&mut self, what: &'static str) {
        *self.others.entry(what).or_default() += 1;
    }

    pub fn sum(&self) -> u64 {
        self.transitions.values().sum()
    }

    /// Each cell with its count, those that should be met and those that were met besides.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let known = TRANSITIONS.into_iter();
        let more = self.transitions.keys().copied().filter(|cell| !TRANSITIONS.contains(cell));
        for cell in known.chain(more) {
            let (from, kind, to) = cell;
            let count = self.transitions.get(&cell).copied().unwrap_or(0);
            let _ = writeln!(text, "  {from:<16} {kind:<12} {to:<16} {count:>9}");
        }
        for what in OTHERS {
            let count = self.others.get(what).copied().unwrap_or(0);
            let _ = writeln!(text, "  {what:<46} {count:>9}");
        }
        text
    }

    /// Cells that were met too seldom.
    pub fn gaps(&self) -> Vec<String> {
        let transitions =
            TRANSITIONS.iter().filter(|cell| self.transitions.get(*cell).copied().unwrap_or(0) < LEAST);
        let others = OTHERS.iter().filter(|what| self.others.get(*what).copied().unwrap_or(0) < LEAST);
        transitions
            .map(|(from, kind, to)| format!("{from} {kind} {to}"))
            .chain(others.map(|what| (*what).to_owned()))
            .collect()
    }
}
