//! The rows of deployments: where they stand, what happened to them, what is live and what is being rolled out.

use promptory_core::{
    rollout::{Effect, State, Transition},
    time::Timestamp,
};
use serde_json::json;

use super::{back::WayBack, unlike};
use crate::{Change, ChangeKind, DeploymentRow, Result, StoreError, deployment::json_of, write::WriteTx};

statements! {
    /// As number 0: its first transition makes it 1.
    INSERT_DEPLOYMENT = "INSERT INTO deployment (id, project_id, prompt_id, environment, version_id, from_version_id, \
        build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision, schedule, watch, unit, seed, \
        rollback_of, number) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11, $12, NULL, $13, $14, $15, $16, $17, $18, 0)";
    /// The number says which row this was decided from.
    MOVE_DEPLOYMENT = "UPDATE deployment SET state = $3, state_detail = $4, hold = $5, number = $6, step = $7, \
        share_ppm = $8, changed_at = $9, started_at = $10, finished_at = $11, entered_at = $12, paused_at = $13, \
        paused_us = $14, entries = $15, next_at = $16, under_way = $17, revision = $18 \
        WHERE project_id = $1 AND id = $2 AND number = $6 - 1";
    /// What is completed is approved for going back, and allows nothing new.
    SPEND_APPROVAL_OF = "UPDATE approval SET spent_at = $3, ended_at = COALESCE(ended_at, $3), standing = FALSE \
        WHERE project_id = $1 AND spent_at IS NULL AND (deployment_id = $2 OR id IN (SELECT r.approval_id FROM release r \
        JOIN release_item i ON i.release_id = r.id WHERE i.deployment_id = $2))";
    INSERT_EVENT = "INSERT INTO deployment_event (deployment_id, seq, project_id, at, kind, from_state, to_state, to_detail, \
        step, share_ppm, actor, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    PUT_ROLLOUT = "INSERT INTO rollout (prompt_id, environment, project_id, deployment_id, version_id, build_hash, \
        share_ppm, seed, unit, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT (prompt_id, environment) DO UPDATE SET deployment_id = excluded.deployment_id, \
        version_id = excluded.version_id, build_hash = excluded.build_hash, share_ppm = excluded.share_ppm, \
        seed = excluded.seed, unit = excluded.unit, revision = excluded.revision";
    SET_SHARE = "UPDATE rollout SET share_ppm = $5 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 \
        AND deployment_id = $4";
    END_ROLLOUT = "DELETE FROM rollout WHERE project_id = $1 AND prompt_id = $2 AND environment = $3";
    /// What is live says what is rolled out beside it.
    TOUCH_LIVE = "UPDATE live SET revision = $4 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 \
        AND until IS NULL";
    END_DEPLOYMENT = "UPDATE deployment SET ended_at = $4 WHERE id = \
        (SELECT deployment_id FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL)";
    /// Cleared before the new one is set: a unique index is checked at once.
    END_LIVE = "UPDATE live SET until = $4, taken_back = $5 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 \
        AND until IS NULL";
    INSERT_LIVE = "INSERT INTO live (deployment_id, project_id, prompt_id, environment, version_id, build_hash, since, \
        until, revision, taken_back) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, FALSE)";
}

/// What a deployment brings where, and from what.
#[derive(Debug, Clone)]
pub struct Placement {
    pub prompt_id: String,
    pub environment: String,
    pub version_id: String,
    /// What is live there now.
    pub from_version_id: Option<String>,
    pub build_hash: String,
    pub strategy: String,
    /// By which units fall into buckets.
    pub seed: String,
    /// Back to an older version that was live here before.
    pub back: bool,
    /// What it replaces is taken back: it goes back, or reverts.
    pub takes_back: bool,
    /// The build was taken back here, and that is known.
    pub acknowledged: bool,
    pub reason: String,
    pub actor: String,
}

/// A deployment starts: a new one, or one that waited.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    pub placement: &'a Placement,
    pub transition: &'a Transition,
    /// What is under way for the prompt and environment, and what is live, if that ends by it: superseded, or rolled back.
    pub ended: &'a [&'a Transition],
    /// What is said of it where it takes something back.
    pub way_back: &'a WayBack,
}

impl Placement {
    pub(super) const fn direction(&self) -> &'static str {
        if self.back { "back" } else { "forward" }
    }

    pub(super) fn of(row: &DeploymentRow) -> Self {
        Self {
            prompt_id: row.prompt_id.clone(),
            environment: row.environment.clone(),
            version_id: row.version_id.clone(),
            from_version_id: row.from_version_id.clone(),
            build_hash: row.build_hash.clone(),
            strategy: row.strategy.clone(),
            seed: row.seed.clone(),
            back: row.direction == "back",
            takes_back: row.direction == "back",
            acknowledged: false,
            reason: row.reason.clone(),
            actor: row.actor.clone(),
        }
    }
}

