//! A deployment starts, and what it takes the place of ends: superseded, or taken back.

use promptory_core::{
    approval::{Basis, Target},
    rollout::{Effect, Transition},
};

use super::{
    back::{Goal, Gone, Taken, WayBack, ends_rollout},
    deploy::{Placement, Start, broken},
    prompt, unlike,
};
use crate::{Result, write::WriteTx};

statements! {
    START_DEPLOYMENT = "UPDATE deployment SET from_version_id = $3, direction = $4, basis = $5 \
        WHERE project_id = $1 AND id = $2";
}

impl WriteTx {
    pub(super) async fn start(&mut self, target: &Target, basis: Basis, start: &Start<'_>) -> Result<()> {
        let Start { placement, transition, ended, .. } = *start;
        prompt::is_of(&target.prompt, &placement.prompt_id)?;
        prompt::is_version(&target.version, &placement.version_id)?;
        let same = target.environment == placement.environment && target.build_hash == placement.build_hash;
        if !same || !matches!(transition.effect, Effect::Share(_) | Effect::Live) {
            return Err(unlike());
        }
        let ends = |before: &Transition| match before.effect {
            Effect::Ended | Effect::None => true,
            Effect::TakenBack => placement.takes_back && transition.effect == Effect::Live,
            Effect::Share(_) | Effect::Live => false,
        };
        if !ended.iter().all(|before| ends(before)) {
            return Err(unlike());
        }
        self.begin(basis, start).await
    }

    /// While it bakes, everybody has it: what was live just before becomes so again.
    pub(super) async fn take_back_baking(
        &mut self,
        transition: &Transition,
        start: &Start<'_>,
    ) -> Result<()> {
        let new = start.placement;
        let baked = start.transition.effect == Effect::Live && transition.effect == Effect::TakenBack;
        if !baked || start.ended != [transition] || !new.takes_back {
            return Err(unlike());
        }
        let live = self.project().live(&new.prompt_id, &new.environment).await?;
        let live = live.filter(|live| live.deployment_id == transition.deployment.id.as_str());
        let Some(live) = live else { return Err(broken(transition, "it is not what is live")) };
        let before = self.project().live_at(&new.prompt_id, &new.environment, live.since - 1).await?;
        let Some(before) = before.filter(|row| row.build_hash == new.build_hash) else {
            return Err(unlike());
        };
        prompt::is_version(&new.version_id.as_str().into(), &before.version_id)?;
        let row = self.project().deployment(&before.deployment_id).await?;
        // It was allowed when it went live, and is again.
        let basis = row.and_then(|row| Basis::from_stored(&row.basis));
        self.begin(basis.ok_or_else(unlike)?, start).await
    }

    async fn begin(&mut self, basis: Basis, start: &Start<'_>) -> Result<()> {
        let Start { placement, transition, ended, way_back } = *start;
        let takes = placement.takes_back && transition.effect == Effect::Live;
        let taken = if takes { self.taken(placement, ended).await? } else { Vec::new() };
        for before in ended {
            self.write_transition(before).await?;
        }
        if transition.event.from.is_none() {
            self.insert_deployment(placement, transition).await?;
        }
        self.write_transition(transition).await?;
        let id = transition.deployment.id.as_str();
        let (conn, project) = self.parts();
        let (from, direction) = (&placement.from_version_id, placement.direction());
        execute!(conn, START_DEPLOYMENT, project.as_str(), id, from, direction, basis.as_str())?;
        if placement.acknowledged {
            self.acknowledge(placement).await?;
        }
        self.effect(placement, transition).await?;
        self.noted((placement, &taken), transition, way_back).await
    }

    /// The end of a rollout whose build was not live.
    pub(super) async fn end_as_rolled_back(&mut self, transition: &Transition, way: &WayBack) -> Result<()> {
        if !ends_rollout(transition) {
            return Err(unlike());
        }
        let id = transition.deployment.id.as_str();
        let row = self.project().deployment(id).await?;
        let placement = Placement::of(&row.ok_or_else(|| broken(transition, "there is no such row"))?);
        let taken = [self.rolled_out(id).await?];
        self.write_transition(transition).await?;
        self.effect(&placement, transition).await?;
        let live = self.project().live(&placement.prompt_id, &placement.environment).await?;
        let live = live.ok_or_else(|| broken(transition, "nothing is live beside it"))?;
        let goal = Goal {
            version_id: &live.version_id,
            build_hash: &live.build_hash,
            deployment_id: &live.deployment_id,
        };
        let actor = transition.event.actor.as_deref().unwrap_or("clock");
        let gone = Gone { id, way, actor, reason: &transition.event.reason, ended_rollout: true };
        self.went_back(&placement, &taken, &goal, &gone).await
    }

    /// What went live took something back.
    pub(super) async fn noted(
        &mut self,
        (placement, taken): (&Placement, &[Taken]),
        transition: &Transition,
        way: &WayBack,
    ) -> Result<()> {
        let id = transition.deployment.id.as_str();
        let Placement { version_id, build_hash, actor, reason, .. } = placement;
        let goal = Goal { version_id, build_hash, deployment_id: id };
        let gone = Gone { id, way, actor, reason, ended_rollout: false };
        self.went_back(placement, taken, &goal, &gone).await
    }
}
