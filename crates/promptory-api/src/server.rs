//! The servers of one instance.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A server that was seen in the last minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Server {
    /// Of this run of it; another start has another.
    pub id: String,
    /// The one that answers.
    pub this: bool,
    /// When it last said what it has: every few seconds.
    pub seen_at: String,
    pub projects: Vec<ServerProject>,
}

/// What a server serves of a project, and what the database has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerProject {
    pub project: String,
    pub applied_revision: i64,
    pub revision: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reloaded {
    /// The new one, which every revision begins with from now on.
    pub epoch: String,
}