impl WriteTx {
    pub(super) async fn transition(
        &mut self,
        transition: &Transition,
        new: Option<&Placement>,
    ) -> Result<()> {
        let placement = match (new, &transition.event.from) {
            (Some(placement), None) => {
                self.insert_deployment(placement, transition).await?;
                if placement.acknowledged {
                    self.acknowledge(placement).await?;
                }
                placement.clone()
            }
            (None, Some(_)) => {
                let id = transition.deployment.id.as_str();
                let row = self.project().deployment(id).await?;
                Placement::of(&row.ok_or_else(|| broken(transition, "there is no such row"))?)
            }
            _ => return Err(unlike()),
        };
        if matches!(transition.effect, Effect::Share(_) | Effect::Live) {
            self.still_beside(&placement, transition).await?;
        }
        let takes = placement.takes_back && transition.effect == Effect::Live;
        let taken = if takes { self.taken(&placement, &[]).await? } else { Vec::new() };
        self.write_transition(transition).await?;
        self.effect(&placement, transition).await?;
        self.noted((&placement, &taken), transition, &WayBack::BY_STEPS).await
    }

    /// A release that knows no rollouts may have made something else live meanwhile: nothing takes its place unasked.
    async fn still_beside(&mut self, placement: &Placement, transition: &Transition) -> Result<()> {
        let live = self.project().live(&placement.prompt_id, &placement.environment).await?;
        if live.map(|row| row.version_id) == placement.from_version_id {
            return Ok(());
        }
        Err(broken(transition, "something else is live than what it began beside; abort it"))
    }

