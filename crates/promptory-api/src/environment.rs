use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::approval::PendingApproval;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Environment {
    pub name: String,
    /// 1, 2, 3 …: how near to users; the highest is nearest.
    pub position: i64,
    /// The one that users meet. Exactly one environment of a project is.
    pub production: bool,
    pub policy: Policy,
    /// Null: it takes new things.
    pub freeze: Option<Freeze>,
    /// Seconds that a conversation may rest and still keep the build that it got (`pin` of `resolve`).
    pub pin_idle_s: i64,
    pub created_at: String,
    /// Only in the answer to a change that asks for less than what holds: it waits for this approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingApproval>,
}

/// It takes nothing new; going back stays possible, and what has started goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    pub since: String,
    /// Null: until somebody ends it.
    pub until: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginFreeze {
    /// Told to everybody who is refused.
    pub reason: String,
    /// RFC 3339; absent: until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndFreeze {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What an environment asks for before it serves something new. In a change, `stages` and what follows stay as they are
/// where they are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// One after the other. Empty: the environment approves by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<Stage>>,
    /// Authors of what is approved, and who asked for it, count as well. `false` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_author: Option<bool>,
    /// `allowed`: activating an older version goes back. `fix_forward`: it is refused; revert makes a new version with
    /// the old content.
    pub rollback: String,
    /// Going back to what was approved here before needs approval as well. `false` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_needs_approval: Option<bool>,
    /// Whoever has the right may do without approval, with a reason. `true` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<bool>,
    /// Seconds from asking to the end of an approval, an hour to 90 days; 14 days unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_s: Option<i64>,
}

/// So many of these people, each with one of the roles or named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Unique in its policy. Decisions belong to a name: a stage that is renamed starts anew.
    pub name: String,
    /// `viewer`, `editor`, `approver`, `operator` or `admin`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Ids of members; an email is taken as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// One person counts once over all stages.
    pub approvals: u32,
}

/// Takes back what GET gave: fields that cannot be changed here must be as they are, or be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Freezing and unfreezing are calls of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Freeze>,
    /// 60 to 2,592,000 (30 days); absent: as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_idle_s: Option<i64>,
    pub policy: Policy,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AtQuery {
    /// RFC 3339; absent: now.
    pub time: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What an environment served of one prompt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LiveAt {
    /// Its present name.
    pub prompt: String,
    pub version: String,
    pub sequence: i64,
    pub content_hash: String,
    pub build_hash: String,
    pub deployment_id: String,
    pub since: String,
    /// Null: it is live still.
    pub until: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    pub name: String,
    /// Where in the order; later ones move up. Absent: just before the production environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}
