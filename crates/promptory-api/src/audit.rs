use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// One entry of the audit log. The hash covers the entry and the hash before it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// 1, 2, 3 … per project, without gaps.
    pub n: i64,
    pub at: String,
    /// `key:<id>`, `admin` for the environment's administrator key, `system`, or a key's prefix when denied.
    pub actor: String,
    pub actor_name: String,
    /// `prompt.create`, `deployment.activate`, `denied` …
    pub action: String,
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// Network address that the request came from.
    pub address: Option<String>,
    pub request_id: Option<String>,
    /// Before and after, or what else explains it.
    #[schema(value_type = Object)]
    pub detail: Box<RawValue>,
    pub hash: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    pub prompt: Option<String>,
    pub action: Option<String>,
    pub actor: Option<String>,
    pub environment: Option<String>,
    /// RFC 3339, inclusive.
    pub from: Option<String>,
    /// RFC 3339, exclusive.
    pub to: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VerifyQuery {
    /// `n:hash` of a head seen earlier: finds truncation and restored copies.
    pub expect: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditVerification {
    pub valid: bool,
    pub entries: i64,
    /// `n:hash` of the newest entry: keep it elsewhere and hand it back as `expect`.
    pub head: String,
    /// The first entry that does not fit, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
