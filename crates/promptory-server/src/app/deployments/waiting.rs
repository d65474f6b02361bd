//! What waits for approval before it starts, and what does without.

use promptory_core::{
    approval::{self, Emergency, ServingChange, Subject},
    rollout::{Asked, Command, Outcome as Became, State},
};
use promptory_store::{NewEmergency, Placement, PromptRow, Rows, VersionRow, WriteTx};

use super::{
    begin::{Applied, How, Target, created, not_archived, placed},
    prepare::{direction, made},
    shown,
};
use crate::{
    app::{Ctx, Outcome, approvals, authority, wire},
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// It starts with the last approval. What waits for the same already stays, if it is to be released just so; else this
/// takes its place.
pub(in crate::app) async fn wait_for_approval(
    ctx: &Ctx,
    tx: &mut WriteTx,
    how: How,
    placement: &Placement,
) -> Outcome<Applied> {
    let subject: Subject = placed(placement).subject();
    let version = Some((placement.version_id.as_str(), placement.build_hash.as_str()));
    let wanted = approvals::Wanted { version, action: None, note: &placement.reason };
    let (approval, _) = approvals::ask_for(ctx, tx, &subject, wanted).await?;
    if let Some(id) = &approval.deployment_id
        && let Some(row) = tx.project().deployment(id).await?
    {
        let present = row.deployment()?;
        if present.state == State::PendingApproval {
            // Another version may have the same bytes.
            let same = row.version_id == placement.version_id
                && present.schedule == how.schedule
                && present.unit == how.unit
                && present.rollback_of == how.rollback_of
                && present.hold == how.hold;
            if same {
                return Ok(Applied::Already { deployment_id: row.id, revision: row.revision });
            }
            let reason = "Another deployment of the same build waits in its place.".to_owned();
            let actor = Some(ctx.caller.name.to_string());
            let asked = Asked { at: tx.at(), actor, reason, version: None };
            let Ok(Became::Changed(ended)) = present.command(&Command::Withdraw, asked) else {
                return Err(wire::damaged("deployment", &row.id));
            };
            authority::plain(tx, ServingChange::Deployment(ended), Rows::Move(None)).await?;
        }
    }
    let id = wait(ctx, tx, &how, placement).await?;
    tx.link_deployment(&approval.id, &id).await?;
    Ok(Applied::New(Box::new(shown::by_id(&mut tx.project(), &id, ctx.now).await?)))
}

/// Answers the id of the deployment that waits for approval.
pub(in crate::app) async fn wait(
    ctx: &Ctx,
    tx: &mut WriteTx,
    how: &How,
    placement: &Placement,
) -> Outcome<String> {
    let transition = created(ctx, tx, how, true, &placement.reason);
    let id = transition.deployment.id.to_string();
    let waits = ServingChange::Deployment(Box::new(transition));
    authority::plain(tx, waits, Rows::Move(Some(placement))).await?;
    Ok(id)
}

/// It went live without approval: somebody has to look at it.
pub(in crate::app) async fn declared(
    ctx: &Ctx,
    tx: &mut WriteTx,
    id: &str,
    emergency: &Emergency,
) -> Outcome<()> {
    let new = NewEmergency {
        deployment_id: id,
        person_id: ctx.caller.person(),
        name: &ctx.caller.name,
        reason: &emergency.reason,
        review_by: Emergency::review_by(tx.at()),
    };
    tx.insert_emergency(&new).await?;
    Ok(())
}

/// The build that would be served, kept: approval is asked for exactly that.
pub(in crate::app) async fn to_be_served(
    ctx: &Ctx,
    tx: &mut WriteTx,
    (prompt, version): (&PromptRow, &VersionRow),
    environment: &str,
) -> Outcome<approval::Target> {
    not_archived(version)?;
    let target = Target::of("approval", prompt, version, environment, "");
    let live = tx.project().live(&prompt.id, environment).await?;
    let direction = direction(tx, &target, live.as_ref()).await?;
    let made = made(ctx, tx, &target, &direction).await?;
    tx.keep_build(&version.id, &made.build_hash, &made.kept()).await?;
    Ok(approval::Target {
        prompt: prompt.id.as_str().into(),
        environment: environment.to_owned(),
        version: version.id.as_str().into(),
        build_hash: made.build_hash,
    })
}

/// What the policy refuses, with what to do in place of it.
pub(in crate::app) fn in_words(refusal: Refusal, target: &Target<'_>) -> Refusal {
    if refusal.code != Code::FixForward {
        return refusal;
    }
    let version = target.version;
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    let detail = format!(
        "{:?} only goes forward: {number} is older than what is live. Use revert: it makes a new version with the content of \
         {number} and activates it.",
        target.environment
    );
    Refusal { detail, ..refusal }
}
