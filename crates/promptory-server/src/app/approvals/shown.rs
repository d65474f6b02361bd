//! Requests for approval as callers see them.

use std::collections::HashMap;

use promptory_api::approval::{
    Approval as Shown, ApprovalDecision, ApprovalPerson, ApprovalStage, PolicyChange,
};
use promptory_core::{
    access::Permission,
    approval::{Action, Approval, Person, Policy, is_loosening},
    id::UserId,
    time::Timestamp,
};
use promptory_store::{ApprovalRow, DecisionRow, ProjectReader};
use serde_json::Value;

use super::{by_id as row_by_id, decide, open_stage, state};
use crate::{
    app::{Ctx, Outcome, authority::in_force, releases, wire},
    numbers::number_text,
};

/// Who looks: what they can do is said.
pub(super) struct Viewer {
    person: Result<Person, String>,
    approves: bool,
    takes_part: bool,
    now: Timestamp,
}

pub(super) async fn by_id(ctx: &Ctx, reader: &mut ProjectReader<'_>, id: &str) -> Outcome<Shown> {
    let row = row_by_id(reader, id).await?;
    Viewer::of(ctx, reader).await?.show(reader, row).await
}

/// Of somebody by id, by their present name.
pub(in crate::app) async fn person_named(
    reader: &mut ProjectReader<'_>,
    id: Option<&str>,
    name: &str,
) -> Outcome<ApprovalPerson> {
    let present = match id {
        Some(id) => reader.person_name(id).await?,
        None => None,
    };
    Ok(ApprovalPerson { id: id.map(str::to_owned), name: present.unwrap_or_else(|| name.to_owned()) })
}

impl Viewer {
    pub(super) async fn of(ctx: &Ctx, reader: &mut ProjectReader<'_>) -> Outcome<Self> {
        let person = match decide::person(ctx, reader).await {
            Ok(person) => Ok(person),
            Err(refusal) if refusal.code.status().is_client_error() => Err(refusal.detail),
            Err(refusal) => return Err(refusal),
        };
        let may = |permission: Permission| permission.allows(ctx.caller.scopes, ctx.caller.instance_admin);
        let (approves, takes_part) = (may(Permission::Approve), may(Permission::Propose));
        Ok(Self { person, approves, takes_part, now: ctx.now })
    }

    pub(super) async fn show(&self, reader: &mut ProjectReader<'_>, row: ApprovalRow) -> Outcome<Shown> {
        let policy = in_force(reader, &row.environment).await?.policy;
        let decisions = reader.decisions(&row.id).await?;
        let approval = row.approval(&decisions)?;
        let evaluation = approval.evaluate(&policy, self.now);
        let mut people = People { reader, known: HashMap::new() };
        let mut stages = Vec::new();
        for (index, (stage, progress)) in policy.stages.iter().zip(&evaluation.stages).enumerate() {
            let stands = match open_stage(&evaluation) {
                _ if progress.missing() == 0 => "done",
                Some(open) if open == index => "open",
                _ => "waiting",
            };
            stages.push(ApprovalStage {
                name: stage.name.clone(),
                state: stands.to_owned(),
                roles: stage.roles.words().map(str::to_owned).collect(),
                users: people.all(&stage.users).await?,
                approvals: stage.approvals,
                by: people.all(&progress.by).await?,
            });
        }
        let authors = people.all(&approval.authors).await?;
        let requester = person_named(people.reader, row.requester_id.as_deref(), &row.requester).await?;
        let (comments, decisions) = decisions.into_iter().partition(|row| row.kind == "comment");
        let (possible, why_not) = self.possible(&approval, &policy);
        let number = match (row.major, row.minor, row.patch, &row.pre) {
            (Some(major), Some(minor), Some(patch), Some(pre)) => Some(number_text(major, minor, patch, pre)),
            _ => None,
        };
        let items = match &row.release_id {
            Some(id) => {
                people.reader.deployments_of_release(id).await?.into_iter().map(releases::item).collect()
            }
            None => Vec::new(),
        };
        let open = open_stage(&evaluation).and_then(|index| policy.stages.get(index));
        Ok(Shown {
            state: state(&evaluation).as_str().to_owned(),
            stage: open.map(|stage| stage.name.clone()),
            stages,
            requester,
            authors,
            decisions: shown(decisions),
            comments: shown(comments),
            policy: policy_change(&row, &policy)?,
            expires_at: evaluation.expires_at.to_rfc3339(),
            possible,
            why_not,
            version: number,
            build_hash: (row.kind == "build").then(|| row.detail.clone()),
            id: row.id,
            kind: row.kind,
            environment: row.environment,
            prompt: row.prompt,
            note: row.note,
            deployment_id: row.deployment_id,
            items,
            release_id: row.release_id,
            opened_at: wire::time(row.opened_at),
            ended_at: row.ended_at.map(wire::time),
            spent_at: row.spent_at.map(wire::time),
        })
    }

