//! What is kept of executions, and taking it away.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a project keeps of executions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingPolicy {
    /// `store`, `truncate` or `drop`: variables, inputs and outputs.
    #[serde(default = "store_word")]
    pub bodies: String,
    /// Of each of variables, input and output, with `truncate`; 1,024 to 262,144.
    #[serde(default = "default_body_bytes")]
    pub max_body_bytes: u64,
    /// Applied in order to the text of bodies and error messages before anything is stored.
    #[serde(default)]
    pub redact: Vec<RedactRule>,
    /// Days that executions are kept after they were received, 1 to 3,650; statistics stay.
    #[serde(default = "default_retention")]
    pub retention_days: i64,
    /// Tags that statistics can be grouped and filtered by, 5 at most.
    #[serde(default)]
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactRule {
    pub name: String,
    /// A regular expression, matched in linear time.
    pub pattern: String,
    /// Put in place of each match; `[name]` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
}

fn store_word() -> String {
    "store".to_owned()
}

const fn default_body_bytes() -> u64 {
    16 * 1024
}

const fn default_retention() -> i64 {
    30
}

impl Default for RecordingPolicy {
    fn default() -> Self {
        Self {
            bodies: store_word(),
            max_body_bytes: default_body_bytes(),
            redact: Vec::new(),
            retention_days: default_retention(),
            tags: Vec::new(),
        }
    }
}

/// Whose traces are to be erased.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    /// The end user, as the executions name them.
    pub key: String,
    /// For the audit log, such as the number of the request.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    pub executions: u64,
    pub scores: u64,
}
