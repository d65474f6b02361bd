//! What was asked for, and where the prompt stands.

use promptory_api::rollback::PreviewRollback;
use promptory_core::{approval::Policy, rollout::State, time::Timestamp};
use promptory_store::{DeploymentRow, EnvironmentRow, LiveRow, PastBuildRow, ProjectReader, PromptRow};

use crate::{
    app::{Ctx, Outcome, deployments, references, wire},
    refusal::Refusal,
};

/// Builds that are looked at: who has been here for longer is not gone back to unnamed.
const PAST: i64 = 200;

pub(super) enum To {
    Previous,
    LastKnownGood,
    Version(String),
    /// What was live before a release: version and build hash.
    BeforeRelease(String, String),
}

impl To {
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::LastKnownGood => "last_known_good",
            Self::Version(_) => "version",
            Self::BeforeRelease(..) => "before_release",
        }
    }
}

pub(super) struct Asked {
    place: Place,
    pub to: To,
    pub emergency: bool,
    pub acknowledged: bool,
}

enum Place {
    Deployment(String),
    Prompt(String, Option<String>),
}

impl Asked {
    /// From what this deployment serves to what was live before its release.
    pub(super) fn back_before(deployment_id: &str, before: LiveRow, acknowledged: bool) -> Self {
        Self {
            place: Place::Deployment(deployment_id.to_owned()),
            to: To::BeforeRelease(before.version_id, before.build_hash),
            emergency: false,
            acknowledged,
        }
    }

    pub(super) fn of(body: PreviewRollback) -> Outcome<Self> {
        let place = match (body.deployment_id, body.prompt) {
            (Some(id), None) if body.environment.is_none() => Place::Deployment(id),
            (None, Some(prompt)) => Place::Prompt(prompt, body.environment),
            _ => {
                let detail = "Give `deployment_id`, or `prompt` and `environment`, one of the two.";
                return Err(Refusal::invalid("/deployment_id", detail));
            }
        };
        let emergency = match body.kind.as_deref() {
            None | Some("manual") => false,
            Some("emergency") => true,
            Some(other) => {
                let detail = format!("{other:.40?} is no kind; use \"manual\" or \"emergency\".");
                return Err(Refusal::invalid("/kind", detail));
            }
        };
        let to = match body.to.as_deref() {
            None | Some("previous") => To::Previous,
            Some("last_known_good") => To::LastKnownGood,
            Some(reference) => To::Version(reference.to_owned()),
        };
        Ok(Self { place, to, emergency, acknowledged: body.acknowledge_rollback.unwrap_or(false) })
    }
}

/// The build to get away from.
pub(super) struct Present {
    pub deployment_id: String,
    pub version_id: String,
    pub build_hash: String,
    /// It is being rolled out, or bakes.
    pub rolling: bool,
}

pub(super) struct Standing {
    pub prompt: PromptRow,
    pub environment: String,
    pub row: EnvironmentRow,
    pub policy: Policy,
    /// What was named, whether it is served or not.
    pub named: Option<DeploymentRow>,
    pub live: Option<LiveRow>,
    /// The rollout that is under way, also while it bakes.
    pub running: Option<DeploymentRow>,
    /// None: nothing is served, or nothing of what was named.
    pub present: Option<Present>,
    /// Beside a rollout that is the present one.
    pub stable: Option<String>,
    /// The most recent first.
    pub past: Vec<PastBuildRow>,
}

impl Standing {
    pub(super) async fn load(
        ctx: &Ctx,
        reader: &mut ProjectReader<'_>,
        asked: &Asked,
        now: Timestamp,
    ) -> Outcome<Self> {
        let (named, prompt, environment) = match &asked.place {
            Place::Deployment(id) => {
                let row = deployments::row(reader, id).await?;
                let environment = ctx.environment(Some(&row.environment))?;
                let prompt = references::prompt(reader, &row.prompt).await?;
                (Some(row), prompt, environment)
            }
            Place::Prompt(name, environment) => {
                let environment = ctx.environment_to_change(environment.as_deref(), "/environment")?;
                (None, references::prompt(reader, name).await?, environment)
            }
        };
        let rows = reader.environments().await?;
        let row = rows.into_iter().find(|row| row.name == environment);
        let row = row.ok_or_else(|| Refusal::no_environment(&environment))?;
        let live = reader.live(&prompt.id, &environment).await?;
        let running = reader.under_way(&prompt.id).await?;
        let running = running.into_iter().find(|row| row.environment == environment);
        let past = reader.past_builds((&prompt.id, &environment), now.micros(), PAST).await?;
        let mut standing = Self {
            policy: row.policy()?,
            prompt,
            environment,
            row,
            named,
            live,
            running,
            present: None,
            stable: None,
            past,
        };
        standing.present = standing.presently();
        standing.stable = standing.beside();
        Ok(standing)
    }

    /// What was named, if it is served; else what is rolled out, else what is live.
    fn presently(&self) -> Option<Present> {
        let is_named = |id: &str| self.named.as_ref().is_none_or(|named| named.id == id);
        let running = self.running.as_ref().filter(|row| is_named(&row.id)).map(|row| Present {
            deployment_id: row.id.clone(),
            version_id: row.version_id.clone(),
            build_hash: row.build_hash.clone(),
            rolling: true,
        });
        let live = self.live.as_ref().filter(|row| is_named(&row.deployment_id)).map(|row| Present {
            deployment_id: row.deployment_id.clone(),
            version_id: row.version_id.clone(),
            build_hash: row.build_hash.clone(),
            rolling: false,
        });
        running.or(live)
    }

    /// What the others get while a rollout runs; while it bakes, what was live just before.
    fn beside(&self) -> Option<String> {
        let present = self.present.as_ref().filter(|present| present.rolling)?;
        let live = self.live.as_ref()?;
        if live.deployment_id != present.deployment_id {
            return Some(live.build_hash.clone());
        }
        let before = self.past.iter().find(|row| row.until == Some(live.since));
        before.map(|row| row.build_hash.clone())
    }

    /// Everybody has what is rolled out.
    pub(super) fn bakes(&self) -> bool {
        let live = self.live.as_ref().map(|live| live.deployment_id.as_str());
        self.running.as_ref().is_some_and(|row| live == Some(row.id.as_str()))
    }

    /// Share of units that gets the present build, in millionths.
    pub(super) fn share_ppm(&self) -> i64 {
        match (&self.present, &self.running) {
            (Some(present), Some(running)) if present.rolling => running.share_ppm,
            (Some(_), Some(running)) => 1_000_000 - running.share_ppm,
            (Some(_), None) => 1_000_000,
            (None, _) => 0,
        }
    }

    /// Why what was named is not taken back.
    pub(super) fn not_served(&self) -> Outcome<String> {
        let Some(named) = &self.named else {
            let (prompt, environment) = (&self.prompt.name, &self.environment);
            return Ok(format!(
                "Nothing of {prompt:?} is live in {environment:?}, so there is nothing to go back from."
            ));
        };
        let state = State::from_stored(&named.state, &named.state_detail);
        let state = state.ok_or_else(|| wire::damaged("deployment", &named.id))?;
        let detail = if state.is_waiting() {
            "It has not started, so nobody has got it. Abort it, or name prompt and environment to go back from what is live."
        } else {
            "Nothing of it is served any more. Name prompt and environment to go back from what is."
        };
        Ok(detail.to_owned())
    }
}