    pub(super) async fn insert_deployment(&mut self, new: &Placement, transition: &Transition) -> Result<()> {
        let revision = self.revision();
        let row = &transition.deployment;
        let (schedule, watch) = (json_of(&row.schedule)?, json_of(&row.watch)?);
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_DEPLOYMENT,
            row.id.as_str(),
            project.as_str(),
            &new.prompt_id,
            &new.environment,
            &new.version_id,
            &new.from_version_id,
            &new.build_hash,
            &new.strategy,
            new.direction(),
            &new.reason,
            &new.actor,
            row.created_at.micros(),
            revision,
            schedule,
            watch,
            row.unit.as_str(),
            &new.seed,
            row.rollback_of.as_ref().map(|id| id.as_str().to_owned())
        )?;
        Ok(())
    }

    /// The row and the one event that leads to it.
    ///
    /// # Errors
    /// The row is not the one that this was decided from.
    pub(super) async fn write_transition(&mut self, transition: &Transition) -> Result<()> {
        let revision = self.revision();
        let row = &transition.deployment;
        let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
        let entries = json_of(&row.entries)?;
        let (conn, project) = self.parts();
        let moved = execute!(
            conn,
            MOVE_DEPLOYMENT,
            project.as_str(),
            row.id.as_str(),
            row.state.as_str(),
            row.state.detail(),
            row.hold,
            column(row.version),
            column(row.step as u64),
            i64::from(row.share.ppm()),
            row.changed_at.micros(),
            micros(row.started_at),
            micros(row.ended_at),
            micros(row.entered_at),
            micros(row.paused_at),
            row.paused_us,
            entries,
            micros(row.next_at()),
            row.state.is_under_way(),
            revision
        )?;
        if moved != 1 {
            return Err(broken(transition, "it is not the one that this was decided from"));
        }
        let event = &transition.event;
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_EVENT,
            row.id.as_str(),
            column(event.seq),
            project.as_str(),
            event.at.micros(),
            event.kind.as_str(),
            event.from.as_ref().map(|state| state.as_str()),
            event.to.as_str(),
            event.to.detail(),
            column(event.step as u64),
            i64::from(event.share.ppm()),
            &event.actor,
            &event.reason
        )?;
        if row.state == State::Completed {
            let (conn, project) = self.parts();
            execute!(conn, SPEND_APPROVAL_OF, project.as_str(), row.id.as_str(), row.changed_at.micros())?;
        }
        Ok(())
    }

    /// What a transition means for callers.
    pub(super) async fn effect(&mut self, placement: &Placement, transition: &Transition) -> Result<()> {
        let id = transition.deployment.id.as_str();
        match transition.effect {
            Effect::None => {
                let quiet = Change::quiet(ChangeKind::Deployment).prompt(&placement.prompt_id);
                self.push(of(quiet, placement, id));
            }
            Effect::Share(_) => self.put_share(placement, transition).await?,
            Effect::Live => {
                self.put_live(placement, id).await?;
                self.end_rollout(placement, id).await?;
            }
            Effect::Ended => {
                self.touch_live(placement).await?;
                self.end_rollout(placement, id).await?;
            }
            // Something else becomes live by it: that starts as a deployment of its own.
            Effect::TakenBack => return Err(unlike()),
        }
        Ok(())
    }

    async fn put_share(&mut self, placement: &Placement, transition: &Transition) -> Result<()> {
        let revision = self.revision();
        let row = &transition.deployment;
        let (id, share) = (row.id.as_str(), i64::from(row.share.ppm()));
        let Placement { prompt_id, environment, version_id, build_hash, seed, .. } = placement;
        let (conn, project) = self.parts();
        let known = execute!(conn, SET_SHARE, project.as_str(), prompt_id, environment, id, share)? == 1;
        if !known {
            let (conn, project) = self.parts();
            execute!(
                conn,
                PUT_ROLLOUT,
                prompt_id,
                environment,
                project.as_str(),
                id,
                version_id,
                build_hash,
                share,
                seed,
                row.unit.as_str(),
                revision
            )?;
        }
        self.touch_live(placement).await?;
        let detail = json!({"share_ppm": share, "seed": seed, "unit": row.unit.as_str(), "starts": !known});
        let change = Change::new(ChangeKind::Rollout, &detail).prompt(prompt_id);
        let change = of(change, placement, id);
        self.push(Change {
            version_id: Some(version_id.clone()),
            build_hash: Some(build_hash.clone()),
            ..change
        });
        Ok(())
    }

    async fn touch_live(&mut self, placement: &Placement) -> Result<()> {
        let revision = self.revision();
        let (conn, project) = self.parts();
        let (prompt, environment) = (&placement.prompt_id, &placement.environment);
        let touched = execute!(conn, TOUCH_LIVE, project.as_str(), prompt, environment, revision)?;
        check_one(touched, true, placement)
    }

    /// The one that runs for the prompt and environment, whichever it is.
    async fn end_rollout(&mut self, placement: &Placement, id: &str) -> Result<()> {
        let (conn, project) = self.parts();
        let (prompt, environment) = (&placement.prompt_id, &placement.environment);
        if execute!(conn, END_ROLLOUT, project.as_str(), prompt, environment)? > 0 {
            let change = Change::new(ChangeKind::Rollout, &json!({"share_ppm": 0})).prompt(prompt);
            self.push(of(change, placement, id));
        }
        Ok(())
    }

    /// # Errors
    /// The live row is not the one that the caller decided from.
    async fn put_live(&mut self, new: &Placement, id: &str) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(conn, END_DEPLOYMENT, project.as_str(), &new.prompt_id, &new.environment, at)?;
        let (conn, project) = self.parts();
        let ended =
            execute!(conn, END_LIVE, project.as_str(), &new.prompt_id, &new.environment, at, new.takes_back)?;
        check_one(ended, new.from_version_id.is_some(), new)?;
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_LIVE,
            id,
            project.as_str(),
            &new.prompt_id,
            &new.environment,
            &new.version_id,
            &new.build_hash,
            at,
            revision
        )?;
        let change = Change::new(ChangeKind::Live, &json!({"back": new.takes_back})).prompt(&new.prompt_id);
        self.push(Change {
            version_id: Some(new.version_id.clone()),
            build_hash: Some(new.build_hash.clone()),
            ..of(change, new, id)
        });
        Ok(())
    }
}

fn of(change: Change, placement: &Placement, id: &str) -> Change {
    let environment = Some(placement.environment.clone());
    Change { environment, deployment_id: Some(id.to_owned()), ..change }
}

/// Numbers of steps and transitions are small.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn check_one(rows: u64, expected: bool, placement: &Placement) -> Result<()> {
    if rows == u64::from(expected) {
        return Ok(());
    }
    Err(StoreError::Broken {
        table: "live",
        id: format!("{} {}", placement.prompt_id, placement.environment),
        what: format!("{rows} live rows where the decision saw {:?}", placement.from_version_id),
    })
}

pub(super) fn broken(transition: &Transition, what: &str) -> StoreError {
    let id = transition.deployment.id.to_string();
    StoreError::Broken { table: "deployment", id, what: what.to_owned() }
}
