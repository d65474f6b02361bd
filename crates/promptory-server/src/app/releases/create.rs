//! A release in one commit: all of its deployments, or none.

use promptory_api::release::{NewRelease, Release};
use promptory_core::{
    approval::{Basis, Emergency, Missing, Subject, Way},
    limits,
};
use promptory_store::{NewRelease as NewRow, WriteTx};
use serde_json::json;

use super::{
    audit,
    parts::{Part, already_live, dependents, named, together},
    row, shown,
};
use crate::{
    app::{
        Ctx, Outcome, approvals,
        authority::{self, Proof},
        deployments::{self, How, Prepared, Ready, Target},
        emergencies,
    },
    check::Checks,
    ids::uuid_v7,
};

/// One of them, and whether it may.
type Prospect = (Part, Ready, Result<Proof, Missing>);

/// # Errors
/// As for a deployment, for any of the items; nothing was changed then.
pub async fn create(ctx: &Ctx, body: &NewRelease) -> Outcome<Release> {
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let emergency = emergencies::declared(ctx, body.emergency.as_ref(), "/emergency")?;
    let how = deployments::how(body.strategy.as_ref(), body.unit.as_deref(), (false, Way::Release))?;
    let mut tx = ctx.write().await?;
    let mut parts = named(ctx, &mut tx, body).await?;
    let include = body.include_dependents.unwrap_or(false);
    let left = dependents(ctx, &mut tx, &mut parts, (&environment, include)).await?;
    let (prospects, asks) =
        prospects(ctx, &mut tx, parts, (&environment, body, emergency.as_ref()), &how).await?;
    if asks && let Some(id) = waits_already(&mut tx, &environment, &prospects, &how).await? {
        let present = row(&mut tx.project(), &id).await?;
        let present = shown::of_row(&mut tx.project(), present, ctx.now).await?;
        return match body.dry_run {
            Some(true) => Ok(Release { dry_run: true, ..present }),
            _ => ctx.nothing_changed(tx, 201, present, 0).await,
        };
    }
    let id = begin(ctx, &mut tx, (&environment, body, emergency.as_ref()), prospects, (&how, asks)).await?;
    let row = row(&mut tx.project(), &id).await?;
    let release = shown::of_row(&mut tx.project(), row, ctx.now).await?;
    let release = Release { dependents: left, ..release };
    if body.dry_run.unwrap_or(false) {
        return Ok(Release { dry_run: true, ..release });
    }
    ctx.remember(&mut tx, 201, &release).await?;
    let detail = json!({
        "state": release.state, "strategy": how.strategy, "reason": release.reason,
        "approval": release.approval.as_ref().map(|approval| &approval.id),
        "emergency": body.emergency.as_ref().map(|emergency| &emergency.reason),
    });
    let audit = audit(ctx, &mut tx, "create", &id, detail).await?;
    ctx.commit(tx, audit).await?;
    Ok(release)
}

/// Each as if all the others were live. Answers as well whether somebody has to agree: then all of them wait.
async fn prospects(
    ctx: &Ctx,
    tx: &mut WriteTx,
    parts: Vec<Part>,
    (environment, body, emergency): (&str, &NewRelease, Option<&Emergency>),
    how: &How,
) -> Outcome<(Vec<Prospect>, bool)> {
    let together = together(&parts);
    let mut prospects = Vec::new();
    for part in parts {
        let reason = body.reason.as_deref().unwrap_or_default();
        let target = Target {
            acknowledged: body.acknowledge_rollback.unwrap_or(false),
            emergency: emergency.cloned(),
            together: Some(&together),
            ..Target::of("deploy", &part.prompt, &part.version, environment, reason)
        };
        let prepared = deployments::prepare(ctx, tx, &target, how).await;
        let (ready, proof) = match prepared.map_err(|refusal| part.refused(refusal))? {
            Prepared::Ready(prepared) => *prepared,
            Prepared::Already { .. } => return Err(part.refused(already_live())),
        };
        if let (None, Some(running)) = (part.place, &ready.running) {
            return Err(part.refused(deployments::rolled_out(running)));
        }
        prospects.push((part, ready, proof));
    }
    // What was approved as another build is asked for as the one that it is with the others.
    let asks_for = |missing: &Missing| matches!(missing, Missing::Approval(_) | Missing::Stale { .. });
    let asks = prospects.iter().any(|(_, _, proof)| proof.as_ref().is_err_and(asks_for));
    for (part, _, proof) in &prospects {
        match proof {
            Ok(_) => {}
            Err(missing) if asks_for(missing) => {}
            // What waits for the others' approval is looked at again when it comes.
            Err(Missing::Frozen(_)) if asks => {}
            Err(missing) => {
                let target = Target::of("deploy", &part.prompt, &part.version, environment, "");
                return Err(part.refused(deployments::in_words(authority::refusal(missing), &target)));
            }
        }
    }
    Ok((prospects, asks))
}

fn subject(environment: &str, prospects: &[Prospect]) -> Subject {
    let build = |(_, ready, _): &Prospect| {
        (ready.placement.prompt_id.as_str().into(), ready.placement.build_hash.clone())
    };
    Subject::release(environment, prospects.iter().map(build).collect())
}

/// A release of just this, just so, that waits for approval.
async fn waits_already(
    tx: &mut WriteTx,
    environment: &str,
    prospects: &[Prospect],
    how: &How,
) -> Outcome<Option<String>> {
    let subject = subject(environment, prospects);
    let Some(id) = approvals::release_that_waits(tx, &subject).await? else { return Ok(None) };
    for row in tx.project().deployments_of_release(&id).await? {
        let present = row.deployment()?;
        let same = present.schedule == how.schedule && present.unit == how.unit;
        if !present.state.is_waiting() || !same {
            return Ok(None);
        }
    }
    Ok(Some(id))
}

async fn begin(
    ctx: &Ctx,
    tx: &mut WriteTx,
    (environment, body, emergency): (&str, &NewRelease, Option<&Emergency>),
    prospects: Vec<Prospect>,
    (how, asks): (&How, bool),
) -> Outcome<String> {
    let id = uuid_v7(&*ctx.app.ids, tx.at());
    let reason = body.reason.as_deref().unwrap_or_default();
    let approval = if asks {
        let build =
            |(part, ready, _): &Prospect| (part.version.id.clone(), ready.placement.build_hash.clone());
        let builds: Vec<(String, String)> = prospects.iter().map(build).collect();
        let subject = subject(environment, &prospects);
        Some(approvals::ask_for_release(ctx, tx, &subject, (&builds, reason)).await?)
    } else {
        None
    };
    let (approval_id, actor) = (approval.as_deref(), &*ctx.caller.name);
    tx.insert_release(&NewRow { id: &id, environment, approval_id, reason, actor }).await?;
    for (place, (part, ready, proof)) in (0_i64..).zip(prospects) {
        let deployment = match proof {
            Ok(proof) if !asks => {
                let transition = deployments::created(ctx, tx, how, false, reason);
                let id = transition.deployment.id.to_string();
                let basis = proof.basis();
                deployments::start(tx, &ready, proof, &transition, Some(actor)).await?;
                if let (Basis::Emergency, Some(emergency)) = (basis, emergency) {
                    deployments::declared(ctx, tx, &id, emergency).await?;
                }
                id
            }
            _ => deployments::wait(ctx, tx, how, &ready.placement).await?,
        };
        tx.add_to_release(&id, place, (&deployment, part.place.is_none())).await?;
    }
    Ok(id)
}
