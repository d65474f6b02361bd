//! The domain of Promptory. Pure: no I/O, no clock, no randomness, no async.

pub mod access;
pub mod analytics;
pub mod build;
pub mod compare;
pub mod contract;
pub mod cost;
pub mod definition;
pub mod id;
pub mod include;
pub mod limits;
pub mod name;
pub mod numbering;
pub mod range;
pub mod resolve;
mod schema;
pub mod secret;
pub mod status;
pub mod template;
pub mod time;
pub mod violation;
