//! Which executions are asked for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Execution;

/// Which executions. Filters of one list are joined by *and*; one that names several values, joined by commas, by *or*.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExecutionQuery {
    pub prompt: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub variant: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub country: Option<String>,
    /// `success`, `error`, `timeout`, `blocked`.
    pub status: Option<String>,
    pub error_type: Option<String>,
    /// `live` when absent; `all` for every purpose.
    pub purpose: Option<String>,
    /// The end user.
    pub key: Option<String>,
    pub session: Option<String>,
    pub trace_id: Option<String>,
    /// `name` or `name:value`.
    pub tag: Option<String>,
    pub min_latency_ms: Option<f64>,
    /// True: only those without a cost.
    pub unpriced: Option<bool>,
    /// RFC 3339, included.
    pub from: Option<String>,
    /// RFC 3339, not included.
    pub to: Option<String>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// As [`ExecutionQuery`], for what came since.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TailQuery {
    /// `next` of the answer before.
    pub after: Option<String>,
    pub prompt: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub variant: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub country: Option<String>,
    /// `success`, `error`, `timeout`, `blocked`.
    pub status: Option<String>,
    pub error_type: Option<String>,
    /// `live` when absent; `all` for every purpose.
    pub purpose: Option<String>,
    /// The end user.
    pub key: Option<String>,
    pub session: Option<String>,
    pub trace_id: Option<String>,
    /// `name` or `name:value`.
    pub tag: Option<String>,
    pub min_latency_ms: Option<f64>,
    /// True: only those without a cost.
    pub unpriced: Option<bool>,
    /// RFC 3339, included.
    pub from: Option<String>,
    /// RFC 3339, not included.
    pub to: Option<String>,
}

/// As [`ExecutionQuery`], for a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExecutionExport {
    /// `ndjson`, or `csv`; `ndjson` when absent.
    pub format: Option<String>,
    /// True: with variables, inputs and outputs; NDJSON only.
    pub bodies: Option<bool>,
    pub prompt: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub variant: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub country: Option<String>,
    /// `success`, `error`, `timeout`, `blocked`.
    pub status: Option<String>,
    pub error_type: Option<String>,
    /// `live` when absent; `all` for every purpose.
    pub purpose: Option<String>,
    /// The end user.
    pub key: Option<String>,
    pub session: Option<String>,
    pub trace_id: Option<String>,
    /// `name` or `name:value`.
    pub tag: Option<String>,
    pub min_latency_ms: Option<f64>,
    /// True: only those without a cost.
    pub unpriced: Option<bool>,
    /// RFC 3339, included.
    pub from: Option<String>,
    /// RFC 3339, not included.
    pub to: Option<String>,
}

/// What was received lately, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Tail {
    pub items: Vec<Execution>,
    /// Hand it back as `after`.
    pub next: String,
    /// There was more than fits: these are the newest.
    pub skipped: bool,
}

impl From<TailQuery> for ExecutionQuery {
    fn from(query: TailQuery) -> Self {
        let TailQuery {
            prompt,
            version,
            environment,
            variant,
            provider,
            model,
            country,
            status,
            error_type,
            purpose,
            key,
            session,
            trace_id,
            tag,
            min_latency_ms,
            unpriced,
            from,
            to,
            ..
        } = query;
        Self {
            prompt,
            version,
            environment,
            variant,
            provider,
            model,
            country,
            status,
            error_type,
            purpose,
            key,
            session,
            trace_id,
            tag,
            min_latency_ms,
            unpriced,
            from,
            to,
            limit: None,
            cursor: None,
        }
    }
}

impl From<ExecutionExport> for ExecutionQuery {
    fn from(query: ExecutionExport) -> Self {
        let ExecutionExport {
            prompt,
            version,
            environment,
            variant,
            provider,
            model,
            country,
            status,
            error_type,
            purpose,
            key,
            session,
            trace_id,
            tag,
            min_latency_ms,
            unpriced,
            from,
            to,
            ..
        } = query;
        Self {
            prompt,
            version,
            environment,
            variant,
            provider,
            model,
            country,
            status,
            error_type,
            purpose,
            key,
            session,
            trace_id,
            tag,
            min_latency_ms,
            unpriced,
            from,
            to,
            limit: None,
            cursor: None,
        }
    }
}
