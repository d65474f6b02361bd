//! Going back, in one commit: what is served, what was taken back, and what is said of it.

use promptory_api::rollback::Rollback;
use promptory_core::{
    access::Permission,
    approval::{Basis, Emergency, Evidence, Freeze, Missing, ServingChange, Target, Way},
    rollout::{Asked as Order, Command, Outcome as Became, Transition},
};
use promptory_store::{NewAudit, Placement, Rows, Start, WayBack, WriteTx};
use serde_json::json;

use super::{
    decide::Chosen,
    settle::ROLLBACK,
    shown,
    standing::{Asked, Present, Standing},
};
use crate::{
    app::{
        Ctx, Outcome, approvals,
        authority::{self, Proof},
        deployments::{self, Applied, How},
        prompts::about,
        wire,
    },
    ids::hex,
    refusal::{Code, Refusal},
};

/// Whether the caller may do without what an environment asks for.
pub(super) fn may_in_emergency(ctx: &Ctx) -> bool {
    Permission::Admin.allows(ctx.caller.scopes, ctx.caller.instance_admin)
}

/// What was decided, and whose it is.
pub(super) struct Going<'a> {
    ctx: &'a Ctx,
    pub(super) standing: &'a Standing,
    asked: &'a Asked,
    pub(super) chosen: &'a Chosen,
    pub(super) present: &'a Present,
    reason: &'a str,
    pub(super) way: WayBack,
}

/// What came of it.
pub(super) enum Went {
    Back(Rollback),
    /// Somebody has to agree first; or waits already, since that revision.
    Waits(Rollback, Option<i64>),
}

/// All but the commit. `release_id`: it is taken back as a whole.
pub(super) async fn go(
    ctx: &Ctx,
    tx: &mut WriteTx,
    standing: &Standing,
    (asked, chosen): (&Asked, &Chosen),
    (reason, release_id): (&str, Option<&str>),
) -> Outcome<Went> {
    let present = standing.present.as_ref();
    let present = present.ok_or_else(|| Refusal::new(Code::Internal, "A way back from nothing."))?;
    let way = WayBack {
        kind: if asked.emergency { "emergency" } else { "manual" },
        cause: if release_id.is_some() { "release" } else { ROLLBACK },
        wanted: asked.to.word(),
        evidence: chosen.proof.as_str(),
        release_id: release_id.map(str::to_owned),
    };
    let going = Going { ctx, standing, asked, chosen, present, reason, way };
    let id = match chosen.ends_only {
        true => going.end_rollout(tx).await?,
        false => match going.serve(tx).await? {
            Ok(id) => id,
            Err(placement) => return going.wait(tx, &placement).await,
        },
    };
    if asked.emergency {
        going.freeze(tx).await?;
    }
    let row = tx.project().way_back(&id).await?;
    Ok(Went::Back(shown::of_row(row.ok_or_else(|| wire::damaged("way_back", &id))?)))
}

pub(super) async fn commit(
    ctx: &Ctx,
    mut tx: WriteTx,
    standing: &Standing,
    answer: Rollback,
) -> Outcome<Rollback> {
    ctx.remember(&mut tx, 201, &answer).await?;
    let detail = json!({
        "rollback": answer.id, "kind": answer.kind, "wanted": answer.wanted, "evidence": answer.evidence,
        "from": answer.from.version, "from_build": answer.from.build_hash, "from_deployment": answer.from.deployment_id,
        "to": answer.to.version, "to_build": answer.to.build_hash, "deployment": answer.to.deployment_id,
        "ended_rollout": answer.ended_rollout, "percentage": answer.percentage, "reason": answer.reason,
        "approval": answer.approval.as_ref().map(|approval| &approval.id),
    });
    let action = if answer.approval.is_some() { "approval.open" } else { "rollback.create" };
    let audit = about(ctx, action, &standing.prompt.id, &standing.prompt.name, &detail);
    ctx.commit(tx, NewAudit { environment: Some(standing.environment.clone()), ..audit }).await?;
    Ok(answer)
}

