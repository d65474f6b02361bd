//! The prompt interface of Langfuse clients, in their words and shapes: `camelCase`, pages by number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// Unknown parameters are ignored: newer clients may send more.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LangfusePromptQuery {
    /// A sequence number. Not together with `label`.
    pub version: Option<i64>,
    /// An environment, a label or another reference; absent: the key's environment, else the production one.
    pub label: Option<String>,
    /// `false`: includes stay as they are written. Default: they are put in.
    pub resolve: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct LangfuseListQuery {
    /// Exactly this name.
    pub name: Option<String>,
    /// Only versions with this label or live in this environment.
    pub label: Option<String>,
    pub tag: Option<String>,
    /// From 1.
    pub page: Option<i64>,
    /// Items on a page, 1 to 100; 50 when absent.
    pub limit: Option<i64>,
    /// RFC 3339: prompts that changed then or later.
    pub from_updated_at: Option<String>,
    /// RFC 3339: prompts that changed last before.
    pub to_updated_at: Option<String>,
    /// Not supported: refused when given.
    pub filter: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LangfusePrompt {
    /// Of the version.
    pub id: String,
    pub name: String,
    /// The sequence number.
    pub version: i64,
    /// `text` or `chat`.
    #[serde(rename = "type")]
    pub kind: String,
    pub prompt: LangfuseContent,
    /// The version's settings, as stored.
    #[schema(value_type = Object)]
    pub config: Box<RawValue>,
    /// Labels of the version, environments where it is live, `latest`.
    pub labels: Vec<String>,
    pub tags: Vec<String>,
    /// Always null: notes are read with the version, not where prompts are served.
    pub commit_message: Option<String>,
    /// Null if nothing is included, and with `resolve=false`.
    pub resolution_graph: Option<LangfuseGraph>,
    pub promptory: LangfuseExtra,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LangfuseContent {
    Text(String),
    Chat(Vec<LangfuseMessage>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum LangfuseMessage {
    ChatMessage { role: String, content: String },
    Placeholder { name: String },
}

/// What was put in where.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseGraph {
    pub root: LangfuseReference,
    /// What each version includes itself, by its id.
    pub dependencies: BTreeMap<String, Vec<LangfuseReference>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LangfuseReference {
    pub id: String,
    pub name: String,
    pub version: i64,
}

/// What Langfuse has no word for. Its clients ignore it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseExtra {
    /// The semantic version.
    pub version: String,
    pub environment: String,
    /// The template language.
    pub template: String,
    pub build_hash: String,
    /// Whether `compile` of these clients makes of it what rendering makes of it, when each variable is given as a
    /// string. Otherwise it has logic, filters, another syntax or defaults, which they do not know.
    pub compiles: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseList {
    pub data: Vec<LangfuseMeta>,
    pub meta: LangfusePage,
}

/// A prompt with the versions that fit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LangfuseMeta {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub versions: Vec<i64>,
    pub labels: Vec<String>,
    pub tags: Vec<String>,
    pub last_updated_at: String,
    /// Settings of the newest of these versions.
    #[schema(value_type = Object)]
    pub last_config: Box<RawValue>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LangfusePage {
    pub page: usize,
    pub limit: usize,
    pub total_items: usize,
    pub total_pages: usize,
}

/// The key's own project, as a list of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseProjects {
    pub data: Vec<LangfuseProject>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseProject {
    pub id: String,
    pub name: String,
    pub organization: LangfuseOrganization,
    #[schema(value_type = Object)]
    pub metadata: BTreeMap<String, String>,
}

/// There is no level above a project: this is the server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseOrganization {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LangfuseHealth {
    pub status: String,
    /// Of Promptory.
    pub version: String,
}

/// How Langfuse answers errors. The request id is in the header `X-Request-Id`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LangfuseError {
    /// A code of `docs/errors.md`.
    pub error: String,
    pub message: String,
}
