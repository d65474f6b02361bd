//! A whole project as an archive of files, and back.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Say what would happen, and change nothing.
    pub dry_run: Option<bool>,
    /// Also make live what the files say is live.
    pub activate: Option<bool>,
    /// With `activate`: of what goes live some was taken back, and that is known.
    pub acknowledge_rollback: Option<bool>,
    /// Of plain files and histories without front matter: `none` (default), `jinja` or `single_brace`.
    pub template: Option<String>,
    /// Why what looks like a secret may be stored, in all files.
    pub allow_secret: Option<String>,
}

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// Versions.
    pub created: u64,
    /// Versions that were there already.
    pub unchanged: u64,
    pub prompts_created: u64,
    /// Prompts of which something else changed: description, tags, labels, samples, notes of versions.
    pub prompts_updated: u64,
    /// Deployments, with `activate`.
    pub activated: u64,
    /// Deployments that wait for approval.
    #[serde(default)]
    pub pending: u64,
    /// What was not taken, and why. Everything else was.
    pub refused: Vec<RefusedFile>,
    /// Files that are none of prompts.
    pub skipped: Vec<String>,
    /// What is worth a look.
    pub warnings: Vec<RefusedFile>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedFile {
    pub path: String,
    pub detail: String,
}
