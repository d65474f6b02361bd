//! Bringing a build to an environment, inside the caller's change.

use promptory_api::deployment::Deployment;
use promptory_core::{
    approval::{self, Basis, Emergency, Evidence, Missing, ServingChange, Way},
    rollout::{
        Asked, Command, Deployment as Deployed, Effect, New, Outcome as Became, Schedule, State, Strategy,
        Transition, Unit, Watch,
    },
};
use promptory_store::{
    DeploymentRow, LiveRow, Placement, PromptRow, Rows, Start, VersionRow, WayBack, WriteTx,
};

use super::{
    quarantine, shown, stored_includes,
    waiting::{declared, in_words, wait_for_approval},
};
use crate::{
    app::{
        Ctx, Outcome,
        authority::{self, Proof},
        builds::{self, Made, Root},
        dependents, prompts, references, wire,
    },
    ids::hex,
    numbers::{number as parsed_number, number_text},
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
        }
    }

    fn way_back(&self) -> WayBack {
        WayBack { kind: "manual", cause: self.cause, wanted: "version", evidence: "none" }
    }
}

/// By which steps, and through which door.
pub(super) struct How {
    pub strategy: &'static str,
    pub schedule: Schedule,
    pub unit: Unit,
    pub hold: bool,
    pub way: Way,
}

