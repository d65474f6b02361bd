//! One endpoint, one file.

pub mod access;
pub mod audit;
pub mod deployments;
pub mod environments;
pub mod keys;
pub mod projects;
pub mod prompts;
pub mod render;
pub mod versions;
