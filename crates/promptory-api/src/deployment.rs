use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// A reference: `1.2.0`, a sequence number, `latest`, or an environment whose live version is meant.
    pub version: String,
    /// Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// A live build that includes the prompt that was activated, and would be another one if it were made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dependent {
    pub prompt: String,
    pub environment: String,
    /// The version that is live there. Activate it again to take up the change.
    pub version: String,
    pub build_hash: String,
    /// What the build would be now; null when it could not be made.
    pub would_be: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Deployment {
    pub id: String,
    pub prompt: String,
    pub environment: String,
    /// What went live.
    pub version: String,
    /// What was live before; null when nothing was.
    pub from: Option<String>,
    /// `completed`: it reached everybody. `ended_at` says when another took its place.
    pub state: String,
    /// `immediate`.
    pub strategy: String,
    /// Share of requests, in percent.
    pub percentage: u8,
    pub build_hash: String,
    /// `forward`, or `back` to an older version that had been live here before.
    pub direction: String,
    pub reason: String,
    pub actor: String,
    pub created_at: String,
    /// When another took its place; null while live.
    pub ended_at: Option<String>,
    /// The project's revision of the commit that made it live.
    pub revision: i64,
    /// Only in the answer to an activation: live builds that include this prompt and stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<Dependent>,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeploymentQuery {
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
