use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::{
    approval::PendingApproval,
    patch::{nullable, optional_object},
    version::NewVersion,
};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrompt {
    /// Unique in the project without regard to case; `/` makes folders. 1 to 256 bytes.
    pub name: String,
    /// `text` or `chat`.
    #[schema(example = "text")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// The first version, created in the same commit. With its `dry_run` the prompt is not created either.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub version: Option<NewVersion>,
}

/// A merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptPatch {
    /// A new name. Callers of the old one still get the prompt, and are told by `renamed_to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub owner: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Prompt {
    pub id: String,
    pub name: String,
    /// `text` or `chat`.
    pub kind: String,
    pub description: String,
    pub category: String,
    pub tags: Vec<String>,
    pub owner: String,
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    pub archived: bool,
    /// Names that it had before, oldest first; they lead here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<String>,
    /// The present name, when it was asked for by one that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
    /// What is live where: environment to version. Environments with nothing live are left out.
    pub live: BTreeMap<String, String>,
    /// The newest version by sequence; null for a prompt without versions.
    pub latest: Option<LatestVersion>,
    pub created_by: String,
    pub created_at: String,
    pub updated_at: String,
    /// In lists only: when the prompt, its versions or what of it is live last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// Only in the answer to archiving or restoring: nothing has changed yet, it waits for these approvals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<PendingApproval>,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LatestVersion {
    pub version: String,
    pub sequence: i64,
    pub created_at: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PromptQuery {
    /// Only prompts in whose name, former names, description, tags or newest text all of these words occur, without
    /// regard to case.
    pub query: Option<String>,
    /// Only prompts with this tag.
    pub tag: Option<String>,
    pub category: Option<String>,
    pub owner: Option<String>,
    /// Only prompts whose newest version is for this provider.
    pub provider: Option<String>,
    /// `text` or `chat`.
    pub kind: Option<String>,
    /// `active` (default: all but archived ones), `draft` (live nowhere), `testing` (live, but not in production),
    /// `production`, `ahead` (the newest version is not the one in production), `archived` or `all`.
    pub status: Option<String>,
    /// RFC 3339: only prompts that changed, or got a version, or were activated at or after it.
    pub changed_since: Option<String>,
    /// `name` (default), `created` or `changed`; with `-` in front the other way round.
    pub sort: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What prompts can be filtered by: each value with the number of prompts that have it, most first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// The first part of names with a slash.
    pub folders: Vec<Facet>,
    pub tags: Vec<Facet>,
    pub categories: Vec<Facet>,
    pub owners: Vec<Facet>,
    pub providers: Vec<Facet>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Facet {
    pub value: String,
    pub prompts: i64,
}

/// A copy of one version under a new name.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyPrompt {
    /// Of the new prompt.
    pub name: String,
    /// Which version is copied, as 1.0.0; absent: the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A label and the version that it points to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Label {
    pub name: String,
    pub version: String,
    pub sequence: i64,
    pub updated_by: String,
    pub updated_at: String,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutLabel {
    /// A reference to the version.
    pub version: String,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// Saved variables to render with.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Sample {
    pub name: String,
    pub description: String,
    #[schema(value_type = Object)]
    pub variables: Map<String, Value>,
    pub updated_by: String,
    pub updated_at: String,
}

/// Takes back what GET gave: `name`, `updated_by` and `updated_at` are ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutSample {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[schema(value_type = Object)]
    pub variables: Map<String, Value>,
    #[serde(default, skip_serializing)]
    pub name: Option<String>,
    #[serde(default, skip_serializing)]
    pub updated_by: Option<String>,
    #[serde(default, skip_serializing)]
    pub updated_at: Option<String>,
}

/// A version whose text includes this prompt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Includer {
    pub prompt: String,
    pub version: String,
    pub sequence: i64,
    /// As it is written: `shared/tone@^1`.
    pub written: String,
    /// Live builds of that version, and which version of this prompt each of them holds.
    pub live: Vec<IncluderLive>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IncluderLive {
    pub environment: String,
    pub build_hash: String,
    pub includes_version: String,
}

/// Who was given which build, and how often. Counts arrive within some ten seconds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Use {
    pub environment: String,
    pub version: String,
    pub sequence: i64,
    pub build_hash: String,
    /// Id of the key; `admin` for the key of the server's environment.
    pub key_id: String,
    pub key_name: String,
    pub uses: i64,
    pub first_at: String,
    pub last_at: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// As in the audit log: `version.create`.
    pub action: Option<String>,
    /// RFC 3339: at or after it.
    pub since: Option<String>,
    /// RFC 3339: before it.
    pub until: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One thing that happened, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    pub at: String,
    /// The prompt's name then; null for what concerns no prompt.
    pub prompt: Option<String>,
    /// As in the audit log: `prompt.create`, `version.create`, `deployment.activate` …
    pub action: String,
    pub actor: String,
    pub environment: Option<String>,
    #[schema(value_type = Object)]
    pub detail: Value,
}
