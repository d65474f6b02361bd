//! Problem documents (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{deployment::DeploymentStanding, rollback::TakenBack};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A relative reference to the page that explains this code.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What is wrong here and what to do.
    pub detail: String,
    /// Stable, snake_case; see `docs/errors.md`.
    pub code: String,
    pub request_id: String,
    /// Everything that was found, not only the first thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemItem>,
    /// The version that the problem is about: the one with the same content, the one whose number is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<ExistingVersion>,
    /// The deployment that the problem is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentStanding>,
    /// Who took the build back that the problem is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<TakenBack>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, PartialEq, Eq)]
pub struct ProblemItem {
    /// JSON pointer (RFC 6901) into the request body; empty for the whole.
    pub pointer: String,
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 1-based, in a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// 1-based, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExistingVersion {
    pub version: String,
    pub sequence: i64,
}
