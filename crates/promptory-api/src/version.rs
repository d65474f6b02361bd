use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;

use crate::{
    analytics::VersionFigures,
    approval::DeclareEmergency,
    patch::{nullable, object},
};

/// What a version is made of. Stored text is returned byte for byte.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// A string for `text`; for `chat` a list of `{role, content}` and `{placeholder: name}`.
    #[schema(value_type = Content)]
    pub content: Value,
    /// `jinja` (default), `single_brace` (only `{name}` and `{name.field}` are variables) or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Absent: inferred from the text, required, untyped. Given: every variable used must be declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Variable>>)]
    pub variables: Option<Value>,
    /// `provider`, `model`, `temperature`, `max_tokens`, `stop`, `tools`, `response_schema` and any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// `auto` (default: what the change of contract demands), `major`, `minor` or `patch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bump: Option<String>,
    /// A given number, `major.minor.patch`; not together with `bump`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Also activate it in this environment, in the same commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_breaking: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_duplicate: Option<bool>,
    /// Why something that looks like a secret may be stored; the reason goes into the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_secret: Option<String>,
    /// With `activate`: it goes live without approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// What goes live was taken back in that environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// The next patch of what is live. What is left out is taken from the live version.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchLive {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Content>)]
    pub content: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Variable>>)]
    pub variables: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Where the live version is taken from and the patch goes live. Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_breaking: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_duplicate: Option<bool>,
    /// Why something that looks like a secret may be stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_secret: Option<String>,
    /// It goes live without approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// What goes live was taken back in that environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// A new version above all others with the content of an older one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revert {
    /// A reference to the version whose content comes back.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Also activate it there, in the same commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// With `environment`: it goes live without approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// What goes live was taken back in that environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// For the API document only: content travels as plain JSON.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Content)]
#[allow(dead_code, reason = "describes the shape in the API document")]
pub enum Content {
    #[schema(title = "text")]
    Text(String),
    #[schema(title = "chat")]
    Chat(Vec<Value>),
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    pub name: String,
    /// JSON Schema of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub default: Option<Value>,
    /// True unless there is a default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Version {
    pub id: String,
    pub prompt: String,
    /// Semantic version.
    pub version: String,
    /// 1, 2, 3 … per prompt, in order of time.
    pub sequence: i64,
    /// `draft`, `testing`, `production`, `deprecated` or `archived`.
    pub status: String,
    pub kind: String,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// `jinja`, `single_brace` or `none`.
    pub template: String,
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
    #[schema(value_type = Object)]
    pub settings: Box<RawValue>,
    /// What its text includes, as it is written: `shared/tone@^1`. Which version each means is decided when it is
    /// activated.
    pub dependencies: Vec<String>,
    pub note: String,
    #[schema(value_type = Object)]
    pub metadata: Box<RawValue>,
    pub tags: Vec<String>,
    pub author: String,
    pub created_at: String,
    /// Of a version that was imported: who made it where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_created_at: Option<String>,
    /// `sha256:` and hex over the compact JSON of `{kind, content, template, variables, settings}`.
    pub content_hash: String,
    /// Null on `main`.
    pub branch: Option<String>,
    /// Names that point here, in order; `latest` moves by itself.
    pub labels: Vec<String>,
    /// Environments where this is live.
    pub live_in: Vec<String>,
    /// Only in the answer to its creation: what the number, the warnings and the deployment are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Creation>,
    /// Of its executions in all environments; only in lists that were asked for it with `figures_since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<VersionFigures>,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VersionQuery {
    /// Only versions with this status: `draft`, `testing`, `production`, `deprecated` or `archived`.
    pub status: Option<String>,
    /// Only versions by this author.
    pub author: Option<String>,
    /// Only versions with this tag.
    pub tag: Option<String>,
    /// RFC 3339: only versions created at or after it.
    pub since: Option<String>,
    /// RFC 3339: only versions created before it.
    pub until: Option<String>,
    /// RFC 3339: with each version, how its executions did from this time until now.
    pub figures_since: Option<String>,
    /// `-sequence` (default, newest first) or `sequence`.
    pub sort: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// For changes without a body.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChangeQuery {
    /// Say what would happen, and change nothing.
    pub dry_run: Option<bool>,
}

/// What is worth knowing at the moment of creation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Creation {
    /// The version whose contract the new one was compared with; null for the first.
    pub compared_with: Option<String>,
    /// What changed for callers; empty: a patch.
    pub changes: Vec<ContractChange>,
    pub warnings: Vec<String>,
    /// The deployment, when `activate` was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<crate::deployment::Deployment>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContractChange {
    /// `major`, `minor` or `patch`.
    pub bump: String,
    /// Stable, snake_case.
    pub code: String,
    /// What it is about: a variable's or a setting's name.
    pub subject: String,
    pub detail: String,
}

/// What may be corrected later; every correction is in the audit log. A merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionPatch {
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderInput {
    #[serde(default)]
    #[schema(value_type = Object)]
    pub variables: Map<String, Value>,
    /// A saved sample input of the prompt; `variables` replace its values of the same names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// Where includes are looked up; absent: their newest versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// Renders an unsaved draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderDraft {
    /// `text` or `chat`; guessed from the content when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The draft: a NewVersion, of which content, template, variables and settings are looked at.
    #[serde(deserialize_with = "object")]
    pub version: NewVersion,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub variables: Map<String, Value>,
    /// Where includes are looked up; absent: their newest versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RenderOutput {
    /// For `chat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Message>>,
    /// For `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// An estimate: a quarter of the characters, plus 4 per message.
    pub tokens_estimate: u64,
    /// What sending it would cost: the estimated tokens at the price of the version's model, without any output. Null
    /// where the version names no model or no price is known for it.
    #[schema(value_type = Option<f64>)]
    pub cost_estimate_usd: Option<serde_json::Number>,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Message {
    pub role: String,
    pub content: String,
}