    /// What they can do, and why they cannot approve where somebody could.
    fn possible(&self, approval: &Approval, policy: &Policy) -> (Vec<String>, Option<String>) {
        let evaluation = approval.evaluate(policy, self.now);
        let open = evaluation.state.is_open() && !evaluation.spent;
        let person = match &self.person {
            Ok(person) => person,
            Err(why) => return (Vec::new(), open.then(|| why.clone())),
        };
        let can = |action, comment: &str| approval.decide(policy, person, action, comment, self.now);
        let words = [
            ("approve", Action::Approve, self.approves),
            ("reject", Action::Reject, self.approves),
            ("request-changes", Action::RequestChanges, self.approves),
            ("comment", Action::Comment, self.takes_part),
            ("withdraw", Action::Withdraw, self.takes_part),
        ];
        let possible = words.into_iter().filter(|(_, action, may)| *may && can(*action, "words").is_ok());
        let possible = possible.map(|(word, ..)| word.to_owned()).collect();
        let why_not = match can(Action::Approve, "") {
            Err(why) if open => Some(decide::in_words(&why)),
            Ok(_) if !self.approves => Some(format!("This needs {}.", Permission::Approve.needs())),
            _ => None,
        };
        (possible, why_not)
    }
}

struct People<'a, 'c> {
    reader: &'a mut ProjectReader<'c>,
    known: HashMap<String, ApprovalPerson>,
}

impl People<'_, '_> {
    async fn all(&mut self, ids: &[UserId]) -> Outcome<Vec<ApprovalPerson>> {
        let mut people = Vec::new();
        for id in ids {
            if !self.known.contains_key(id.as_str()) {
                let person = person_named(self.reader, Some(id.as_str()), id.as_str()).await?;
                self.known.insert(id.as_str().to_owned(), person);
            }
            people.extend(self.known.get(id.as_str()).cloned());
        }
        Ok(people)
    }
}

fn shown(rows: Vec<DecisionRow>) -> Vec<ApprovalDecision> {
    let decision = |row: DecisionRow| ApprovalDecision {
        seq: row.seq,
        at: wire::time(row.at),
        by: ApprovalPerson { id: row.person_id, name: row.name },
        kind: row.kind,
        stage: row.stage,
        comment: row.comment,
        reply_to: row.reply_to,
    };
    rows.into_iter().map(decision).collect()
}

/// What a policy is to become, beside what holds now.
fn policy_change(row: &ApprovalRow, present: &Policy) -> Outcome<Option<PolicyChange>> {
    if row.kind != "policy" {
        return Ok(None);
    }
    let wanted: Value = serde_json::from_str(&row.wanted).map_err(|_| wire::damaged("approval", &row.id))?;
    let after: Policy =
        serde_json::from_value(wanted["policy"].clone()).map_err(|_| wire::damaged("approval", &row.id))?;
    let loosens = is_loosening(present, &after).iter().map(ToString::to_string).collect();
    Ok(Some(PolicyChange { before: wire::policy(present), after: wire::policy(&after), loosens }))
}

#[cfg(test)]
mod tests {
    use promptory_core::approval::ApprovalState;

    #[test]
    fn every_state_is_open_or_over() {
        let open = super::super::STATES.into_iter().filter(|state| state.is_open());
        assert_eq!(open.collect::<Vec<_>>(), [ApprovalState::Pending, ApprovalState::ChangesRequested]);
    }
}
