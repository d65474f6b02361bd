//! What is found out about a deployment before anything of it is written: its build, which way it goes, what is there,
//! and whether it may.

use promptory_core::approval::{Evidence, Missing, ServingChange, Way};
use promptory_store::{DeploymentRow, LiveRow, Placement, WayBack, WriteTx};

use super::{
    begin::{How, Target, not_archived, placed},
    quarantine, stored_includes,
    waiting::in_words,
};
use crate::{
    app::{
        Ctx, Outcome,
        authority::{self, Proof},
        builds::{self, Made, Root, Together},
        prompts, references, rollbacks, wire,
    },
    ids::hex,
    numbers::{number as parsed_number, number_text},
    refusal::{Code, Refusal},
};

/// It can start, where nothing is missing.
pub(in crate::app) struct Ready {
    pub placement: Placement,
    /// What is under way there, and ends when this starts.
    pub running: Option<DeploymentRow>,
    pub way_back: WayBack,
}

pub(in crate::app) enum Prepared {
    Ready(Box<(Ready, Result<Proof, Missing>)>),
    /// This very build is live there: by that deployment, since that revision.
    Already {
        deployment_id: String,
        revision: i64,
    },
}

pub(in crate::app) async fn prepare(
    ctx: &Ctx,
    tx: &mut WriteTx,
    target: &Target<'_>,
    how: &How,
) -> Outcome<Prepared> {
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
    let proof = authority::ask(tx, evidence, serve).await?;
    let ready = Ready { placement, running, way_back: target.way_back() };
    Ok(Prepared::Ready(Box::new((ready, proof))))
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

/// One that waited: what holds now decides.
pub(super) async fn ready_to_start(
    tx: &mut WriteTx,
    row: &DeploymentRow,
    acknowledged: bool,
) -> Outcome<(Ready, Proof)> {
    let prompt = references::prompt(&mut tx.project(), &row.prompt).await?;
    let version = tx.project().version(&row.version_id).await?;
    let version = version.ok_or_else(|| wire::damaged("version", &row.version_id))?;
    prompts::takes_changes(&prompt)?;
    not_archived(&version)?;
    let cause = if row.rollback_of.is_some() { rollbacks::ROLLBACK } else { "deploy" };
    let target = Target::of(cause, &prompt, &version, &row.environment, &row.reason);
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
    let running = running(tx, &row.prompt_id, &row.environment).await?;
    if row.dependent {
        is_as_it_was(row, live.as_ref(), running.as_ref())?;
    }
    let direction = direction(tx, &target, live.as_ref()).await?;
    // A way back was asked for as one, also to a newer version.
    let back = row.rollback_of.is_some() || matches!(direction, Direction::Back(_));
    let placement = Placement {
        prompt_id: row.prompt_id.clone(),
        environment: row.environment.clone(),
        version_id: row.version_id.clone(),
        from_version_id: live.map(|row| row.version_id),
        build_hash: row.build_hash.clone(),
        strategy: row.strategy.clone(),
        seed: row.seed.clone(),
        back,
        takes_back: back,
        acknowledged,
        reason: row.reason.clone(),
        actor: row.actor.clone(),
    };
    let older = back || !matches!(direction, Direction::Forward);
    let way = if row.release_id.is_some() { Way::Release } else { Way::Deploy };
    let serve = ServingChange::Serve { target: placed(&placement), way };
    let served = authority::served_before(tx, &placed(&placement)).await?;
    let evidence = Evidence { older, served: served.as_ref(), ..Evidence::default() };
    let proof = authority::ask_as_part(tx, evidence, serve, row.release_id.as_deref()).await?;
    let proof = proof.map_err(|missing| in_words(authority::refusal(&missing), &target))?;
    let way_back = target.way_back();
    Ok((Ready { placement, running, way_back }, proof))
}

/// What is live of a prompt that nobody named is only built anew: nothing else takes its place unasked.
///
/// # Errors
/// Another version is live, or is rolled out.
pub(in crate::app) fn is_as_it_was(
    row: &DeploymentRow,
    live: Option<&LiveRow>,
    running: Option<&DeploymentRow>,
) -> Outcome<()> {
    if let Some(running) = running {
        return Err(rolled_out(running));
    }
    if live.is_some_and(|live| live.version_id == row.version_id) {
        return Ok(());
    }
    let detail = "Another version of it is live there by now, and nobody asked for this one. Release anew.";
    Err(Refusal::new(Code::DeploymentState, detail))
}

pub(in crate::app) fn rolled_out(running: &DeploymentRow) -> Refusal {
    let number = number_text(running.major, running.minor, running.patch, &running.pre);
    let detail = format!(
        "It includes what is released, and {number} is being rolled out of it: promote or abort the deployment {} first.",
        running.id
    );
    Refusal::new(Code::RolloutRunning, detail)
}

/// What is live stays so, unless something is rolled out beside it: then that has to be ended first.
fn already(live: &LiveRow, running: Option<&DeploymentRow>, by_steps: bool) -> Outcome<Prepared> {
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
    Ok(Prepared::Already { deployment_id: live.deployment_id.clone(), revision: live.revision })
}

async fn running(tx: &mut WriteTx, prompt_id: &str, environment: &str) -> Outcome<Option<DeploymentRow>> {
    let all = tx.project().under_way(prompt_id).await?;
    Ok(all.into_iter().find(|row| row.environment == environment))
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
    let alone = Together::new();
    let together = target.together.unwrap_or(&alone);
    builds::make_with(ctx, &mut tx.project(), &root, (Some(environment), together)).await
}
