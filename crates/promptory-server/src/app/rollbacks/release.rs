//! The way back of a whole release: each of its prompts goes back to what was live before it, in one commit.

use std::collections::HashMap;

use promptory_api::{
    release::{LeftAlone, Release, ReleaseRollback, RollBackRelease},
    rollback::Rollback,
};
use promptory_core::{
    limits,
    rollout::{Command, State},
};
use promptory_store::{DeploymentRow, LiveRow, ProjectReader};
use serde_json::json;

use super::{
    decide,
    evidence::{self, Known},
    go::{self, Went},
    standing::{Asked, Standing},
};
use crate::{
    app::{Ctx, Outcome, approvals, deployments, references, releases, wire},
    check::Checks,
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// What is to be done with one of its deployments.
enum Way {
    /// It is served: to what was live before the release.
    Back(Box<Asked>),
    /// It has not started.
    GiveUp,
    /// There is nothing of it to take back, because of this.
    Leave(String),
}

/// Asked for again, there is nothing left to do, and nothing is written.
///
/// # Errors
/// No such release; nothing of it is served or waits; something speaks against the way back of one of its prompts.
pub async fn take_back(ctx: &Ctx, id: &str, body: &RollBackRelease) -> Outcome<ReleaseRollback> {
    let mut checks = Checks::under("");
    checks.prose("/reason", Some(&body.reason), limits::REASON_BYTES, false);
    if body.reason.trim().is_empty() {
        checks.add("required", "/reason", "Say why: it is kept with what was taken back.");
    }
    checks.finish()?;
    let acknowledged = body.acknowledge_rollback.unwrap_or(false);
    // What takes a while is looked at before the lock: it changes slowly.
    let known = known(ctx, id, acknowledged).await?;
    let mut tx = ctx.write().await?;
    let row = releases::row(&mut tx.project(), id).await?;
    ctx.environment(Some(&row.environment))?;
    let ways = ways(&mut tx.project(), id, acknowledged).await?;
    let mut going = Vec::new();
    let (mut left, mut waits) = (Vec::new(), None);
    for (part, way) in ways {
        match way {
            Way::Leave(detail) => {
                left.push(LeftAlone { prompt: part.prompt, deployment_id: part.id, detail });
            }
            Way::GiveUp => waits = Some(part.id),
            Way::Back(asked) => {
                let nothing = Known::default();
                let known = known.get(&part.id).unwrap_or(&nothing);
                let because = |refusal| deployments::part_refused(refusal, &part.prompt);
                let standing = Standing::load(ctx, &mut tx.project(), &asked, ctx.now).await?;
                let decision = decide::decide(ctx, &mut tx.project(), &standing, &asked, known).await;
                let chosen = decision.and_then(|decision| decision.take(&standing, &asked));
                going.push((standing, asked, chosen.map_err(because)?));
            }
        }
    }
    let nothing_to_do = going.is_empty() && waits.is_none();
    let mut taken_back = Vec::new();
    for (standing, asked, chosen) in &going {
        let why = (body.reason.as_str(), Some(id));
        match go::go(ctx, &mut tx, standing, (asked, chosen), why).await? {
            Went::Back(rollback) => taken_back.push(rollback),
            Went::Waits(rollback, _) => return Err(needs_approval(&rollback)),
        }
    }
    if let Some(waiting) = waits {
        let by = (Some(&*ctx.caller.name), body.reason.as_str(), false);
        deployments::together(&mut tx, id, &Command::Abort, by).await?;
        approvals::given_up(&mut tx, &waiting, &body.reason).await?;
    }
    let release = releases::of_row(&mut tx.project(), row, ctx.now).await?;
    if nothing_to_do {
        if !was_taken_back(&release) {
            return Err(nothing_to_take_back(&left));
        }
        return ctx.nothing_changed(tx, 201, ReleaseRollback { release, taken_back, left }, 0).await;
    }
    let answer = ReleaseRollback { release, taken_back, left };
    ctx.remember(&mut tx, 201, &answer).await?;
    let rollbacks: Vec<&str> = answer.taken_back.iter().map(|one| one.id.as_str()).collect();
    let detail = json!({
        "reason": body.reason, "rollbacks": rollbacks,
        "left": answer.left.iter().map(|one| &one.prompt).collect::<Vec<_>>(),
    });
    let audit = releases::audit(ctx, &mut tx, "rollback", id, detail).await?;
    ctx.commit(tx, audit).await?;
    Ok(answer)
}

/// It goes back as a whole or not at all, and what waits is only ever released.
fn needs_approval(part: &Rollback) -> Refusal {
    let (prompt, to, environment) = (&part.prompt, &part.to.version, &part.environment);
    let detail = format!(
        "{prompt}: going back to {to} needs approval in {environment:?}, and a release is taken back at once or not at all. \
         Release what was live before as a release of its own, which waits for approval."
    );
    Refusal::new(Code::NeedsApproval, detail)
}

/// By an earlier request, or each by itself.
fn was_taken_back(release: &Release) -> bool {
    release.state == "ended"
        || release.items.iter().any(|item| matches!(item.state.as_str(), "rolling_back" | "rolled_back"))
}

fn nothing_to_take_back(left: &[LeftAlone]) -> Refusal {
    let why: Vec<String> = left.iter().map(|one| format!("{}: {}", one.prompt, one.detail)).collect();
    Refusal::new(Code::NothingToRollBack, why.join(" "))
}

/// By deployment.
async fn known(ctx: &Ctx, id: &str, acknowledged: bool) -> Outcome<HashMap<String, Known>> {
    let ways = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        releases::row(&mut reader, id).await?;
        ways(&mut reader, id, acknowledged).await?
    };
    let mut known = HashMap::new();
    for (part, way) in ways {
        if let Way::Back(asked) = way {
            known.insert(part.id, evidence::known(ctx, &asked).await?);
        }
    }
    Ok(known)
}