impl How {
    fn at_once() -> Outcome<Self> {
        let schedule = Strategy::Immediate.schedule();
        let schedule = schedule.map_err(|wrong| Refusal::violations(Code::Internal, wrong))?;
        Ok(Self { strategy: "immediate", schedule, unit: Unit::User, hold: false, way: Way::Activate })
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
    begin(ctx, tx, target, How::at_once()?).await
}

pub(super) async fn begin(ctx: &Ctx, tx: &mut WriteTx, target: &Target<'_>, how: How) -> Outcome<Applied> {
    let Target { prompt, version, environment, reason, .. } = *target;
    prompts::takes_changes(prompt)?;
    not_archived(version)?;
    let live = tx.project().live(&prompt.id, environment).await?;
    let direction = direction(tx, target, live.as_ref()).await?;
    let made = made(ctx, tx, target, &direction).await?;
    let running = running(tx, &prompt.id, environment).await?;
    if let Some(live) = &live
        && live.version_id == version.id
        && live.build_hash == made.build_hash
    {
        return already(live, running.as_ref(), how.schedule.last() > 0);
    }
    quarantine::check(tx, target, &made.build_hash).await?;
    if live.is_none() && !how.schedule.share(0).is_full() {
        return Err(nothing_for_others(target));
    }
    let placement = Placement {
        prompt_id: prompt.id.clone(),
        environment: environment.to_owned(),
        version_id: version.id.clone(),
        from_version_id: live.map(|row| row.version_id),
        build_hash: made.build_hash.clone(),
        strategy: how.strategy.to_owned(),
        seed: new_seed(ctx),
        back: matches!(direction, Direction::Back(_)),
        takes_back: target.reverts || matches!(direction, Direction::Back(_)),
        acknowledged: target.acknowledged,
        reason: reason.to_owned(),
        actor: ctx.caller.name.to_string(),
    };
    let older = !matches!(direction, Direction::Forward);
    tx.keep_build(&version.id, &made.build_hash, &made.kept()).await?;
    let serve = ServingChange::Serve { target: placed(&placement), way: how.way };
    let served = authority::served_before(tx, &placed(&placement)).await?;
    let emergency = target.emergency.as_ref();
    let evidence = Evidence { older, served: served.as_ref(), emergency, ..Evidence::default() };
    // Also of one that waits: what would be refused at its start is refused now, unless it can wait for that.
    let proof = match authority::ask(tx, evidence, serve).await? {
        Ok(proof) => Some(proof),
        Err(Missing::Approval(_)) => return wait_for_approval(ctx, tx, how, &placement).await,
        Err(Missing::Frozen(_)) if how.hold => None,
        Err(missing) => return Err(in_words(authority::refusal(&missing), target)),
    };
    let transition = created(ctx, tx, &how, false, reason);
    let id = transition.deployment.id.to_string();
    match proof {
        Some(proof) if transition.effect != Effect::None => {
            let by = Some(&*ctx.caller.name);
            let basis = proof.basis();
            start(tx, (proof, &placement, &transition, &target.way_back()), running.as_ref(), by).await?;
            if let (Basis::Emergency, Some(emergency)) = (basis, emergency) {
                declared(ctx, tx, &id, emergency).await?;
            }
        }
        proof => {
            let waits = ServingChange::Deployment(Box::new(transition.clone()));
            authority::plain(tx, waits, Rows::Move(Some(&placement))).await?;
            if let Some(approval) = proof.as_ref().and_then(Proof::approval) {
                tx.link_deployment(approval, &id).await?;
            }
        }
    }
    let mut deployment = shown::by_id(&mut tx.project(), &id, ctx.now).await?;
    if transition.effect == Effect::Live {
        deployment.dependents = dependents::outdated(ctx, &mut tx.project(), prompt, environment).await?;
    }
    Ok(Applied::New(Box::new(deployment)))
}

/// By which units fall into buckets.
fn new_seed(ctx: &Ctx) -> String {
    let mut seed = [0; 8];
    ctx.app.ids.bytes(&mut seed);
    hex(&seed)
}

fn nothing_for_others(target: &Target<'_>) -> Refusal {
    let detail = format!(
        "Nothing of {:?} is live in {:?}, so there is nothing to serve to the others. The first version goes there with the \
         strategy immediate.",
        target.prompt.name, target.environment
    );
    Refusal::invalid("/strategy", detail)
}

/// One that waited starts now: what holds now decides.
pub(super) async fn start_waiting(
    tx: &mut WriteTx,
    row: &DeploymentRow,
    transition: &Transition,
    (by, acknowledged): (Option<&str>, bool),
) -> Outcome<()> {
    let prompt = references::prompt(&mut tx.project(), &row.prompt).await?;
    let version = tx.project().version(&row.version_id).await?;
    let version = version.ok_or_else(|| wire::damaged("version", &row.version_id))?;
    prompts::takes_changes(&prompt)?;
    not_archived(&version)?;
    let target = Target::of("deploy", &prompt, &version, &row.environment, &row.reason);
    let target = Target { acknowledged, ..target };
    quarantine::check(tx, &target, &row.build_hash).await?;
    let live = tx.project().live(&prompt.id, &row.environment).await?;
    if live
        .as_ref()
        .is_some_and(|live| live.version_id == row.version_id && live.build_hash == row.build_hash)
    {
        let detail = "This very build is live there by now. Abort this deployment.";
        return Err(Refusal::new(Code::DeploymentState, detail));
    }
    let direction = direction(tx, &target, live.as_ref()).await?;
    let placement = Placement {
        prompt_id: row.prompt_id.clone(),
        environment: row.environment.clone(),
        version_id: row.version_id.clone(),
        from_version_id: live.map(|row| row.version_id),
        build_hash: row.build_hash.clone(),
        strategy: row.strategy.clone(),
        seed: row.seed.clone(),
        back: matches!(direction, Direction::Back(_)),
        takes_back: matches!(direction, Direction::Back(_)),
        acknowledged,
        reason: row.reason.clone(),
        actor: row.actor.clone(),
    };
    let older = !matches!(direction, Direction::Forward);
    let running = running(tx, &row.prompt_id, &row.environment).await?;
    let serve = ServingChange::Serve { target: placed(&placement), way: Way::Deploy };
    let served = authority::served_before(tx, &placed(&placement)).await?;
    let evidence = Evidence { older, served: served.as_ref(), ..Evidence::default() };
    let proof = authority::ask(tx, evidence, serve).await?;
    let proof = proof.map_err(|missing| in_words(authority::refusal(&missing), &target))?;
    start(tx, (proof, &placement, transition, &target.way_back()), running.as_ref(), by).await
}

/// What is under way there ends in the same commit. The approval by which it starts is used up when it is completed.
async fn start(
    tx: &mut WriteTx,
    (proof, placement, transition, way_back): (Proof, &Placement, &Transition, &WayBack),
    running: Option<&DeploymentRow>,
    by: Option<&str>,
) -> Outcome<()> {
    let superseded = match running {
        Some(row) => {
            let present = row.deployment()?;
            let asked = Asked {
                at: tx.at(),
                actor: by.map(str::to_owned),
                reason: "Another deployment was started.".to_owned(),
                version: None,
            };
            let command = Command::Supersede(transition.deployment.id.clone());
            match present.command(&command, asked) {
                Ok(Became::Changed(transition)) => Some(*transition),
                _ => return Err(wire::damaged("deployment", &row.id)),
            }
        }
        None => None,
    };
    let ended: Vec<&Transition> = superseded.iter().collect();
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

pub(super) fn created(ctx: &Ctx, tx: &WriteTx, how: &How, needs_approval: bool, reason: &str) -> Transition {
    let new = New {
        id: crate::ids::uuid_v7(&*ctx.app.ids, tx.at()).into(),
        rollback_of: None,
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

/// What is live stays so, unless something is rolled out beside it: then that has to be ended first.
fn already(live: &LiveRow, running: Option<&DeploymentRow>, by_steps: bool) -> Outcome<Applied> {
    if let Some(row) = running {
        let number = number_text(row.major, row.minor, row.patch, &row.pre);
        let detail = format!(
            "It is live there, and {number} is being rolled out beside it. To end that, abort the deployment {}.",
            row.id
        );
        return Err(Refusal::new(Code::RolloutRunning, detail));
    }
    if by_steps {
        return Err(Refusal::invalid("/version", "This version is live there: everybody gets it already."));
    }
    Ok(Applied::Already { deployment_id: live.deployment_id.clone(), revision: live.revision })
}

async fn running(tx: &mut WriteTx, prompt_id: &str, environment: &str) -> Outcome<Option<DeploymentRow>> {
    let all = tx.project().under_way(prompt_id).await?;
    Ok(all.into_iter().find(|row| row.environment == environment))
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

pub(super) enum Direction {
    Forward,
    /// Older than what is live, and never live here itself.
    Older,
    /// To an older version that was live here: its last build.
    Back(LiveRow),
}

/// Older by sequence than what is live: sequence orders by time.
pub(super) async fn direction(
    tx: &mut WriteTx,
    target: &Target<'_>,
    live: Option<&LiveRow>,
) -> Outcome<Direction> {
    let Some(live) = live.filter(|live| live.version_id != target.version.id) else {
        return Ok(Direction::Forward);
    };
    let present = tx.project().version(&live.version_id).await?;
    let present = present.ok_or_else(|| wire::damaged("live", &live.deployment_id))?;
    if target.version.sequence > present.sequence {
        return Ok(Direction::Forward);
    }
    let before = tx.project().last_live(&target.version.id, target.environment).await?;
    Ok(before.map_or(Direction::Older, Direction::Back))
}

pub(super) async fn made(
    ctx: &Ctx,
    tx: &mut WriteTx,
    target: &Target<'_>,
    direction: &Direction,
) -> Outcome<Made> {
    let Target { prompt, version, environment, .. } = *target;
    // The very bytes that were served: what is included now may be another version.
    if let Direction::Back(before) = direction {
        return Ok(Made {
            build_hash: before.build_hash.clone(),
            includes: stored_includes(&mut tx.project(), &version.id, &before.build_hash).await?,
        });
    }
    let definition = wire::definition(&prompt.kind, version)?;
    let number = parsed_number(version.major, version.minor, version.patch, &version.pre);
    let root = Root { name: &prompt.name, number, definition: &definition };
    builds::make(ctx, &mut tx.project(), &root, Some(environment)).await
}
