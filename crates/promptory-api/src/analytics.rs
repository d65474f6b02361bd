//! Statistics of executions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::{IntoParams, ToSchema};

use crate::patch::optional_float;

/// Which executions, over which time, by what. Several values of one filter, joined by commas, are joined by *or*.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AnalyticsQuery {
    pub prompt: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub variant: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub country: Option<String>,
    pub status: Option<String>,
    pub error_type: Option<String>,
    /// Of the prompts, as they have it now.
    pub category: Option<String>,
    /// Of the prompts, as they have it now.
    pub owner: Option<String>,
    /// `name` or `name:value`; quick when the name is one of the project's chosen tags.
    pub tag: Option<String>,
    /// `live` when absent; `test`, `eval` or `all`.
    pub purpose: Option<String>,
    /// RFC 3339, included; default: 24 hours before `to`.
    pub from: Option<String>,
    /// RFC 3339, not included; default: now.
    pub to: Option<String>,
    /// Of `prompt`, `version`, `environment`, `variant`, `provider`, `model`, `country`, `status`, `error_type`,
    /// `category`, `owner`, `tag:<name>`; several joined by commas.
    pub group_by: Option<String>,
    /// Of series: `count`, `success_rate`, `error_rate`, `cost_usd`, `input_tokens`, `output_tokens`, `cached_tokens`,
    /// `unpriced`, `latency_mean`, `latency_p50` (25, 50, 75, 90, 95, 99), `score:<name>`; several joined by commas.
    pub metric: Option<String>,
    /// Of series: `minute`, `hour` or `day`; absent: what suits the time asked for.
    pub interval: Option<String>,
    /// Name of a time zone (`Europe/Berlin`) that days and hours begin in; default `UTC`.
    pub zone: Option<String>,
    /// Groups at most, 1 to 200; further ones are added up as `others`. 50 when absent.
    pub limit: Option<i64>,
}

/// What a line is about: only what was grouped by is present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Group {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Value of the tag that was grouped by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// True for the line that adds up what is beyond the limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
}

/// Of one quantity. Without a value everything but `count` and `total` is null. The quantile q is the value of rank
/// floor(q (n − 1)) among the n values in order, within 1 %; standard deviation is of the population.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Distribution {
    /// Executions that had a value.
    pub count: u64,
    #[schema(value_type = f64)]
    pub total: Option<Number>,
    #[serde(default, deserialize_with = "optional_float")]
    pub min: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub max: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub mean: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub std: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p25: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p50: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p75: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p90: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p95: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub p99: Option<f64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Statuses {
    pub success: u64,
    pub error: u64,
    pub timeout: u64,
    pub blocked: u64,
}

/// The figures of some executions.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    pub count: u64,
    pub statuses: Statuses,
    /// `success` of all, 0 to 1; null without executions.
    #[serde(default, deserialize_with = "optional_float")]
    pub success_rate: Option<f64>,
    /// `error` and `timeout` of all, 0 to 1; null without executions.
    #[serde(default, deserialize_with = "optional_float")]
    pub error_rate: Option<f64>,
    pub latency_ms: Distribution,
    pub input_tokens: Distribution,
    pub output_tokens: Distribution,
    /// Totals of the other kinds of tokens.
    pub cached_tokens: u64,
    pub cache_write_tokens: u64,
    pub reasoning_tokens: u64,
    pub cost_usd: Distribution,
    /// Executions whose cost is not known: they are not in `cost_usd`.
    pub unpriced: u64,
    /// Received more than 15 minutes after they started.
    pub late: u64,
    /// By name. Yes and no are 1 and 0, so that the mean is the rate; categories are only counted.
    pub scores: BTreeMap<String, ScoreFigures>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ScoreFigures {
    #[serde(flatten)]
    pub values: Distribution,
    /// By category.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SummaryItem {
    #[serde(flatten)]
    pub group: Group,
    /// Of all executions in the answer, 0 to 1; only where it is grouped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    #[serde(flatten)]
    pub figures: Figures,
}

/// What every answer says of itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    pub from: String,
    pub to: String,
    /// Everything that was acknowledged before this time is in.
    pub complete_until: String,
    /// `rollups`, or `raw`: counted from single executions, of which the newest are kept only.
    pub source: String,
    /// What makes these figures less than exact, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Most executions first; one line without `group_by`.
    pub items: Vec<SummaryItem>,
    #[serde(flatten)]
    pub coverage: Coverage,
}

