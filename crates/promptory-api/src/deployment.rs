use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::{IntoParams, ToSchema};

use crate::approval::{DeclareEmergency, PendingApproval};

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// A reference: `1.2.0`, a sequence number, `latest`, or an environment whose live version is meant.
    pub version: String,
    /// Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Does without approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// The build was taken back in this environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// Brings a version to an environment: at once, or to more and more callers.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    pub prompt: String,
    /// A reference, as for `activate`.
    pub version: String,
    /// Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `immediate` (the default), `gradual` (10, 25, 50, 75 and 100 % after 0, 1, 2, 4 and 8 hours), `canary` (5, 10, 25, 50
    /// and 100 % after 0, 2, 4, 8 and 24 hours), or steps of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Strategy>)]
    pub strategy: Option<Value>,
    /// What stays with one version meanwhile: `user` (the default) or `session`, by the `key` of a call, or `request`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// It waits until somebody starts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Does without approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// The build was taken back in this environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Strategy {
    Named(String),
    Own(Steps),
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Shares rise to 100 %; times count from the start, the first is 0.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Of all units, in steps of 0.01.
    #[schema(value_type = f64)]
    pub percentage: Number,
    pub after_s: i64,
}

/// What somebody wants of a deployment, and why.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentCommand {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `number` of the deployment as it was seen: where it has moved since, nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Of `start`: the build was taken back in this environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
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
    /// What it brings.
    pub version: String,
    /// What was live before; null when nothing was.
    pub from: Option<String>,
    /// `pending_approval`: it starts at the last approval. `scheduled`: it waits for its start. `running`, `paused`: a share of
    /// callers gets it. `completed`: it reached everybody. `rolling_back`, `rolled_back`: it was taken back. `aborted`: it was
    /// given up. `superseded`: another one was started.
    pub state: String,
    /// Why it waits, is paused or was aborted; of a superseded one the deployment that took over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// `immediate`, `gradual`, `canary` or `custom`.
    pub strategy: String,
    /// Share of units that gets it, in percent.
    #[schema(value_type = f64)]
    pub percentage: Number,
    /// `user`, `session` or `request`.
    pub unit: String,
    /// It waits until somebody starts it.
    pub hold: bool,
    /// What it waits for, or was started by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<PendingApproval>,
    /// Why it was allowed to start: `no_stages`, `approved`, `served_before`, `emergency` …; null: it has not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Index of the present step.
    pub step: u64,
    /// All steps, past and coming.
    pub steps: Vec<DeploymentStep>,
    /// Rises by one with each event.
    pub number: u64,
    /// What can be done with it now.
    pub possible: Vec<String>,
    /// What decides whether it goes on; empty: nothing is watched, it advances by time alone.
    pub watched: Vec<String>,
    pub build_hash: String,
    /// `forward`, or `back` to an older version that had been live here before.
    pub direction: String,
    /// The deployment that this one is the way back from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<String>,
    /// The release that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_id: Option<String>,
    pub reason: String,
    pub actor: String,
    pub created_at: String,
    pub started_at: Option<String>,
    /// When time moves it on; null: not before somebody does.
    pub next_at: Option<String>,
    /// When it came to its end.
    pub finished_at: Option<String>,
    /// When another took the place of what it made live; null while it is live, or when it never was.
    pub ended_at: Option<String>,
    /// The project's revision of the commit that last moved it.
    pub revision: i64,
    /// Everything that happened to it, in order; not in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<DeploymentEvent>,
    /// Only in the answer to an activation: live builds that include this prompt and stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<Dependent>,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeploymentStep {
    #[schema(value_type = f64)]
    pub percentage: Number,
    pub after_s: i64,
    /// Seconds for which it is held at least, from when it really began, without pauses.
    pub hold_s: i64,
    /// `past`, `present`, `coming`, or `never`: skipped, or the deployment ended before.
    pub state: String,
    /// By the schedule, counted from the start.
    pub planned_at: Option<String>,
    /// When it really began.
    pub entered_at: Option<String>,
    /// When a coming one begins if nothing happens until then.
    pub expected_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeploymentEvent {
    /// From 1 without gaps.
    pub seq: i64,
    pub at: String,
    /// `created`, `held`, `started`, `advanced`, `promoted`, `paused`, `resumed`, `aborted`, `superseded` …
    pub kind: String,
    /// Null: it was created.
    pub from: Option<String>,
    pub to: String,
    pub step: i64,
    /// What is served from then on, in percent.
    #[schema(value_type = f64)]
    pub percentage: Number,
    /// Null: the clock.
    pub actor: Option<String>,
    pub reason: String,
}

/// Where the deployment of a refused command stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeploymentStanding {
    pub id: String,
    pub state: String,
    pub number: u64,
    /// What can be done with it now.
    pub possible: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeploymentQuery {
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// As `state` of a deployment.
    pub state: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
