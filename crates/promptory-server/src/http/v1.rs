//! One endpoint, one file.

pub mod access;
pub mod analytics;
pub mod approvals;
pub mod audit;
pub mod deployments;
pub mod emergencies;
pub mod environments;
pub mod events;
pub mod executions;
pub mod files;
pub mod history;
pub mod keys;
pub mod labels;
pub mod prices;
pub mod projects;
pub mod prompts;
pub mod recording;
pub mod render;
pub mod rollbacks;
pub mod samples;
pub mod scores;
pub mod servers;
pub mod serving;
pub mod session;
pub mod users;
pub mod versions;
