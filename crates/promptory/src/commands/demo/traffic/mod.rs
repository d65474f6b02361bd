//! Two weeks of calls for the demo: planned at once, from seeds and the demo's clock alone, and recorded in between what
//! people did, so that each belongs to the version that was live then.

mod call;
mod chance;
mod plan;
mod send;
mod shape;

pub(super) use send::{DAYS, Traffic};
