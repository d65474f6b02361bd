//! The domain of Promptory. Pure: no I/O, no clock, no randomness, no async.

pub mod access;
pub mod analytics;
pub mod approval;
pub mod bucketing;
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
pub mod rollback;
pub mod rollout;
mod schema;
pub mod secret;
pub mod status;
pub mod template;
pub mod time;
pub mod violation;
pub mod webhook;
