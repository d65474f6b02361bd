//! Several prompts that go to an environment together, and are taken back together.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::{IntoParams, ToSchema};

use crate::{
    approval::{DeclareEmergency, PendingApproval},
    deployment::{Dependent, Strategy},
    rollback::Rollback,
};

/// Brings several versions to an environment: all of them, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Each prompt once, 50 at most; each is built as if all of them were live.
    pub items: Vec<NewReleaseItem>,
    /// Also live builds of the environment that include one of these, directly or through others: their versions are built
    /// anew. Otherwise they are only named in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_dependents: Option<bool>,
    /// For each of them, as for a deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Strategy>)]
    pub strategy: Option<Value>,
    /// As for a deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Does without approval, for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<DeclareEmergency>,
    /// Builds among them were taken back in this environment, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
    /// Say what would happen, and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReleaseItem {
    pub prompt: String,
    /// A reference, as for `activate`.
    pub version: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Release {
    pub id: String,
    pub environment: String,
    /// `waiting`: none of it has started. `running`: a part of it is on its way. `completed`: what began is through.
    /// `taken_back`: nothing of it is live, and some of it was taken back. `ended`: all of it was given up or superseded.
    pub state: String,
    /// What all of it waits for, or began by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<PendingApproval>,
    /// `rollback`, while there is something of it to take back or to give up.
    pub possible: Vec<String>,
    pub reason: String,
    pub actor: String,
    pub created_at: String,
    /// In the order in which they were asked for, then what was built anew.
    pub items: Vec<ReleaseItem>,
    /// Only in the answer that made it: live builds that include something of it and stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<Dependent>,
    /// Nothing was changed: this is what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// One deployment of a release.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReleaseItem {
    pub prompt: String,
    pub version: String,
    /// What was live before; null when nothing was.
    pub from: Option<String>,
    pub build_hash: String,
    /// Nobody named it: it was built anew because it includes what is released.
    pub dependent: bool,
    pub deployment_id: String,
    /// As of a deployment.
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Share of units that gets it, in percent.
    #[schema(value_type = f64)]
    pub percentage: Number,
    /// It is live by this deployment.
    pub live: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReleaseQuery {
    /// One of its prompts.
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Takes back all of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollBackRelease {
    /// Why; for the history and the audit log.
    pub reason: String,
    /// Builds that were live before it were taken back themselves, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReleaseRollback {
    /// As it is now.
    pub release: Release,
    /// What was taken back by this request.
    pub taken_back: Vec<Rollback>,
    /// What was left as it is, and why.
    pub left: Vec<LeftAlone>,
}

/// A part of a release of which there was nothing to take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftAlone {
    pub prompt: String,
    pub deployment_id: String,
    pub detail: String,
}
