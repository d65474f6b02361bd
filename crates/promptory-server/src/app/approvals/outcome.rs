//! What becomes of a request: it is carried out, given up, or looked at again because time or a policy moved.

use std::sync::Arc;

use promptory_core::{
    access::Roles,
    approval::{Action, ApprovalState, Decision, DecisionKind, Freeze, Policy, Subject},
    rollout::{Asked, Command, Outcome as Became, State},
    time::Timestamp,
};
use promptory_store::{ApprovalRow, DeploymentRow, NewAudit, WriteTx};
use serde_json::{Value, json};

use super::by_id;
use crate::{
    app::{
        App, Outcome,
        authority::{self, InForce, Made, in_force},
        deployments, references, wire,
    },
    serving::ProjectServing,
};

/// Does what was approved. Answers what that was, for the audit log; none: nothing waited.
///
/// What cannot be done any more is given up and not refused: the approval was given all the same.
pub(super) async fn carry_out(
    tx: &mut WriteTx,
    row: &ApprovalRow,
    by: Option<String>,
) -> Outcome<Option<Value>> {
    let subject = Subject::from_stored(&row.kind, row.prompt_id.as_deref(), &row.environment, &row.detail);
    let wanted: Value = match row.wanted.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).map_err(|_| wire::damaged("approval", &row.id))?,
    };
    let done = match subject {
        Some(Subject::Build { .. }) if wanted.is_null() => return deployment(tx, row, by).await,
        Some(Subject::Release { .. }) => return release(tx, row, by.as_deref()).await,
        Some(Subject::Build { .. } | Subject::Archive { .. }) => archive(tx, row, &wanted).await,
        Some(Subject::Policy { .. }) => policy(tx, row, &wanted).await,
        Some(Subject::Unfreeze { .. }) => unfreeze(tx, row, &wanted).await,
        Some(Subject::DeleteEnvironment { .. }) | None => return Err(wire::damaged("approval", &row.id)),
    };
    match done {
        Ok(Made::Done) => Ok(Some(wanted)),
        // Another environment's people have yet to agree.
        Ok(Made::Waits(subjects))
            if row.kind != "policy" && row.kind != "unfreeze" && !subjects.is_empty() =>
        {
            Ok(None)
        }
        Ok(Made::Waits(_)) => {
            overtaken(tx, row, "What it would change is not as it was any more. Ask anew.").await?;
            Ok(None)
        }
        Err(refusal) if refusal.code.status().is_client_error() => {
            overtaken(tx, row, &refusal.detail).await?;
            Ok(None)
        }
        Err(refusal) => Err(refusal),
    }
}

async fn deployment(tx: &mut WriteTx, row: &ApprovalRow, by: Option<String>) -> Outcome<Option<Value>> {
    let Some(waiting) = waiting(tx, row).await?.filter(|row| row.state == State::PendingApproval.as_str())
    else {
        return Ok(None);
    };
    let frozen = {
        let InForce { row, .. } = in_force(&mut tx.project(), &waiting.environment).await?;
        // Going back stays possible.
        authority::frozen(&row, tx.at()) && waiting.direction != "back"
    };
    let asked = |reason: String, at| Asked { at, actor: by.clone(), reason, version: None };
    let present = waiting.deployment()?;
    let approve = present.command(&Command::Approve { frozen }, asked(String::new(), tx.at()));
    let Ok(Became::Changed(transition)) = approve else {
        return Err(wire::damaged("deployment", &waiting.id));
    };
    match deployments::carry_out(tx, &waiting, *transition, (by.as_deref(), false)).await {
        Ok(()) => {}
        Err(refusal) if refusal.code.status().is_client_error() => {
            let given_up = present.command(&Command::Abort, asked(refusal.detail, tx.at()));
            let Ok(Became::Changed(transition)) = given_up else {
                return Err(wire::damaged("deployment", &waiting.id));
            };
            deployments::carry_out(tx, &waiting, *transition, (by.as_deref(), false)).await?;
        }
        Err(refusal) => return Err(refusal),
    }
    let after = tx.project().deployment(&waiting.id).await?;
    let state = after.map(|row| row.state).unwrap_or_default();
    Ok(Some(json!({"deployment": waiting.id, "state": state})))
}