impl Going<'_> {
    /// What is live was so all the time.
    async fn end_rollout(&self, tx: &mut WriteTx) -> Outcome<String> {
        let id = &self.present.deployment_id;
        let row = deployments::row(&mut tx.project(), id).await?.deployment()?;
        let actor = Some(self.ctx.caller.name.to_string());
        // Whichever row it is: going back wins every race.
        let order = Order { at: tx.at(), actor, reason: self.reason.to_owned(), version: None };
        let Ok(Became::Changed(transition)) = row.command(&Command::RollBack, order) else {
            return Err(wire::damaged("deployment", id));
        };
        let change = ServingChange::Deployment(transition);
        authority::plain(tx, change, Rows::Back(&self.way, None)).await?;
        Ok(id.clone())
    }

    /// An earlier build becomes live, and what was served ends; or it has to be approved, and nothing was written.
    async fn serve(&self, tx: &mut WriteTx) -> Outcome<Result<String, Placement>> {
        let Chosen { version, build_hash, made, .. } = self.chosen;
        if let Some(made) = made {
            tx.keep_build(&version.id, build_hash, &made.kept()).await?;
        }
        let transition = deployments::created(self.ctx, tx, &self.how()?, false, self.reason);
        let id = transition.deployment.id.to_string();
        let placement = self.placement();
        let what = (&placement, self.standing.running.as_ref());
        let ended = deployments::ended(tx, what, &transition, Some(&*self.ctx.caller.name)).await?;
        let all: Vec<&Transition> = ended.iter().collect();
        let start =
            Start { placement: &placement, transition: &transition, ended: &all, way_back: &self.way };
        let to_stable = self.standing.stable.as_deref() == Some(build_hash.as_str());
        match ended.as_slice() {
            // While it bakes it is not released yet: going back to what was live before is the end of a rollout.
            [baking] if to_stable && self.standing.bakes() => {
                let change = ServingChange::Deployment(Box::new(baking.clone()));
                authority::plain(tx, change, Rows::Back(&self.way, Some(start))).await?;
            }
            _ => {
                let proof = match self.proof(tx, &placement).await? {
                    Ok(proof) => proof,
                    Err(Missing::Approval(_)) => return Ok(Err(placement)),
                    Err(missing) => return Err(authority::refusal(&missing)),
                };
                let basis = proof.basis();
                authority::make(tx, vec![proof], Rows::Start(start)).await?;
                if basis == Basis::Emergency {
                    deployments::declared(self.ctx, tx, &id, &self.emergency()).await?;
                }
            }
        }
        Ok(Ok(id))
    }

    fn how(&self) -> Outcome<How> {
        let rollback_of = Some(self.present.deployment_id.as_str().into());
        Ok(How { rollback_of, ..How::at_once(Way::Deploy)? })
    }

    /// It happens with the last approval.
    async fn wait(&self, tx: &mut WriteTx, placement: &Placement) -> Outcome<Went> {
        let waits = deployments::wait_for_approval(self.ctx, tx, self.how()?, placement).await?;
        let (id, since) = match waits {
            Applied::New(deployment) => (deployment.id, None),
            Applied::Already { deployment_id, revision } => (deployment_id, Some(revision)),
        };
        let row = deployments::row(&mut tx.project(), &id).await?;
        let approval = approvals::of_deployment(&mut tx.project(), &id, self.ctx.now).await?;
        let present = tx.project().version(&self.present.version_id).await?;
        let present = present.ok_or_else(|| wire::damaged("version", &self.present.version_id))?;
        let answer = shown::waiting(self, (row, present), approval);
        Ok(Went::Waits(answer, since))
    }

    fn placement(&self) -> Placement {
        let mut seed = [0; 8];
        self.ctx.app.ids.bytes(&mut seed);
        Placement {
            prompt_id: self.standing.prompt.id.clone(),
            environment: self.standing.environment.clone(),
            version_id: self.chosen.version.id.clone(),
            from_version_id: self.standing.live.as_ref().map(|row| row.version_id.clone()),
            build_hash: self.chosen.build_hash.clone(),
            strategy: "immediate".to_owned(),
            seed: hex(&seed),
            back: true,
            takes_back: true,
            acknowledged: self.asked.acknowledged,
            reason: self.reason.to_owned(),
            actor: self.ctx.caller.name.to_string(),
        }
    }

    fn emergency(&self) -> Emergency {
        Emergency {
            by: self.ctx.caller.person().map(Into::into),
            has_right: may_in_emergency(self.ctx),
            reason: self.reason.to_owned(),
        }
    }

    async fn proof(&self, tx: &mut WriteTx, placement: &Placement) -> Outcome<Result<Proof, Missing>> {
        let target = Target {
            prompt: placement.prompt_id.as_str().into(),
            environment: placement.environment.clone(),
            version: placement.version_id.as_str().into(),
            build_hash: placement.build_hash.clone(),
        };
        let served = authority::served_before(tx, &target).await?;
        let emergency = self.asked.emergency.then(|| self.emergency());
        let evidence = Evidence {
            older: true,
            served: served.as_ref(),
            emergency: emergency.as_ref(),
            ..Evidence::default()
        };
        let change = ServingChange::Serve { target, way: Way::Deploy };
        authority::ask(tx, evidence, change).await
    }

    /// Nobody releases into an environment unawares where there was just an emergency.
    async fn freeze(&self, tx: &mut WriteTx) -> Outcome<()> {
        let row = &self.standing.row;
        let present = row.freeze().filter(|freeze| freeze.is_on(tx.at()));
        let reason = format!("Emergency: {}", self.reason);
        let freeze = Freeze::after_emergency(tx.at(), present.as_ref(), &reason);
        if present.as_ref() == Some(&freeze) {
            return Ok(());
        }
        let change = ServingChange::Freeze { environment: row.name.clone(), freeze };
        authority::plain(tx, change, Rows::Environment(row)).await?;
        Ok(())
    }
}
