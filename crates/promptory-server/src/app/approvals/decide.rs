//! What persons say about a request.

use promptory_api::approval::{Approval as Shown, Decide};
use promptory_core::{
    access::Roles,
    approval::{Action, ApprovalState, CannotDecide, Person},
    limits,
};
use promptory_store::{DecisionRow, NewAudit, ProjectReader};
use serde_json::json;

use super::{by_id, outcome, shown};
use crate::{
    app::{Ctx, Outcome, authority::in_force},
    check::Checks,
    refusal::{Code, Refusal},
};

/// Who asks, as a person: somebody who has signed in, or the owner of a key that they made themselves.
///
/// # Errors
/// It is nobody, or a key that somebody else made for its owner.
pub(in crate::app) async fn person(ctx: &Ctx, reader: &mut ProjectReader<'_>) -> Outcome<Person> {
    let nobody = |detail: &str| Refusal::new(Code::CannotDecide, detail);
    let Some(id) = ctx.caller.person() else {
        return Err(nobody(
            "Persons decide, and this key belongs to nobody. Sign in, or use a key of your own.",
        ));
    };
    if let Some(key) = ctx.caller.key_id()
        && !reader.key_is_personal(key).await?
    {
        return Err(nobody(
            "Somebody else made this key for you. Sign in, or use a key that you made yourself.",
        ));
    }
    let member = reader.member(id, ctx.now.micros()).await?;
    let roles = member.as_ref().map_or(Roles::NONE, |member| Roles::from_stored(&member.roles));
    let admin = member.map_or(ctx.caller.instance_admin, |member| member.instance_admin);
    Ok(Person { user: id.into(), roles: if admin { roles.with(Roles::ADMIN) } else { roles } })
}

pub(super) fn refusal(cannot: &CannotDecide) -> Refusal {
    let code = match cannot {
        CannotDecide::Over(_) | CannotDecide::Spent | CannotDecide::NothingOpen => Code::ApprovalState,
        CannotDecide::TooMuchSaid => return Refusal::invalid("", in_words(cannot)),
        CannotDecide::NoWords => return Refusal::invalid("/comment", "A comment needs words."),
        _ => Code::CannotDecide,
    };
    Refusal::new(code, in_words(cannot))
}

/// As a sentence.
pub(super) fn in_words(cannot: &CannotDecide) -> String {
    crate::refusal::sentence(cannot)
}

const fn word(action: Action) -> &'static str {
    match action {
        Action::Approve => "approval.approve",
        Action::Reject => "approval.reject",
        Action::RequestChanges => "approval.request_changes",
        Action::Comment => "approval.comment",
        Action::Withdraw => "approval.withdraw",
    }
}

/// The beginning of the thread that a comment joins.
fn thread(decisions: &[DecisionRow], action: Action, reply_to: Option<i64>) -> Outcome<Option<i64>> {
    let Some(seq) = reply_to else { return Ok(None) };
    if action != Action::Comment {
        let detail = "Only a comment answers something: leave this out, or answer by a comment.";
        return Err(Refusal::invalid("/reply_to", detail));
    }
    let answered = decisions.iter().find(|row| row.seq == seq).ok_or_else(|| {
        let detail =
            format!("This request has no decision or comment {seq}: take the \"seq\" of one that it has.");
        Refusal::invalid("/reply_to", detail)
    })?;
    Ok(Some(answered.reply_to.unwrap_or(answered.seq)))
}

/// With the last approval, what waited for it starts in the same commit.
///
/// # Errors
/// No such approval, or nothing in it that could be answered; nothing of it is open; the caller is no person, or not one who may.
pub async fn decide(ctx: &Ctx, id: &str, action: Action, body: &Decide) -> Outcome<Shown> {
    let mut checks = Checks::under("");
    checks.prose("/comment", body.comment.as_deref(), limits::NOTE_BYTES, false);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let row = by_id(&mut tx.project(), id).await?;
    ctx.environment(Some(&row.environment))?;
    let person = person(ctx, &mut tx.project()).await?;
    let policy = in_force(&mut tx.project(), &row.environment).await?.policy;
    let decisions = tx.project().decisions(id).await?;
    let reply_to = thread(&decisions, action, body.reply_to)?;
    let mut approval = row.approval(&decisions)?;
    let comment = body.comment.as_deref().unwrap_or_default();
    let decision = approval.decide(&policy, &person, action, comment, tx.at());
    let decision = decision.map_err(|cannot| refusal(&cannot))?;
    let who = ctx.who(&mut tx).await?;
    tx.add_decision(&row, &decision, &who, reply_to).await?;
    let stage = match &decision.kind {
        promptory_core::approval::DecisionKind::Approve { stage } => Some(stage.clone()),
        _ => None,
    };
    approval.decisions.push(decision);
    let after = approval.evaluate(&policy, tx.at());
    let standing = !after.spent && (after.state.is_open() || after.state == ApprovalState::Approved);
    if action != Action::Comment {
        tx.set_standing(id, after.state.as_str(), standing, after.expires_at).await?;
    }
    let by = Some(ctx.caller.name.to_string());
    let done = match (action, after.state) {
        (Action::Approve, ApprovalState::Approved) => outcome::carry_out(&mut tx, &row, by).await?,
        (Action::Reject | Action::Withdraw, _) => {
            outcome::give_up(&mut tx, &row, action, by, comment).await?
        }
        _ => None,
    };
    let answer = shown::by_id(ctx, &mut tx.project(), id).await?;
    ctx.remember(&mut tx, 200, &answer).await?;
    let detail = json!({
        "approval": id, "kind": row.kind, "subject": row.detail, "stage": stage, "state": answer.state,
        "comment": comment, "reply_to": reply_to, "done": done,
    });
    let audit = NewAudit {
        environment: Some(row.environment.clone()),
        prompt_id: row.prompt_id.clone(),
        prompt: row.prompt.clone(),
        ..ctx.audit(word(action), &detail)
    };
    ctx.commit(tx, audit).await?;
    Ok(answer)
}
