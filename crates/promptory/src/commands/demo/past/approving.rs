//! Two weeks ago the people of the demo agreed that staging takes one approval, and production two.

use promptory_api::approval::{Approval, Decide};
use promptory_api::deployment::{Activate, Deployment};
use promptory_api::environment::{EnvironmentUpdate, Policy, Stage as PolicyStage};

use super::{Event, Live, MINUTE_S, Stage};
use crate::failure::Failure;
use crate::route::Route;

pub(super) const POLICIES_DAYS_AGO: i64 = 12;
const BY: &str = "Hanna Berg";
/// What they say, one after the other.
const COMMENTS: [&str; 2] = ["Reads well beside what is live.", "Fine for the callers."];

/// What waits for approval.
pub(super) struct Waiting {
    approval: String,
    version: usize,
}

/// When people get around to it.
pub(super) fn times<'a>(asked: i64, example: usize, environment: &'a str) -> Vec<(i64, Event<'a>)> {
    let waits: &[i64] = match environment {
        "staging" => &[40],
        "production" => &[45, 170],
        _ => &[],
    };
    waits.iter().map(|wait| (asked + wait * MINUTE_S, Event::Approve { example, environment })).collect()
}

fn stage(name: &str, roles: &[&str]) -> PolicyStage {
    PolicyStage {
        name: name.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        users: Vec::new(),
        approvals: 1,
    }
}

impl<'a> Stage<'a> {
    pub(super) async fn ask_for_approval(&self) -> Result<(), Failure> {
        let policies = [
            ("staging", vec![stage("review", &["approver", "admin"])]),
            (
                "production",
                vec![stage("content", &["approver", "admin"]), stage("operations", &["operator", "admin"])],
            ),
        ];
        for (environment, stages) in policies {
            let policy = Policy { stages: Some(stages), rollback: "allowed".to_owned(), ..Policy::default() };
            let body = EnvironmentUpdate { policy, ..EnvironmentUpdate::default() };
            self.people[BY].client.put(&Route::new("/environments").segment(environment)?, &body).await?;
        }
        Ok(())
    }

    /// None: it waits.
    pub(super) async fn activate(
        &mut self,
        wanted: Live<'a>,
        number: String,
        by: &str,
        reason: &str,
    ) -> Result<Option<Live<'a>>, Failure> {
        let body = Activate {
            version: number,
            environment: Some(wanted.environment.to_owned()),
            reason: Some(reason.to_owned()),
            // They know what came back before.
            acknowledge_rollback: Some(true),
            ..Activate::default()
        };
        let route = Route::prompt(&self.examples[wanted.example].name)?.then("/activate");
        let done: Deployment = self.people[by].client.post(&route, &body).await?.parse()?;
        let Some(pending) = done.approval.filter(|_| done.state == "pending_approval") else {
            return Ok(Some(wanted));
        };
        let waiting = Waiting { approval: pending.id, version: wanted.version };
        self.waiting.insert((wanted.example, wanted.environment), waiting);
        Ok(None)
    }

    /// By the first of them who counts; what is live when nobody is left to ask.
    pub(super) async fn approve(
        &mut self,
        example: usize,
        environment: &'a str,
    ) -> Result<Option<Live<'a>>, Failure> {
        let Some(Waiting { approval, version }) = self.waiting.get(&(example, environment)) else {
            return Ok(None);
        };
        let route = Route::new("/approvals").segment(approval)?;
        // Not always the same one first.
        for person in self.people.values().cycle().skip(example).take(self.people.len()) {
            let seen: Approval = person.client.get(&route).await?.parse()?;
            if !seen.possible.iter().any(|word| word == "approve") {
                continue;
            }
            let given = seen.decisions.len() % COMMENTS.len();
            let body = Decide { comment: Some(COMMENTS[given].to_owned()) };
            let after: Approval =
                person.client.post(&route.clone().then("/approve"), &body).await?.parse()?;
            let version = *version;
            if after.state != "approved" {
                return Ok(None);
            }
            self.waiting.remove(&(example, environment));
            return Ok(Some(Live { example, environment, version }));
        }
        Err(Failure::Local(format!("nobody can approve what waits for {environment}")))
    }
}
