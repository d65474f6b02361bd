//! Statistics of executions as cells that can be added up: a cell holds what some executions of one bucket of time have
//! in common. Everything in a cell is a whole number, so that the sum does not depend on the order of adding.

mod calendar;
mod cell;
mod countries;
mod cube;
mod fact;
mod grain;
mod measure;
mod shape;
mod sketch;

#[cfg(test)]
mod tests;

pub use calendar::{Interval, Zone};
pub use cell::{Cell, Pack, STATUSES, Sample, ScoreCell, Seen, Status};
pub use countries::is_country;
pub use cube::{Cube, Key, Line, PackKey, short};
pub use fact::{Fact, ScoreFact, Scored, Tokens};
pub use grain::Grain;
pub use measure::{Measure, SCORE_UNITS, score_units};
pub use shape::error_shape;
pub use sketch::Sketch;

/// What stands for values beyond a cap on how many different ones there may be.
pub const OTHER: &str = "other";
