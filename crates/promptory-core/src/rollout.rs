//! Releasing a build step by step: a pure state machine. A deployment is a row; a command or the clock makes a new row
//! and exactly one event of it, or nothing.
//!
//! The clock moves by [`Deployment::tick`]: at most one step each time, and each step is held for its whole time from
//! when it really began, pauses not counted. A server that was down for a day therefore goes on where it stopped and
//! does not catch up.

mod command;
mod deployment;
mod event;
mod schedule;
mod state;
mod view;

pub use command::{Asked, Command, Outcome, Refused};
pub use deployment::{Deployment, Entry, New, SETTLE_SECONDS, Watch};
pub use event::{Effect, Event, EventKind, Transition};
pub use schedule::{Schedule, Step, Strategy};
pub use state::{Ended, PauseCause, State, Unit, Wait};
pub use view::{StepState, StepView};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