/// All of it starts, or it is given up as a whole.
async fn release(tx: &mut WriteTx, row: &ApprovalRow, by: Option<&str>) -> Outcome<Option<Value>> {
    let Some(id) = &row.release_id else { return Err(wire::damaged("approval", &row.id)) };
    let frozen = {
        let InForce { row, .. } = in_force(&mut tx.project(), &row.environment).await?;
        authority::frozen(&row, tx.at())
    };
    match deployments::together(tx, id, &Command::Approve { frozen }, (by, "", false)).await {
        Ok(true) => Ok(Some(json!({"release": id, "starts": !frozen}))),
        Ok(false) => Ok(None),
        Err(refusal) if refusal.code.status().is_client_error() => {
            deployments::together(tx, id, &Command::Abort, (by, &refusal.detail, false)).await?;
            overtaken(tx, row, &refusal.detail).await?;
            Ok(Some(json!({"release": id, "given_up": refusal.detail})))
        }
        Err(refusal) => Err(refusal),
    }
}

/// This deployment, or the release that it belongs to, was given up while it waited: nothing can become of the request.
pub(in crate::app) async fn given_up(tx: &mut WriteTx, deployment_id: &str, why: &str) -> Outcome<()> {
    match tx.project().approval_of(deployment_id).await? {
        Some(row) if row.standing => overtaken(tx, &row, why).await,
        _ => Ok(()),
    }
}

async fn waiting(tx: &mut WriteTx, row: &ApprovalRow) -> Outcome<Option<DeploymentRow>> {
    match &row.deployment_id {
        Some(id) => Ok(tx.project().deployment(id).await?),
        None => Ok(None),
    }
}

async fn archive(tx: &mut WriteTx, row: &ApprovalRow, wanted: &Value) -> Outcome<Made> {
    let archived = wanted["archived"].as_bool().unwrap_or(false);
    let name = row.prompt.as_deref().unwrap_or_default();
    let prompt = references::prompt(&mut tx.project(), name).await?;
    if prompt.archived_at.is_some() == archived {
        return Ok(Made::Waits(Vec::new()));
    }
    if archived {
        deployments::not_rolling_out(tx, &prompt.id, None).await?;
    }
    authority::archive_prompt(tx, &prompt, archived).await
}

async fn policy(tx: &mut WriteTx, row: &ApprovalRow, wanted: &Value) -> Outcome<Made> {
    let new: Policy =
        serde_json::from_value(wanted["policy"].clone()).map_err(|_| wire::damaged("approval", &row.id))?;
    let present = in_force(&mut tx.project(), &row.environment).await?;
    if Subject::policy(&row.environment, &present.policy, &new).detail() != row.detail {
        return Ok(Made::Waits(Vec::new()));
    }
    authority::change_policy(tx, &present.row, new).await
}

async fn unfreeze(tx: &mut WriteTx, row: &ApprovalRow, wanted: &Value) -> Outcome<Made> {
    let present = in_force(&mut tx.project(), &row.environment).await?;
    let Some(now) = present.row.freeze() else { return Ok(Made::Waits(Vec::new())) };
    let freeze = wanted["until"].as_i64().map(|until| Freeze {
        since: now.since,
        until: Some(Timestamp::from_micros(until)),
        reason: wanted["reason"].as_str().unwrap_or_default().to_owned(),
    });
    authority::change_freeze(tx, &present.row, freeze).await
}

