//! What is taken back, as rows: the history of ways back, and what is not released again unasked.

use promptory_core::rollout::{Effect, EventKind, Transition};

use super::deploy::Placement;
use crate::{Result, StoreError, write::WriteTx};

statements! {
    INSERT_WAY_BACK = "INSERT INTO way_back (id, project_id, prompt_id, environment, kind, cause, wanted, evidence, \
        from_version_id, from_build_hash, from_deployment_id, to_version_id, to_build_hash, to_deployment_id, \
        ended_rollout, share_ppm, actor, reason, at, revision, settled_at, effect_us, lagging, release_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, NULL, NULL, '', $21)";
    INSERT_TAKEN_BACK = "INSERT INTO taken_back (way_back_id, deployment_id, project_id, prompt_id, environment, \
        version_id, build_hash, acknowledged_at, acknowledged_by) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)";
    ACKNOWLEDGE = "UPDATE taken_back SET acknowledged_at = $5, acknowledged_by = $6 WHERE project_id = $1 \
        AND prompt_id = $2 AND environment = $3 AND build_hash = $4 AND acknowledged_at IS NULL";
}

/// What is said of a way back, for its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// `manual`, `emergency` or `automatic`.
    pub kind: &'static str,
    /// By which call: `rollback`, `activate`, `deploy` …
    pub cause: &'static str,
    /// `previous`, `last_known_good`, `version` or `before_release`.
    pub wanted: &'static str,
    /// How much was known of the target.
    pub evidence: &'static str,
    /// The release that is taken back as a whole.
    pub release_id: Option<String>,
}

impl WayBack {
    /// By the last step of a deployment that goes back.
    pub(super) const BY_STEPS: Self =
        Self { kind: "manual", cause: "deploy", wanted: "version", evidence: "none", release_id: None };
}

/// A build that is served now, and is taken back.
pub(super) struct Taken {
    deployment_id: String,
    version_id: String,
    build_hash: String,
    share_ppm: i64,
}

/// What is served from then on.
pub(super) struct Goal<'a> {
    pub version_id: &'a str,
    pub build_hash: &'a str,
    pub deployment_id: &'a str,
}

/// Which way back it is, and whose.
pub(super) struct Gone<'a> {
    /// Of the way back itself.
    pub id: &'a str,
    pub way: &'a WayBack,
    pub actor: &'a str,
    pub reason: &'a str,
    pub ended_rollout: bool,
}

/// The end of a rollout that is taken back.
pub(super) fn ends_rollout(transition: &Transition) -> bool {
    transition.event.kind == EventKind::RollingBack && transition.effect == Effect::Ended
}

impl WriteTx {
    /// What is taken back where this goes live: what was rolled out, if that ends by it, and what is live.
    pub(super) async fn taken(&mut self, new: &Placement, ended: &[&Transition]) -> Result<Vec<Taken>> {
        let mut taken = Vec::new();
        for transition in ended.iter().filter(|one| ends_rollout(one)) {
            taken.push(self.rolled_out(transition.deployment.id.as_str()).await?);
        }
        let live = self.project().live(&new.prompt_id, &new.environment).await?;
        // The same bytes under another number stay.
        if let Some(live) = live.filter(|live| live.build_hash != new.build_hash) {
            taken.push(Taken {
                deployment_id: live.deployment_id,
                version_id: live.version_id,
                build_hash: live.build_hash,
                share_ppm: 1_000_000,
            });
        }
        Ok(taken)
    }

    /// As it is before the change.
    pub(super) async fn rolled_out(&mut self, deployment_id: &str) -> Result<Taken> {
        let row = self.project().deployment(deployment_id).await?;
        let row = row.ok_or_else(|| StoreError::Broken {
            table: "deployment",
            id: deployment_id.to_owned(),
            what: "there is no such row".to_owned(),
        })?;
        Ok(Taken {
            deployment_id: row.id,
            version_id: row.version_id,
            build_hash: row.build_hash,
            share_ppm: row.share_ppm,
        })
    }

    /// The first of what was taken is what it was about.
    pub(super) async fn went_back(
        &mut self,
        place: &Placement,
        taken: &[Taken],
        goal: &Goal<'_>,
        gone: &Gone<'_>,
    ) -> Result<()> {
        let Some(from) = taken.first() else { return Ok(()) };
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_WAY_BACK,
            gone.id,
            project.as_str(),
            &place.prompt_id,
            &place.environment,
            gone.way.kind,
            gone.way.cause,
            gone.way.wanted,
            gone.way.evidence,
            &from.version_id,
            &from.build_hash,
            &from.deployment_id,
            goal.version_id,
            goal.build_hash,
            goal.deployment_id,
            gone.ended_rollout,
            from.share_ppm,
            gone.actor,
            gone.reason,
            at,
            revision,
            &gone.way.release_id
        )?;
        for one in taken {
            let (conn, project) = self.parts();
            execute!(
                conn,
                INSERT_TAKEN_BACK,
                gone.id,
                &one.deployment_id,
                project.as_str(),
                &place.prompt_id,
                &place.environment,
                &one.version_id,
                &one.build_hash
            )?;
        }
        Ok(())
    }

    /// Somebody releases it again and knows that it was taken back.
    pub(super) async fn acknowledge(&mut self, place: &Placement) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            ACKNOWLEDGE,
            project.as_str(),
            &place.prompt_id,
            &place.environment,
            &place.build_hash,
            at,
            &place.actor
        )?;
        Ok(())
    }
}
