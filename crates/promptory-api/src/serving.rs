//! The data path. The server writes these bodies by hand from prebuilt parts; the types here are what clients
//! read them into and what the API document shows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use utoipa::{IntoParams, ToSchema};

use crate::version::{Content, Message, Variable};

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActiveQuery {
    /// Default: the key's environment, else the production one.
    pub environment: Option<String>,
    /// RFC 3339: what was live then, from the database.
    pub at: Option<String>,
}

/// The live build.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Active {
    pub prompt: String,
    pub kind: String,
    pub version: String,
    pub sequence: i64,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    pub includes: Vec<Include>,
    pub template: String,
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
    #[schema(value_type = Object)]
    pub settings: Box<RawValue>,
    pub content_hash: String,
    pub build_hash: String,
    pub environment: String,
    /// Of the last change that altered a byte of this answer.
    pub revision: i64,
    /// What a share of the callers of `resolve` gets at present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<ActiveRollout>,
    /// The present name, when the prompt was asked for by one that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
}

/// A version on its way to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActiveRollout {
    pub deployment_id: String,
    pub version: String,
    /// Share of units that gets it, in percent.
    #[schema(value_type = f64)]
    pub percentage: serde_json::Number,
}

/// Of an included prompt: its name when the build was made, and the exact version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Include {
    pub name: String,
    pub version: String,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    pub template: String,
    /// With them a client renders by itself what the server would.
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// Default: the key's environment, else the production one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Who the prompt is for: a stable name of a user, 256 bytes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What rules may look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Map<String, Value>>,
    /// When given, the answer is rendered too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Map<String, Value>>,
    /// A reference to a version, or a range (`^1.2`); absent: what the environment serves. A range is answered by what
    /// is live if it lies in it, else by the most recent version that was live here, lies in it and was not taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `resolution` of the last answer of this conversation: it keeps what it got, for as long as the environment lets
    /// conversations rest (`pin_idle_s`) and the build was not taken back or archived. A pin that does not hold is no
    /// error: `pin_dropped` of the answer says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Resolved {
    pub prompt: String,
    pub kind: String,
    pub version: String,
    pub sequence: i64,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    pub includes: Vec<Include>,
    pub template: String,
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
    #[schema(value_type = Object)]
    pub settings: Box<RawValue>,
    pub content_hash: String,
    pub build_hash: String,
    pub environment: String,
    /// `live`, `pinned`, `session` (by `pin`), or `rollout`: while a version is rolled out, also for those who do not
    /// get it yet.
    pub reason: String,
    /// Of the rollout where that is the reason, else of what made the version live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// Entry revision: of the last change that altered a byte of this answer.
    pub revision: i64,
    /// Opaque: hand it back with an execution so that it is attributed, and as `pin` so that a conversation keeps what it
    /// got.
    pub resolution: String,
    /// Why `pin` did not decide: `invalid`, `other_prompt`, `other_environment`, `other_key`, `expired`, `withdrawn` (taken
    /// back, archived, or live too long ago), `not_in_range` or `version_named`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_dropped: Option<String>,
    /// `database` when the pinned version was not in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The present name, when the prompt was asked for by one that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Message>>,
}

/// Many prompts in one request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveMany {
    /// 1 to 100.
    pub requests: Vec<ResolveOne>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveOne {
    pub prompt: String,
    /// Default: the key's environment, else the production one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
}

/// One result for each request, in their order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResolvedMany {
    pub results: Vec<ResolvedOne>,
}

/// The answer, or why there is none: one that fails does not fail the others.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ResolvedOne {
    Resolved(Box<Resolved>),
    Refused { prompt: String, error: Box<crate::problem::Problem> },
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentQuery {
    /// Default: the key's environment, else the production one.
    pub environment: Option<String>,
}

/// The first event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamHello {
    /// `<epoch>:<number>`: what this server has now.
    pub revision: String,
    pub environment: String,
}

/// Something that is served changed. Contents are had by `active` or by the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamChange {
    /// `live`, `rollout`, `archived`, `restored`, `renamed` or `label`. A `rollout` without a version has ended.
    pub change: String,
    pub prompt: String,
    /// Absent where it concerns all environments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// As `revision` of the answers that it changed.
    pub entry_revision: i64,
}

/// What a client has may be wrong or of another database: it loads everything anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamReset {
    pub revision: String,
    pub environment: String,
}

/// All that a client needs to answer by itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ServingSnapshot {
    pub project: String,
    pub environment: String,
    /// `<epoch>:<number>`.
    pub revision: String,
    /// In order of their names; archived ones and those without a live version are left out.
    pub prompts: Vec<SnapshotPrompt>,
    /// Former names of prompts and the present ones.
    #[schema(value_type = Object)]
    pub renamed: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SnapshotPrompt {
    /// As `active` answers.
    pub active: Active,
    /// What a share of units gets in place of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<SnapshotRollout>,
    /// What was live before and was not taken back, the most recent first: for ranges.
    pub past: Vec<Active>,
    /// False: what was live before those in `past` is known to the server only.
    pub past_is_whole: bool,
    /// Names and the versions that they point to.
    #[schema(value_type = Object)]
    pub labels: std::collections::BTreeMap<String, String>,
}

/// Who gets it: the unit's bucket, `fnv1a32(decimal(fnv1a32(seed ++ key))) mod 10000`, times 100 is below `share_ppm`. A key
/// beyond ASCII counts as the hex SHA-256 of its UTF-8. Without a key, or where `unit` is `request`, by chance.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SnapshotRollout {
    pub deployment_id: String,
    pub seed: String,
    /// `user`, `session` or `request`.
    pub unit: String,
    /// In millionths.
    pub share_ppm: u32,
    pub build: Active,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// Default: the key's environment, else the production one.
    pub environment: Option<String>,
    /// Who the prompt would be for.
    pub key: Option<String>,
    /// A reference or a range, as for `resolve`.
    pub version: Option<String>,
    /// `resolution` of an earlier answer, as for `resolve`.
    pub pin: Option<String>,
}

/// Why a caller gets what it gets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    pub prompt: String,
    pub environment: String,
    /// What `resolve` answers; absent when it refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Explained>,
    /// Why it refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Every rule in the order in which it was asked.
    pub steps: Vec<ExplainStep>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Explained {
    pub version: String,
    pub sequence: i64,
    pub build_hash: String,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    pub revision: i64,
    /// `memory` or `database`.
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExplainStep {
    /// `name`, `archived`, `pinned`, `session`, `rollout`, `live` or `range`.
    pub rule: String,
    /// `taken`, `passed` or `refused`.
    pub outcome: String,
    pub detail: String,
}
