//! What an environment asks for before it serves something new: as it is written by callers, and at the server's host.

use promptory_api::{
    approval::PendingApproval,
    environment::{Policy as Written, Stage as WrittenStage},
};
use promptory_core::{
    access::Roles,
    approval::{Policy, Rollback, Stage, Subject},
    id::UserId,
};
use promptory_store::WriteTx;
use serde_json::Value;

use super::{
    Ctx, Outcome,
    approvals::{self, Wanted},
    sign_in::folded,
};
use crate::{
    check::Checks,
    refusal::{Code, Refusal},
};

/// The policy that is to hold: what is left out stays as it is.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) async fn wanted(
    ctx: &Ctx,
    tx: &mut WriteTx,
    written: &Written,
    present: &Policy,
) -> Outcome<Policy> {
    let mut checks = Checks::under("/policy");
    let rollback = match Rollback::parse(&written.rollback) {
        Ok(rollback) => rollback,
        Err(why) => {
            checks.add("invalid", "/rollback", why);
            present.rollback
        }
    };
    let mut stages = present.stages.clone();
    if let Some(written) = &written.stages {
        stages = Vec::new();
        for (n, written) in written.iter().enumerate() {
            stages.push(stage(ctx, tx, &mut checks, n, written).await?);
        }
    }
    checks.finish()?;
    let policy = Policy {
        stages,
        rollback,
        allow_author: written.allow_author.unwrap_or(present.allow_author),
        rollback_needs_approval: written.rollback_needs_approval.unwrap_or(present.rollback_needs_approval),
        emergency: written.emergency.unwrap_or(present.emergency),
        expires_after_s: written.expires_after_s.unwrap_or(present.expires_after_s),
        auto_revert: present.auto_revert,
    };
    let found = policy.check();
    if found.is_empty() { Ok(policy) } else { Err(Refusal::violations(Code::Invalid, found)) }
}

async fn stage(
    ctx: &Ctx,
    tx: &mut WriteTx,
    checks: &mut Checks,
    n: usize,
    written: &WrittenStage,
) -> Outcome<Stage> {
    let mut roles = Roles::NONE;
    for (i, word) in written.roles.iter().enumerate() {
        match Roles::parse_one(word) {
            Ok(role) => roles = roles.with(role),
            Err(why) => checks.add("role", &format!("/stages/{n}/roles/{i}"), why),
        }
    }
    let mut users: Vec<UserId> = Vec::new();
    for (i, named) in written.users.iter().enumerate() {
        let person = match named.contains('@') {
            true => tx.find_person_by_email(&folded(named)).await?,
            false => tx.find_person(named).await?,
        };
        let member = match &person {
            Some(person) => tx.project().member(&person.id, ctx.now.micros()).await?,
            None => None,
        };
        match member {
            Some(member) => users.push(member.id.into()),
            None => {
                let detail = format!("There is no user {named:?} in this project.");
                checks.add("user", &format!("/stages/{n}/users/{i}"), detail);
            }
        }
    }
    Ok(Stage { name: written.name.clone(), roles, users, approvals: written.approvals })
}

/// What asks for less waits for those who agree by what holds.
pub(super) async fn ask(
    ctx: &Ctx,
    tx: &mut WriteTx,
    subjects: &[Subject],
    action: &Value,
    note: &str,
) -> Outcome<Option<PendingApproval>> {
    let Some(subject) = subjects.first() else { return Ok(None) };
    let wanted = Wanted { version: None, action: Some(action), note };
    let (row, _) = approvals::ask_for(ctx, tx, subject, wanted).await?;
    approvals::pending_of(&mut tx.project(), &row, ctx.now).await.map(Some)
}
