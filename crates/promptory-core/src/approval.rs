//! Who has to agree before an environment serves something new, and the proof that they did.
//!
//! A [`Policy`] says what an environment asks for; an [`Approval`] is one request with all its decisions, evaluated
//! against the policy **in force** whenever it is looked at. [`authorize`] is the only way to an [`Authorized`], and
//! the only function that writes what is served takes nothing else: a new door cannot forget to ask.

mod authorize;
mod change;
mod decide;
mod evaluate;
mod evidence;
mod freeze;
mod loosening;
mod missing;
mod policy;
mod request;
mod satisfiable;
mod subject;

pub use authorize::{Authorized, authorize};
pub use change::{ServingChange, Target, Way, Weights};
pub use decide::{Action, CannotDecide, Person};
pub use evaluate::{ApprovalState, Evaluation, StageProgress};
pub use evidence::{Basis, Emergency, Evidence, Rules, Served};
pub use freeze::Freeze;
pub use loosening::{Loosening, is_loosening};
pub use missing::{EmergencyRefused, Missing};
pub use policy::{Policy, Rollback, Stage};
pub use request::{Approval, Decision, DecisionKind};
pub use subject::Subject;

#[cfg(test)]
mod tests;
