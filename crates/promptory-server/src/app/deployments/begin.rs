//! Bringing a build to an environment, inside the caller's change.

use promptory_api::deployment::Deployment;
use promptory_core::{
    approval::{self, Basis, Emergency, Missing, ServingChange, Way},
    id::DeploymentId,
    rollout::{
        Asked, Command, Deployment as Deployed, Effect, New, Outcome as Became, Schedule, State, Strategy,
        Transition, Unit, Watch,
    },
};
use promptory_store::{DeploymentRow, Placement, PromptRow, Rows, Start, VersionRow, WayBack, WriteTx};

use super::{
    prepare::{Prepared, Ready, prepare, ready_to_start},
    shown,
    waiting::{declared, in_words, wait_for_approval},
};
use crate::{
    app::{
        Ctx, Outcome,
        authority::{self, Proof},
        builds::Together,
        dependents, wire,
    },
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// What is to go live where, and why.
pub(in crate::app) struct Target<'a> {
    pub prompt: &'a PromptRow,
    pub version: &'a VersionRow,
    pub environment: &'a str,
    pub reason: &'a str,
    /// Somebody does without approval.
    pub emergency: Option<Emergency>,
    /// By which call, for the history of what was taken back.
    pub cause: &'static str,
    /// It has the content of a version that was live there: what it replaces is taken back.
    pub reverts: bool,
    /// The build was taken back there, and that is known.
    pub acknowledged: bool,
    /// What is released with it.
    pub together: Option<&'a Together>,
}

impl<'a> Target<'a> {
    pub(in crate::app) const fn of(
        cause: &'static str,
        prompt: &'a PromptRow,
        version: &'a VersionRow,
        environment: &'a str,
        reason: &'a str,
    ) -> Self {
        Self {
            prompt,
            version,
            environment,
            reason,
            cause,
            emergency: None,
            reverts: false,
            acknowledged: false,
            together: None,
        }
    }

    pub(super) fn way_back(&self) -> WayBack {
        WayBack { kind: "manual", cause: self.cause, wanted: "version", evidence: "none", release_id: None }
    }
}

/// By which steps, and through which door.
pub(in crate::app) struct How {
    pub strategy: &'static str,
    pub schedule: Schedule,
    pub unit: Unit,
    pub hold: bool,
    pub way: Way,
    /// The deployment that is taken back by it.
    pub rollback_of: Option<DeploymentId>,
}

impl How {
    pub(in crate::app) fn at_once(way: Way) -> Outcome<Self> {
        let schedule = Strategy::Immediate.schedule();
        let schedule = schedule.map_err(|wrong| Refusal::violations(Code::Internal, wrong))?;
        Ok(Self { strategy: "immediate", schedule, unit: Unit::User, hold: false, way, rollback_of: None })
    }
}

/// What became of an activation inside a change.
pub(in crate::app) enum Applied {
    New(Box<Deployment>),
    /// This very build is live there, or waits for approval just so: by that deployment, since that revision.
    Already {
        deployment_id: String,
        revision: i64,
    },
}

/// At once, to everybody.
pub(in crate::app) async fn apply(ctx: &Ctx, tx: &mut WriteTx, target: &Target<'_>) -> Outcome<Applied> {
    begin(ctx, tx, target, How::at_once(Way::Activate)?).await
}

pub(super) async fn begin(ctx: &Ctx, tx: &mut WriteTx, target: &Target<'_>, how: How) -> Outcome<Applied> {
    let (ready, proof) = match prepare(ctx, tx, target, &how).await? {
        Prepared::Ready(prepared) => *prepared,
        Prepared::Already { deployment_id, revision } => {
            return Ok(Applied::Already { deployment_id, revision });
        }
    };
    let proof = match proof {
        Ok(proof) => Some(proof),
        Err(Missing::Approval(_)) => return wait_for_approval(ctx, tx, how, &ready.placement).await,
        Err(Missing::Frozen(_)) if how.hold => None,
        Err(missing) => return Err(in_words(authority::refusal(&missing), target)),
    };
    let transition = created(ctx, tx, &how, false, target.reason);
    let id = transition.deployment.id.to_string();
    match proof {
        Some(proof) if transition.effect != Effect::None => {
            let basis = proof.basis();
            start(tx, &ready, proof, &transition, Some(&*ctx.caller.name)).await?;
            if let (Basis::Emergency, Some(emergency)) = (basis, &target.emergency) {
                declared(ctx, tx, &id, emergency).await?;
            }
        }
        proof => {
            let waits = ServingChange::Deployment(Box::new(transition.clone()));
            authority::plain(tx, waits, Rows::Move(Some(&ready.placement))).await?;
            if let Some(approval) = proof.as_ref().and_then(Proof::approval) {
                tx.link_deployment(approval, &id).await?;
            }
        }
    }
    let mut deployment = shown::by_id(&mut tx.project(), &id, ctx.now).await?;
    if transition.effect == Effect::Live {
        let Target { prompt, environment, .. } = *target;
        deployment.dependents = dependents::outdated(ctx, &mut tx.project(), prompt, environment).await?;
    }
    Ok(Applied::New(Box::new(deployment)))
}

