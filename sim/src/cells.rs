//! What the simulation of core's state should meet.

use crate::coverage::{Cell, LEAST, Wanted};

pub const WANTED: Wanted =
    Wanted { transitions: &TRANSITIONS, others: &OTHERS, least_transitions: LEAST, least_others: LEAST };

const TRANSITIONS: [Cell; 38] = [
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
