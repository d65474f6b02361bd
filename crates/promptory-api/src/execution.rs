//! Executions: calls of a model that applications report, and what was said of them later.

mod policy;
mod query;

use std::collections::BTreeMap;

pub use policy::{Erase, Erased, RecordingPolicy, RedactRule};
pub use query::{ExecutionExport, ExecutionQuery, Tail, TailQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, value::RawValue};
use utoipa::ToSchema;

use crate::patch::float;

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    Success,
    Error,
    Timeout,
    /// Refused by a guardrail or by the provider's own filter.
    Blocked,
}

/// What a call was for. Only `live` is in statistics unless another is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    #[default]
    Live,
    Test,
    Eval,
}

/// Tags by name, or a list of names, each of which then has the value `true`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Tags {
    Values(BTreeMap<String, String>),
    Names(Vec<String>),
}

/// A number, a yes or no (1 or 0 in statistics), or a category.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ScoreValue {
    Boolean(bool),
    Number(f64),
    Category(String),
}

impl<'de> Deserialize<'de> for ScoreValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(yes) => Ok(Self::Boolean(yes)),
            Value::String(text) => Ok(Self::Category(text)),
            Value::Number(number) => {
                let number = number.as_f64().filter(|number| number.is_finite());
                number.map(Self::Number).ok_or_else(|| serde::de::Error::custom("the number is too large"))
            }
            _ => Err(serde::de::Error::custom("expected a number, true or false, or a category")),
        }
    }
}

/// One call of a model. With `resolution`, prompt, version and environment are taken from it; without, `prompt` and
/// `version` say what was used.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExecution {
    /// Names this call: sent again, it is counted once (for at least 24 hours after it was received). 1 to 128 visible
    /// characters; absent: the server makes one, and a repeat is counted twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// `1.2.0`, or the sequence number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Default: the resolution's, the key's, else the production environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The token of `resolve`'s answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// The end user, as named to `resolve`. 256 bytes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What the prompt was filled in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Box<RawValue>>,
    /// What was sent to the model: text, messages, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub input: Option<Box<RawValue>>,
    /// What came back: text, messages, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub output: Option<Box<RawValue>>,
    /// Milliseconds, fractions allowed. May be left out when `started_at` and `ended_at` are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// All input tokens as the provider reported them, those read from and written to its cache included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// All output tokens, reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Of the input tokens, those read from the provider's cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// Of the input tokens, those written to the provider's cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_tokens: Option<u64>,
    /// Of the output tokens, those of reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
    /// The token counts were estimated, not reported by the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_estimated: Option<bool>,
    /// Sent through the provider's batch interface, which may have prices of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<bool>,
    /// US dollars, at most 12 decimals; absent: computed from the price of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub cost_usd: Option<Number>,
    pub status: Option<ExecutionStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Default: that of the version's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Default: that of the version's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// ISO 3166-1 alpha-2, any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    /// RFC 3339; absent: when it was received, less the latency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<BTreeMap<String, ScoreValue>>,
}

/// One, or many.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum NewExecutions {
    One(Box<NewExecution>),
    Many(Vec<NewExecution>),
}

/// What became of a batch. What is accepted is on the disk.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    pub accepted: u64,
    /// Known already by their ids.
    pub duplicates: u64,
    pub rejected: Vec<Rejected>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Rejected {
    /// Where in the batch, from 0.
    pub index: u64,
    pub detail: String,
}

/// What is known of one call.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Execution {
    pub id: String,
    /// Its present name.
    pub prompt: String,
    pub version: String,
    pub environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    pub status: ExecutionStatus,
    pub purpose: Purpose,
    pub started_at: String,
    pub received_at: String,
    #[serde(deserialize_with = "float")]
    pub latency_ms: f64,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub cache_write_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub tokens_estimated: bool,
    /// Null: no price was known for the model, or no token count was sent.
    #[schema(value_type = Option<f64>)]
    pub cost_usd: Option<Number>,
    /// `given` by the caller, `computed` from prices, or null.
    pub cost_source: Option<String>,
    /// As prices and statistics know them.
    pub provider: Option<String>,
    pub model: Option<String>,
    /// As they were sent.
    pub provider_sent: Option<String>,
    pub model_sent: Option<String>,
    pub country: Option<String>,
    pub key: Option<String>,
    pub session: Option<String>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub parent_span_id: Option<String>,
    pub error_type: Option<String>,
    pub error_message: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Received more than 15 minutes after it started.
    pub late: bool,
    /// What could name a person was erased.
    pub erased: bool,
}

/// One call with everything that was kept of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExecutionDetail {
    #[serde(flatten)]
    pub execution: Execution,
    #[schema(value_type = Option<Value>)]
    pub variables: Option<Box<RawValue>>,
    #[schema(value_type = Option<Value>)]
    pub input: Option<Box<RawValue>>,
    #[schema(value_type = Option<Value>)]
    pub output: Option<Box<RawValue>>,
    /// What the project's rules did to the bodies: `stored`, `truncated`, `redacted`, `dropped`; null: none were sent.
    pub bodies: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    pub scores: Vec<Score>,
}

/// What somebody or something said of an execution, a session, a user or a version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Score {
    pub id: String,
    pub name: String,
    pub value: ScoreValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who or what gave it: `user`, `reviewer`, the name of a judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    pub at: String,
}

/// Belongs to an execution, to a session, to a user (`key` and `prompt`), or to a version (`prompt` and `version`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScore {
    /// Names this score, as the id of an execution does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `[a-z][a-z0-9_.-]{0,63}`. The name of an event for a conversion, with the value true.
    pub name: String,
    pub value: ScoreValue,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// RFC 3339; absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// One, or many.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum NewScores {
    One(Box<NewScore>),
    Many(Vec<NewScore>),
}
