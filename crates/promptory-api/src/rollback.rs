//! The way back: looked at beforehand, asked for, and told afterwards.

use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::{IntoParams, ToSchema};

use crate::{
    analytics::VersionFigures,
    approval::PendingApproval,
    compare::{Difference, Verdict},
};

/// Takes back what an environment serves of a prompt. Give `deployment_id`, or `prompt` and `environment`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRollback {
    /// What is to be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Needed beside `prompt`, unless the key is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `previous` (the default), `last_known_good`, or a reference to a version that was live there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// `manual` (the default), or `emergency`: also to a build that was never live there, and where the environment is
    /// frozen or only goes forward. It needs an administrator, and freezes the environment for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Why; for the history and the audit log.
    pub reason: String,
    /// The target was taken back itself, and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
}

impl NewRollback {
    /// To look at it beforehand.
    pub fn ahead(&self) -> PreviewRollback {
        PreviewRollback {
            deployment_id: self.deployment_id.clone(),
            prompt: self.prompt.clone(),
            environment: self.environment.clone(),
            to: self.to.clone(),
            kind: self.kind.clone(),
            acknowledge_rollback: self.acknowledge_rollback,
        }
    }
}

/// As `POST /rollbacks`, which it looks ahead of.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRollback {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_rollback: Option<bool>,
}

/// What a way back would do. Nothing was changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RollbackPreview {
    /// `POST /rollbacks` with the same would do it.
    pub valid: bool,
    /// It would wait until somebody agrees. An emergency does without.
    pub needs_approval: bool,
    /// Everything that speaks against it, the hardest first.
    pub problems: Vec<RollbackProblem>,
    /// What would be taken back; null when nothing is served.
    pub from: Option<RollbackSide>,
    /// Null when there is nothing to go back to.
    pub target: Option<RollbackTarget>,
    /// Null when nothing else was live that nobody took back.
    pub last_known_good: Option<RollbackTarget>,
    /// A rollout ends by it: what is live was so all the time.
    pub ends_rollout: bool,
    /// Null without a target.
    pub impact: Option<RollbackImpact>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollbackProblem {
    /// `not_served`, `nothing_before`, `present`, `not_found`, `archived`, `quarantined`, `fix_forward`, `never_live`,
    /// `build_failed` or `render_failed`.
    pub code: String,
    pub detail: String,
    /// An emergency does without.
    pub emergency: bool,
}

/// A build of the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollbackSide {
    pub version: String,
    pub sequence: i64,
    pub build_hash: String,
    /// By which it is or was served; null when it never was.
    pub deployment_id: Option<String>,
}

/// A build that can be gone back to, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollbackTarget {
    #[serde(flatten)]
    pub build: RollbackSide,
    /// `executions`: it answered at least 100 calls over at least an hour, and nothing spoke against it. `none`: it is only
    /// the most recent that nobody took back, or was named.
    pub evidence: String,
    pub executions: u64,
    /// Seconds for which it was live there, all times together.
    pub live_s: i64,
    /// When it last became live there; null: it never was.
    pub live_since: Option<String>,
    /// When it last ceased to be; null: it is live, or never was.
    pub live_until: Option<String>,
    /// It was taken back itself.
    pub taken_back: Option<TakenBack>,
}

/// Who took a build back, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenBack {
    pub rollback_id: String,
    pub environment: String,
    pub version: String,
    pub actor: String,
    pub at: String,
    pub reason: String,
}

/// What callers would notice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RollbackImpact {
    /// Share of units that would get another version, in percent.
    #[schema(value_type = f64)]
    pub percentage: Number,
    /// Keys that were given what would be taken back there in the last 24 hours, the busiest first; 20 at most.
    pub callers: Vec<RollbackCaller>,
    /// All of those keys.
    pub callers_count: u64,
    /// Can the target stand where callers expect what is served now?
    pub contract: Verdict,
    pub variables: Vec<Difference>,
    pub settings: Vec<Difference>,
    /// Live builds of the environment that include this prompt: they keep what they have.
    pub dependents: Vec<RollbackDependent>,
    /// Of what would be taken back, while it was served there.
    pub from_figures: RollbackFigures,
    /// Of the target, while it was live there the last time.
    pub to_figures: RollbackFigures,
    /// Inputs that the target was rendered with: what callers sent lately, and the saved samples.
    pub rendered: RenderedInputs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollbackCaller {
    pub key_id: String,
    pub key_name: String,
    /// Since the key first got it.
    pub uses: i64,
    pub last_at: String,
}

/// A live build that holds a version of the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollbackDependent {
    pub prompt: String,
    pub version: String,
    pub build_hash: String,
    /// Of the prompt that goes back.
    pub includes_version: String,
}

/// Executions of one version in the environment over a time.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RollbackFigures {
    /// Null: it was never served there, and there are no figures.
    pub since: Option<String>,
    pub until: Option<String>,
    #[serde(flatten)]
    pub figures: VersionFigures,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RenderedInputs {
    /// Variables of executions that were recorded lately, where bodies are kept.
    pub executions: u64,
    pub samples: u64,
    /// Of all of them.
    pub failed: u64,
}

/// A way back that was gone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Rollback {
    pub id: String,
    pub prompt: String,
    pub environment: String,
    /// `manual`, `emergency` or `automatic`.
    pub kind: String,
    /// By which call: `rollback`, `release` for the whole of one, or `activate`, `deploy` or `revert` of what had been live
    /// there before.
    pub cause: String,
    /// What was taken back, and the deployment that had brought it.
    pub from: RollbackSide,
    /// What is served since, and the deployment that brought it.
    pub to: RollbackSide,
    /// It ended a rollout: what is served since was live all the time.
    pub ended_rollout: bool,
    /// Share of units that had got what was taken back, in percent.
    #[schema(value_type = f64)]
    pub percentage: Number,
    /// The release that was taken back as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_id: Option<String>,
    /// As asked for: `previous`, `last_known_good` or `version`; of a release `before_release`.
    pub wanted: String,
    /// `executions` or `none`, see `target` of the preview.
    pub evidence: String,
    pub actor: String,
    pub reason: String,
    pub at: String,
    /// `pending_approval`: it waits as the deployment of the same id, and nothing has changed yet. `settling`: not every server
    /// has said that it serves the target. `settled`.
    pub state: String,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<PendingApproval>,
    pub settled_at: Option<String>,
    /// From the commit until the last server that confirmed had it; null while it settles.
    pub time_to_effect_ms: Option<f64>,
    /// Servers that had not confirmed after 30 seconds.
    pub lagging: Vec<String>,
    /// The project's revision of its commit.
    pub revision: i64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RollbackQuery {
    pub prompt: Option<String>,
    pub environment: Option<String>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
