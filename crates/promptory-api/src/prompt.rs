use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::{
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
    /// The first version, created in the same commit.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub version: Option<NewVersion>,
}

/// A merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptPatch {
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
    /// What is live where: environment to version. Environments with nothing live are left out.
    pub live: BTreeMap<String, String>,
    /// The newest version by sequence; null for a prompt without versions.
    pub latest: Option<LatestVersion>,
    pub created_by: String,
    pub created_at: String,
    pub updated_at: String,
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
    /// Only prompts whose name or description contains this text, without regard to case.
    pub query: Option<String>,
    /// Only prompts with this tag.
    pub tag: Option<String>,
    pub category: Option<String>,
    pub owner: Option<String>,
    /// `active` (default), `archived` or `all`.
    pub status: Option<String>,
    /// `name` (default).
    pub sort: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One thing that happened to a prompt, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    pub at: String,
    /// As in the audit log: `prompt.create`, `version.create`, `deployment.activate` …
    pub action: String,
    pub actor: String,
    pub environment: Option<String>,
    #[schema(value_type = Object)]
    pub detail: Value,
}
