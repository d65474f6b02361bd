//! HTTP: parses, calls one use case, renders. No SQL and no domain condition lives here.

pub mod access;
pub mod basic;
pub mod docs;
pub mod envelope;
pub mod file;
pub mod health;
mod ingest;
pub mod input;
pub mod langfuse;
pub mod listen;
pub mod openapi;
pub mod problem;
pub mod router;
pub mod serve;
mod session;
pub mod sse;
pub mod ui;
pub mod v1;
