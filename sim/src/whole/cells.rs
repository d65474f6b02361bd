//! What the simulation of whole servers should meet. Nothing is watched yet, so that nothing bakes; and what waits is not
//! held afterwards by anybody.

use crate::coverage::{Cell, Wanted};

/// `least_transitions`: a short life meets each at least once.
pub const fn wanted(least_transitions: u64) -> Wanted {
    Wanted { transitions: &TRANSITIONS, others: &OTHERS, least_transitions, least_others: 1 }
}

const TRANSITIONS: [Cell; 28] = [
    ("", "created", "pending_approval"),
    ("", "created", "scheduled"),
    ("", "created", "running"),
    ("", "created", "completed"),
    ("pending_approval", "approved", "scheduled"),
    ("pending_approval", "approved", "running"),
    ("pending_approval", "approved", "completed"),
    ("pending_approval", "rejected", "aborted"),
    ("pending_approval", "withdrawn", "aborted"),
    ("pending_approval", "expired", "aborted"),
    ("pending_approval", "aborted", "aborted"),
    ("scheduled", "started", "running"),
    ("scheduled", "started", "completed"),
    ("scheduled", "aborted", "aborted"),
    ("scheduled", "expired", "aborted"),
    ("running", "advanced", "running"),
    ("running", "advanced", "completed"),
    ("running", "promoted", "completed"),
    ("running", "paused", "paused"),
    ("running", "aborted", "aborted"),
    ("running", "superseded", "superseded"),
    ("running", "rolling_back", "rolling_back"),
    ("paused", "resumed", "running"),
    ("paused", "aborted", "aborted"),
    ("paused", "superseded", "superseded"),
    ("paused", "rolling_back", "rolling_back"),
    ("completed", "rolling_back", "rolling_back"),
    ("rolling_back", "rolled_back", "rolled_back"),
];

pub const BEFORE: &str = "commit";
pub const AFTER: &str = "committed";

/// What falls where, as the table calls it.
pub fn crash(what: What, place: &str) -> &'static str {
    match (what, place == BEFORE) {
        (What::Command, true) => "a server falls before a command is committed",
        (What::Command, false) => "a server falls after a command was committed",
        (What::Step, true) => "a server falls before a step is committed",
        (What::Step, false) => "a server falls after a step was committed",
        (What::Settling, true) => "a server falls before a way back is settled",
        (What::Settling, false) => "a server falls after a way back was settled",
        (What::Look, true) => "a server falls before a request is looked at",
        (What::Look, false) => "a server falls after a request was looked at",
    }
}

/// What writes what is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Command,
    Step,
    Settling,
    /// At a request for approval: it expires, or is carried out.
    Look,
}

const OTHERS: [&str; 38] = [
    "a server falls before a command is committed",
    "a server falls after a command was committed",
    "a server falls before a step is committed",
    "a server falls after a step was committed",
    "a server falls before a way back is settled",
    "a server falls after a way back was settled",
    "a server falls before a request is looked at",
    "a server falls after a request was looked at",
    "a server falls between changes",
    "another leader",
    "a leader wakes up and has lost its lease",
    "an old fence is refused",
    "a server's clock goes on an hour",
    "a server's clock goes back an hour",
    "all clocks go on an hour",
    "all clocks go back an hour",
    "a server does not hear of changes",
    "a server that is behind answers as it was",
    "a server catches up",
    "a row that has moved is refused",
    "a command that is impossible is refused",
    "somebody without the right is refused",
    "a frozen environment refuses",
    "a build in quarantine is refused",
    "what was taken back is released knowingly",
    "an author or requester is refused",
    "a second approval of one person is refused",
    "loosening waits",
    "a policy is loosened with approval",
    "an emergency",
    "an emergency is looked at",
    "a way back to what was before",
    "a way back to what is known to be good",
    "a way back to what somebody names",
    "a way back waits for approval",
    "an older version is activated",
    "a patch or a revert goes live",
    "a prompt is archived or restored",
];