/// What was to be changed is not there any more as it was: nothing can become of the request.
async fn overtaken(tx: &mut WriteTx, row: &ApprovalRow, why: &str) -> Outcome<()> {
    let (kind, comment) = (DecisionKind::Withdraw, why.to_owned());
    let decision = Decision { at: tx.at(), by: None, roles: Roles::NONE, kind, comment };
    tx.add_decision(row, &decision, "clock", None).await?;
    let at = tx.at();
    tx.set_standing(&row.id, ApprovalState::Withdrawn.as_str(), false, at).await?;
    Ok(())
}

/// What waited for it is given up.
pub(super) async fn give_up(
    tx: &mut WriteTx,
    row: &ApprovalRow,
    action: Action,
    by: Option<String>,
    why: &str,
) -> Outcome<Option<Value>> {
    let command = if action == Action::Reject { Command::Reject } else { Command::Withdraw };
    end(tx, row, command, by, why).await
}

/// The clock's decision, and the end of what waited.
pub(super) async fn expire(tx: &mut WriteTx, row: &ApprovalRow, decision: &Decision) -> Outcome<()> {
    tx.add_decision(row, decision, "clock", None).await?;
    let at = tx.at();
    tx.set_standing(&row.id, ApprovalState::Expired.as_str(), false, at).await?;
    end(tx, row, Command::Expire, None, "The approval has expired.").await?;
    Ok(())
}

async fn end(
    tx: &mut WriteTx,
    row: &ApprovalRow,
    command: Command,
    by: Option<String>,
    why: &str,
) -> Outcome<Option<Value>> {
    if let Some(release) = &row.release_id {
        let ended = deployments::together(tx, release, &command, (by.as_deref(), why, false)).await?;
        return Ok(ended.then(|| json!({"release": release, "state": "aborted"})));
    }
    let Some(waiting) = waiting(tx, row).await? else { return Ok(None) };
    let present = waiting.deployment()?;
    if !present.state.is_waiting() {
        return Ok(None);
    }
    // What was approved and waits for its start knows no rejection.
    let command = if present.possible().contains(&command.as_str()) { command } else { Command::Abort };
    let asked = Asked { at: tx.at(), actor: by.clone(), reason: why.to_owned(), version: None };
    let Ok(Became::Changed(transition)) = present.command(&command, asked) else {
        return Err(wire::damaged("deployment", &waiting.id));
    };
    deployments::carry_out(tx, &waiting, *transition, (by.as_deref(), false)).await?;
    Ok(Some(json!({"deployment": waiting.id, "state": "aborted"})))
}

/// Looks at a request whose time has come, or whose policy was changed, while this server holds the lease with this
/// fence. Answers whether anything came of it.
///
/// # Errors
/// The database cannot be written, or a row is damaged.
pub async fn look(
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
    let row = by_id(&mut tx.project(), id).await?;
    if !row.standing {
        return Ok(false);
    }
    let policy = in_force(&mut tx.project(), &row.environment).await?.policy;
    let decisions = tx.project().decisions(id).await?;
    let approval = row.approval(&decisions)?;
    let after = approval.evaluate(&policy, tx.at());
    let (action, done) = if let Some(decision) = approval.expire(&policy, tx.at()) {
        expire(&mut tx, &row, &decision).await?;
        ("approval.expired", None)
    } else {
        tx.set_standing(id, after.state.as_str(), true, after.expires_at).await?;
        match after.state {
            ApprovalState::Approved => ("approval.carried_out", carry_out(&mut tx, &row, None).await?),
            _ => ("approval.looked_at", None),
        }
    };
    let detail = json!({"approval": id, "state": after.state.as_str(), "done": done});
    let audit = NewAudit {
        actor: "clock".to_owned(),
        actor_name: "clock".to_owned(),
        action: action.to_owned(),
        prompt_id: row.prompt_id.clone(),
        prompt: row.prompt.clone(),
        environment: Some(row.environment.clone()),
        detail: detail.to_string(),
        ..NewAudit::default()
    };
    let committed = tx.commit(audit).await?;
    app.settle(project, committed.revision).await;
    Ok(true)
}