async fn ways(
    reader: &mut ProjectReader<'_>,
    id: &str,
    acknowledged: bool,
) -> Outcome<Vec<(DeploymentRow, Way)>> {
    let mut ways = Vec::new();
    for part in reader.deployments_of_release(id).await? {
        let way = way(reader, &part, acknowledged).await?;
        ways.push((part, way));
    }
    Ok(ways)
}

async fn way(reader: &mut ProjectReader<'_>, part: &DeploymentRow, acknowledged: bool) -> Outcome<Way> {
    let state = part.deployment()?.state;
    let leave = |detail: &str| Ok(Way::Leave(detail.to_owned()));
    match state {
        State::PendingApproval | State::Scheduled(_) => return Ok(Way::GiveUp),
        State::RollingBack | State::RolledBack => return leave("It was taken back already."),
        State::Aborted(_) => return leave("It was given up before it reached everybody."),
        State::Superseded(_) => {
            return leave("Another deployment took its place before it reached everybody.");
        }
        State::Running | State::Paused(_) | State::Baking | State::Completed => {}
    }
    if references::prompt(reader, &part.prompt).await?.archived_at.is_some() {
        return leave("The prompt is archived: it is served no more.");
    }
    let live = reader.live(&part.prompt_id, &part.environment).await?;
    let Some(own) = reader.live_by(&part.id).await? else {
        // A share of callers gets it, the others what is live.
        let Some(live) = live else { return Err(wire::damaged("live", &part.id)) };
        return Ok(Way::Back(Box::new(Asked::back_before(&part.id, live, acknowledged))));
    };
    let Some(live) = live.filter(|live| live.build_hash == own.build_hash) else {
        return Ok(Way::Leave(replaced(reader, part).await?));
    };
    match before(reader, part, &own).await? {
        None => leave("Nothing of it was live there before, so there is nothing to go back to."),
        Some(before) if before.build_hash == own.build_hash => leave("The same bytes were live before."),
        Some(before) => {
            Ok(Way::Back(Box::new(Asked::back_before(&live.deployment_id, before, acknowledged))))
        }
    }
}

async fn before(
    reader: &mut ProjectReader<'_>,
    part: &DeploymentRow,
    own: &LiveRow,
) -> Outcome<Option<LiveRow>> {
    Ok(reader.live_at(&part.prompt_id, &part.environment, own.since - 1).await?)
}

async fn replaced(reader: &mut ProjectReader<'_>, part: &DeploymentRow) -> Outcome<String> {
    let Some(row) = reader.version_live_in(&part.prompt_id, &part.environment).await? else {
        return Ok("Nothing of it is live there any more.".to_owned());
    };
    let number = number_text(row.major, row.minor, row.patch, &row.pre);
    Ok(format!("{number} is live there by now, which the release did not bring."))
}
