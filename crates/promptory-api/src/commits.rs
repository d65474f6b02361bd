//! What is done in a project, as user interfaces follow it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The first event: what is asked for from now on is at least as new as this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommitsHello {
    /// `<epoch>:<number>`: what this server has now.
    pub revision: String,
}

/// Something was done: one commit, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Commit {
    /// `<epoch>:<number>`
    pub revision: String,
    /// Each thing once.
    pub changes: Vec<CommitChange>,
}

/// What a commit changed, never the contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommitChange {
    /// `prompt`, `version`, `live`, `rollout`, `deployment`, `label`, `sample`, `environment`, `key`, `member`, `price`; others may be added.
    pub kind: String,
    /// A prompt that was renamed is in two changes, one by each name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// What is shown may be wrong or of another database: everything is asked for anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommitsReset {
    pub revision: String,
}
