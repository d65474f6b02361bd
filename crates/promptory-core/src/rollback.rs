//! The way back: to which build, from what is known of those that were live, and what may not be released again just so.

mod quarantine;
mod target;

pub use quarantine::{Quarantined, TakenBack, in_quarantine, may_release, puts_in_quarantine};
pub use target::{
    Choice, EVIDENCE_EXECUTIONS, EVIDENCE_SECONDS, Occupant, Proof, Refused, Situation, Wanted, choose,
    last_known_good, needs_approval, previous, problems,
};

#[cfg(test)]
mod tests;