/// One that waited starts now: what holds now decides.
pub(super) async fn start_waiting(
    tx: &mut WriteTx,
    row: &DeploymentRow,
    transition: &Transition,
    (by, acknowledged): (Option<&str>, bool),
) -> Outcome<()> {
    let (ready, proof) = ready_to_start(tx, row, acknowledged).await?;
    start(tx, &ready, proof, transition, by).await
}

/// What is under way there ends in the same commit. The approval by which it starts is used up when it is completed.
pub(in crate::app) async fn start(
    tx: &mut WriteTx,
    ready: &Ready,
    proof: Proof,
    transition: &Transition,
    by: Option<&str>,
) -> Outcome<()> {
    let Ready { placement, running, way_back } = ready;
    let ended = ended(tx, (placement, running.as_ref()), transition, by).await?;
    let ended: Vec<&Transition> = ended.iter().collect();
    let start = Start { placement, transition, ended: &ended, way_back };
    let (approval, id) = (proof.approval().map(str::to_owned), transition.deployment.id.as_str());
    tx.apply(vec![proof.into_authorized()], Rows::Start(start)).await?;
    if let Some(approval) = approval {
        tx.link_deployment(&approval, id).await?;
        if transition.deployment.state == State::Completed {
            tx.spend_approval(&approval).await?;
        }
    }
    Ok(())
}

/// What is under way there is superseded. A way back takes back what it leads away from, and what is live.
pub(in crate::app) async fn ended(
    tx: &mut WriteTx,
    (placement, running): (&Placement, Option<&DeploymentRow>),
    new: &Transition,
    by: Option<&str>,
) -> Outcome<Vec<Transition>> {
    let back_from = new.deployment.rollback_of.as_ref();
    let reason = match back_from {
        Some(_) => placement.reason.clone(),
        None => "Another deployment was started.".to_owned(),
    };
    let asked = Asked { at: tx.at(), actor: by.map(str::to_owned), reason, version: None };
    let mut ended = Vec::new();
    if let Some(row) = running {
        let command = match back_from.is_some_and(|id| id.as_str() == row.id) {
            true => Command::RollBack,
            false => Command::Supersede(new.deployment.id.clone()),
        };
        match row.deployment()?.command(&command, asked.clone()) {
            Ok(Became::Changed(transition)) => ended.push(*transition),
            _ => return Err(wire::damaged("deployment", &row.id)),
        }
    }
    if back_from.is_none() {
        return Ok(ended);
    }
    let live = tx.project().live(&placement.prompt_id, &placement.environment).await?;
    // While it bakes it is what is under way.
    let live = live.filter(|live| running.is_none_or(|row| row.id != live.deployment_id));
    if let Some(live) = live {
        let row = super::row(&mut tx.project(), &live.deployment_id).await?;
        // It was taken back already, or is older than that.
        if let Ok(Became::Changed(transition)) = row.deployment()?.command(&Command::RollBack, asked) {
            ended.push(*transition);
        }
    }
    Ok(ended)
}

pub(in crate::app) fn created(
    ctx: &Ctx,
    tx: &WriteTx,
    how: &How,
    needs_approval: bool,
    reason: &str,
) -> Transition {
    let new = New {
        id: crate::ids::uuid_v7(&*ctx.app.ids, tx.at()).into(),
        rollback_of: how.rollback_of.clone(),
        unit: how.unit,
        schedule: how.schedule.clone(),
        watch: Watch::nothing(),
        needs_approval,
        hold: how.hold,
    };
    let (actor, reason) = (Some(ctx.caller.name.to_string()), reason.to_owned());
    Deployed::create(new, Asked { at: tx.at(), actor, reason, version: None })
}

pub(super) fn placed(placement: &Placement) -> approval::Target {
    approval::Target {
        prompt: placement.prompt_id.as_str().into(),
        environment: placement.environment.clone(),
        version: placement.version_id.as_str().into(),
        build_hash: placement.build_hash.clone(),
    }
}

pub(super) fn not_archived(version: &VersionRow) -> Outcome<()> {
    if version.archived_at.is_none() {
        return Ok(());
    }
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    Err(Refusal::new(
        Code::VersionArchived,
        format!("{number} is archived and cannot be activated; restore it first."),
    ))
}

/// A prompt, or one version of it, that is being rolled out is not archived.
///
/// # Errors
/// It is.
pub(in crate::app) async fn not_rolling_out(
    tx: &mut WriteTx,
    prompt_id: &str,
    version_id: Option<&str>,
) -> Outcome<()> {
    let all = tx.project().under_way(prompt_id).await?;
    let found = all.iter().find(|row| version_id.is_none_or(|id| row.version_id == id));
    found.map_or(Ok(()), |row| {
        let number = number_text(row.major, row.minor, row.patch, &row.pre);
        let detail = format!(
            "{number} is being rolled out in {}: promote or abort the deployment {} first.",
            row.environment, row.id
        );
        Err(Refusal::new(Code::RolloutRunning, detail))
    })
}