/// Executions over time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Series {
    pub interval: String,
    pub zone: String,
    /// One without `group_by`; most executions first.
    pub items: Vec<SeriesItem>,
    #[serde(flatten)]
    pub coverage: Coverage,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SeriesItem {
    #[serde(flatten)]
    pub group: Group,
    pub points: Vec<Point>,
}

/// One bucket of time. Empty ones are there too: with count 0, and null for what has no value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// When it begins.
    pub at: String,
    /// By name of the metric.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
}

/// Messages of one shape: what differs from one to the next, such as numbers, is left out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorPattern {
    pub error_type: Option<String>,
    /// With `‹n›` for numbers, `‹id›` for identifiers, `‹text›` for what was quoted.
    pub message: String,
    pub count: u64,
    /// Of all failures in this time, 0 to 1.
    pub share: f64,
    pub first_seen: String,
    pub last_seen: String,
    /// Where it happened, most often first; ten at most.
    pub prompts: Vec<ErrorPlace>,
    /// How many prompts in all.
    pub prompt_count: u64,
    /// Id of the latest execution with it.
    pub example: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorPlace {
    pub prompt: String,
    pub version: String,
    pub count: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorPatterns {
    /// Most frequent first.
    pub items: Vec<ErrorPattern>,
    /// Failures in all: status `error`, `timeout` or `blocked`.
    pub errors: u64,
    pub patterns: u64,
    #[serde(flatten)]
    pub coverage: Coverage,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CompareFiguresQuery {
    pub prompt: String,
    /// A version.
    pub from: String,
    /// A version.
    pub to: String,
    /// Default: the production environment.
    pub environment: Option<String>,
    /// RFC 3339; default: 30 days before `until`.
    pub since: Option<String>,
    /// RFC 3339; default: now.
    pub until: Option<String>,
}

/// How two versions of a prompt did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ComparedFigures {
    pub prompt: String,
    pub from: String,
    pub to: String,
    pub environment: String,
    /// `concurrent`: over the hours in which both served. `observational`: different times, different callers: no
    /// verdict follows from it.
    pub basis: String,
    /// Hours in which both served.
    pub shared_hours: u64,
    pub from_figures: Figures,
    pub to_figures: Figures,
    pub changes: Vec<FigureChange>,
    /// What of the time asked for is counted; `from` and `to` are the versions here.
    pub since: String,
    pub until: String,
    /// Everything that was acknowledged before this time is in.
    pub complete_until: String,
    pub source: String,
    /// What makes these figures less than exact, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FigureChange {
    /// `error_rate`, `latency_mean_ms`, `cost_mean_usd`, `output_tokens_mean`, `score:<name>` …
    pub metric: String,
    /// `lower`, `higher` or `neither` is better.
    pub better: String,
    pub from: Option<f64>,
    pub to: Option<f64>,
    /// `to` less `from`.
    pub change: Option<f64>,
    /// 95 % interval of the change: large-sample normal approximation, unequal variances (Welch).
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// How one version did over a time, for lists of versions.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct VersionFigures {
    pub count: u64,
    #[serde(default, deserialize_with = "optional_float")]
    pub error_rate: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub latency_mean_ms: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub latency_p95_ms: Option<f64>,
    /// Input and output together.
    #[serde(default, deserialize_with = "optional_float")]
    pub tokens_mean: Option<f64>,
    #[serde(default, deserialize_with = "optional_float")]
    pub cost_mean_usd: Option<f64>,
}

/// Which days are to be counted again.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// RFC 3339; absent: from the first day of which all executions are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// RFC 3339; absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Puts what is counted in place of what is stored, for the days where the two differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<bool>,
}

/// Whether statistics are what the executions say.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Verified {
    pub agrees: bool,
    pub from: String,
    pub to: String,
    /// Days in between that have executions or cells.
    pub days: u64,
    pub executions: u64,
    /// Cells that were compared, each in all its figures.
    pub cells: u64,
    /// Cells that differed.
    pub different: u64,
    /// The first 20 of them, in words.
    pub differences: Vec<String>,
    pub repaired: bool,
    pub remarks: Vec<String>,
}
