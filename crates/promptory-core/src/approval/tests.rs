mod asking;
mod authorizing;
mod deciding;
mod moving;
mod policies;
mod properties;

use super::*;
use crate::{access::Roles, id::UserId, time::Timestamp};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_micros(1_790_000_000_000_000).plus_seconds(hours * 3600)
}

/// `approver ben`: roles, and last the name.
fn person(words: &str) -> Person {
    let (roles, name) = words.rsplit_once(' ').unwrap_or(("", words));
    Person { user: name.into(), roles: Roles::from_stored(roles) }
}

fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| UserId::from(*name)).collect()
}

fn stage(name: &str, roles: &str, named: &[&str], approvals: u32) -> Stage {
    Stage { name: name.into(), roles: Roles::from_stored(roles), users: users(named), approvals }
}

/// Two approvers, then an operator or Olga.
fn two_stages() -> Policy {
    let stages = vec![stage("review", "approver", &[], 2), stage("release", "operator", &["olga"], 1)];
    Policy { stages, ..Policy::default() }
}

fn build(hash: &str) -> Subject {
    Subject::Build { prompt: "p".into(), environment: "production".into(), build_hash: hash.into() }
}

/// Ada wrote it, Rob asked for it.
fn request(subject: Subject) -> Approval {
    Approval {
        subject,
        requester: Some("rob".into()),
        authors: users(&["ada"]),
        opened_at: at(0),
        decisions: Vec::new(),
        spent_at: None,
    }
}

/// Each in turn, all valid.
fn decided(mut approval: Approval, policy: &Policy, acts: &[(&str, Action)]) -> Approval {
    for (words, action) in acts {
        let decision = approval.decide(policy, &person(words), *action, "words", at(1));
        approval.decisions.push(decision.unwrap_or_else(|why| panic!("{words} {action:?}: {why}")));
    }
    approval
}

const FULL: [(&str, Action); 3] =
    [("approver ben", Action::Approve), ("approver cid", Action::Approve), ("olga", Action::Approve)];
