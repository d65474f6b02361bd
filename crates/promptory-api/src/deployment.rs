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
    /// `forward`, or `back` when the version had been live here before.
    pub direction: String,
    pub reason: String,
    pub actor: String,
    pub created_at: String,
    /// When another took its place; null while live.
    pub ended_at: Option<String>,
    /// The project's revision of the commit that made it live.
    pub revision: i64,
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
