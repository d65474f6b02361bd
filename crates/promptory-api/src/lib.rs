//! Wire types: what goes over HTTP, as JSON. Times are RFC 3339 in UTC with milliseconds, ids are UUIDv7.
//! This crate knows nothing of the domain crate: the server translates.

pub mod access;
pub mod analytics;
pub mod approval;
pub mod audit;
pub mod comment;
pub mod commits;
pub mod compare;
pub mod deployment;
pub mod environment;
pub mod events;
pub mod execution;
pub mod files;
pub mod health;
pub mod langfuse;
pub mod page;
pub mod people;
pub mod prices;
pub mod problem;
pub mod prompt;
pub mod release;
pub mod rollback;
pub mod server;
pub mod serving;
pub mod version;
pub mod webhook;

mod patch;
