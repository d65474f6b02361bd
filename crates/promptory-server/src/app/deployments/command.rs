//! What people and the clock do to a deployment.

use std::sync::Arc;

use promptory_api::deployment::{Deployment, DeploymentCommand};
use promptory_core::{
    approval::ServingChange,
    limits,
    rollout::{Asked, Command, Effect, Outcome as Became, Refused, State, Transition},
    time::Timestamp,
};
use promptory_store::{DeploymentRow, NewAudit, Rows, WriteTx};
use serde_json::{Value, json};

use super::{begin::start_waiting, row, shown, together::together};
use crate::{
    app::{App, Ctx, Outcome, approvals, authority, prompts::about, releases},
    check::Checks,
    refusal::{Code, Refusal},
    serving::ProjectServing,
};

/// # Errors
/// No such deployment, the key is bound to another environment, or it is not possible in the present state.
pub async fn command(
    ctx: &Ctx,
    id: &str,
    command: &Command,
    body: &DeploymentCommand,
) -> Outcome<Deployment> {
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let row = row(&mut tx.project(), id).await?;
    ctx.environment(Some(&row.environment))?;
    let present = row.deployment()?;
    let reason = body.reason.clone().unwrap_or_default();
    let actor = Some(ctx.caller.name.to_string());
    let asked = Asked { at: tx.at(), actor, reason, version: body.number };
    let transition = match present.command(command, asked) {
        Ok(Became::Changed(transition)) => *transition,
        Ok(Became::Already) => {
            let answer = shown::by_id(&mut tx.project(), id, ctx.now).await?;
            return ctx.nothing_changed(tx, 200, answer, row.revision).await;
        }
        Err(refused) => {
            let standing = shown::standing(&present);
            let code = match refused {
                Refused::Changed { .. } => Code::DeploymentChanged,
                _ => Code::DeploymentState,
            };
            let detail = match refused {
                Refused::Illegal { command, state, .. } => format!(
                    "{command} is not possible while the deployment is {state}; possible now: {}.",
                    if standing.possible.is_empty() {
                        "nothing".to_owned()
                    } else {
                        standing.possible.join(", ")
                    }
                ),
                other => format!("{other}."),
            };
            return Err(Refusal { deployment: Some(Box::new(standing)), ..Refusal::new(code, detail) });
        }
    };
    let acknowledged = body.acknowledge_rollback.unwrap_or(false);
    if let Some(release) = row.release_id.as_deref().filter(|_| present.state.is_waiting()) {
        let reason = transition.event.reason.as_str();
        return as_part(ctx, tx, (id, release), command, (reason, acknowledged)).await;
    }
    let detail = detail(&row, &transition);
    carry_out(&mut tx, &row, transition, (Some(&ctx.caller.name), acknowledged)).await?;
    if present.state == State::PendingApproval && *command == Command::Abort {
        approvals::given_up(&mut tx, id, "The deployment was given up.").await?;
    }
    let answer = shown::by_id(&mut tx.project(), id, ctx.now).await?;
    ctx.remember(&mut tx, 200, &answer).await?;
    let action = format!("deployment.{}", command.as_str());
    let audit = about(ctx, &action, &row.prompt_id, &row.prompt, &detail);
    ctx.commit(tx, NewAudit { environment: Some(row.environment.clone()), ..audit }).await?;
    Ok(answer)
}

/// What waits with others starts with them, and is given up with them.
async fn as_part(
    ctx: &Ctx,
    mut tx: WriteTx,
    (id, release): (&str, &str),
    command: &Command,
    (reason, acknowledged): (&str, bool),
) -> Outcome<Deployment> {
    together(&mut tx, release, command, (Some(&ctx.caller.name), reason, acknowledged)).await?;
    if *command == Command::Abort {
        approvals::given_up(&mut tx, id, "The release was given up.").await?;
    }
    let answer = shown::by_id(&mut tx.project(), id, ctx.now).await?;
    ctx.remember(&mut tx, 200, &answer).await?;
    let audit = releases::audit(ctx, &mut tx, command.as_str(), release, json!({"reason": reason})).await?;
    ctx.commit(tx, audit).await?;
    Ok(answer)
}

/// Everything is refused before anything is written.
pub(in crate::app) async fn carry_out(
    tx: &mut WriteTx,
    row: &DeploymentRow,
    transition: Transition,
    (by, acknowledged): (Option<&str>, bool),
) -> Outcome<()> {
    let starts = transition.event.from.as_ref().is_some_and(State::is_waiting)
        && matches!(transition.effect, Effect::Share(_) | Effect::Live);
    if starts {
        return start_waiting(tx, row, &transition, (by, acknowledged)).await;
    }
    let change = ServingChange::Deployment(Box::new(transition));
    authority::plain(tx, change, Rows::Move(None)).await?;
    Ok(())
}

fn detail(row: &DeploymentRow, transition: &Transition) -> Value {
    let event = &transition.event;
    json!({
        "deployment": row.id, "build_hash": row.build_hash, "event": event.seq,
        "from": event.from.as_ref().map(State::as_str), "to": event.to.as_str(), "step": event.step,
        "percentage": shown::percentage(event.share), "reason": event.reason,
    })
}

/// What time does to one deployment, while this server holds the lease with this fence. Answers whether it did anything.
///
/// # Errors
/// The database cannot be written, or a row is damaged.
pub async fn tick(
    app: &App,
    project: &Arc<ProjectServing>,
    id: &str,
    (lease, fence): (&str, i64),
    now: Timestamp,
) -> Outcome<bool> {
    let mut tx = app.store.write(&project.id, now).await?;
    if !tx.holds_lease(lease, &app.node, fence).await? {
        return Ok(false);
    }
    let row = row(&mut tx.project(), id).await?;
    let Some(transition) = row.deployment()?.tick(tx.at()) else { return Ok(false) };
    let audit = NewAudit {
        actor: "clock".to_owned(),
        actor_name: "clock".to_owned(),
        action: format!("deployment.{}", transition.event.kind.as_str()),
        prompt_id: Some(row.prompt_id.clone()),
        prompt: Some(row.prompt.clone()),
        environment: Some(row.environment.clone()),
        detail: detail(&row, &transition).to_string(),
        ..NewAudit::default()
    };
    authority::plain(&mut tx, ServingChange::Deployment(Box::new(transition)), Rows::Move(None)).await?;
    let committed = tx.commit(audit).await?;
    app.settle(project, committed.revision).await;
    Ok(true)
}
