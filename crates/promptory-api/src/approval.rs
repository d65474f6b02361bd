//! Who agreed to what: requests for approval, decisions, and emergencies that are looked at afterwards.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{environment::Policy, release::ReleaseItem};

/// Asks for a version to be approved before anybody deploys it. Changes that need approval ask by themselves.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    pub prompt: String,
    /// A reference: `1.2.0`, a sequence number, a label, `latest`.
    pub version: String,
    /// Needed unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// For those who decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What somebody says with a decision. A comment by itself needs words.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Only at `/comment`: the `seq` of the decision or comment of this request that it answers. An answer to an answer
    /// belongs to what that one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<i64>,
}

/// One request for approval, with all that was decided. It holds for one build, or one change, in one environment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    pub id: String,
    /// `build`: a build is to be served. `archive`: a prompt is to be served no more. `policy`: the environment is to ask
    /// for less. `unfreeze`: a freeze is to end, or to end earlier. `release`: several builds are to be served together.
    pub kind: String,
    /// `pending`, `approved`, `rejected`, `changes_requested`, `withdrawn` or `expired`, by the policy in force.
    pub state: String,
    pub environment: String,
    /// Null where it is about the environment itself.
    pub prompt: Option<String>,
    pub version: Option<String>,
    /// What is approved, and nothing else.
    pub build_hash: Option<String>,
    /// Name of the stage that is open; null: none is.
    pub stage: Option<String>,
    /// As the policy in force has them, in order.
    pub stages: Vec<ApprovalStage>,
    /// Who asked.
    pub requester: ApprovalPerson,
    /// Who wrote a version of the build, as far as they are persons of the instance.
    pub authors: Vec<ApprovalPerson>,
    pub note: String,
    /// In order; comments stand apart.
    pub decisions: Vec<ApprovalDecision>,
    pub comments: Vec<ApprovalDecision>,
    /// Of what is to be changed, where it is about a policy.
    pub policy: Option<PolicyChange>,
    /// The deployment that waits for it, or was started by it.
    pub deployment_id: Option<String>,
    /// The release that waits for it as a whole, or began by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_id: Option<String>,
    /// What the release brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReleaseItem>,
    pub opened_at: String,
    pub expires_at: String,
    /// When nothing could be decided any more.
    pub ended_at: Option<String>,
    /// When what it allowed was done: it allows nothing more.
    pub spent_at: Option<String>,
    /// What the caller can do: some of `approve`, `reject`, `request-changes`, `comment`, `withdraw`.
    pub possible: Vec<String>,
    /// Why the caller cannot approve; null: they can, or nothing is open.
    pub why_not: Option<String>,
}

/// Somebody who asked, wrote or decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalPerson {
    /// Null: a key that belongs to nobody, or the clock.
    pub id: Option<String>,
    pub name: String,
}

/// Where one stage stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalStage {
    pub name: String,
    /// `done`, `open` or `waiting`.
    pub state: String,
    pub roles: Vec<String>,
    pub users: Vec<ApprovalPerson>,
    /// How many approvals it takes.
    pub approvals: u32,
    /// Who counts for it.
    pub by: Vec<ApprovalPerson>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalDecision {
    /// From 1 without gaps, comments counted in.
    pub seq: i64,
    pub at: String,
    pub by: ApprovalPerson,
    /// `approve`, `reject`, `request_changes`, `comment`, `withdraw` or `expire`.
    pub kind: String,
    /// For which stage it was given; empty for all but `approve`.
    pub stage: String,
    pub comment: String,
    /// Of a comment: the `seq` of what it answers. Null: it begins a thread.
    pub reply_to: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PolicyChange {
    /// In force now.
    pub before: Policy,
    pub after: Policy,
    /// In words, by what less is asked for.
    pub loosens: Vec<String>,
}

/// An approval that something waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingApproval {
    /// Of the approval.
    pub id: String,
    pub environment: String,
    pub state: String,
    /// Name of the stage that is open.
    pub stage: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ApprovalQuery {
    /// As `state` of an approval; also `open`: somebody can still decide.
    pub state: Option<String>,
    /// `true`: only those that wait for the caller.
    pub mine: Option<bool>,
    /// `true`: only those that the caller asked for.
    pub asked: Option<bool>,
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Does without approval, because it cannot wait. It needs the scope `admin`, or, for people and their own keys, `deploy`
/// and `approve`. Somebody else has to look at it afterwards.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareEmergency {
    /// What is wrong.
    pub reason: String,
}

/// Something went live in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Emergency {
    pub deployment_id: String,
    pub prompt: String,
    pub environment: String,
    pub version: String,
    pub by: ApprovalPerson,
    pub reason: String,
    pub at: String,
    /// Until when somebody else has to have looked at it.
    pub review_by: String,
    /// Nobody has, and it is past that time.
    pub overdue: bool,
    /// Null: nobody has looked at it yet.
    pub review: Option<EmergencyReview>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmergencyReview {
    pub at: String,
    pub by: ApprovalPerson,
    /// The build counts as approved here from then on.
    pub approved: bool,
    pub comment: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewEmergency {
    /// `true`: it was right, and the build counts as approved here. `false`: it was not; deploy something else.
    pub approved: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EmergencyQuery {
    /// `true`: only those that somebody looked at; `false`: only the others.
    pub reviewed: Option<bool>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
