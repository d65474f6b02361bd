//! Two weeks ago the people of the demo agreed that staging takes one approval, and production two.

use promptory_api::approval::{Approval, Decide, PendingApproval};
use promptory_api::deployment::{Activate, Deployment};
use promptory_api::environment::{EnvironmentUpdate, Policy, Stage as PolicyStage};
use promptory_api::release::{NewRelease, NewReleaseItem, Release};

use super::{Event, Live, MINUTE_S, Stage};
use crate::failure::Failure;
use crate::route::Route;

pub(super) const POLICIES_DAYS_AGO: i64 = 12;
/// From asking to the answer to the first who agrees.
pub(super) const ANSWER_S: i64 = 75 * MINUTE_S;
const BY: &str = "Hanna Berg";
/// What they say, one after the other.
const COMMENTS: [&str; 2] = ["Reads well beside what is live.", "Fine for the callers."];

/// What waits for approval.
pub(super) struct Waiting<'a> {
    approval: String,
    lives: Vec<Live<'a>>,
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

    /// What went live; nothing where it waits.
    pub(super) async fn activate(
        &mut self,
        wanted: Live<'a>,
        number: String,
        by: &str,
        reason: &str,
    ) -> Result<Vec<Live<'a>>, Failure> {
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
        Ok(self.begun(vec![wanted], done.approval.filter(|_| done.state == "pending_approval")))
    }

    /// The same of several prompts together.
    pub(super) async fn release(
        &mut self,
        wanted: Vec<Live<'a>>,
        numbers: &[Vec<String>],
        by: &str,
        reason: &str,
    ) -> Result<Vec<Live<'a>>, Failure> {
        let item = |live: &Live<'_>| NewReleaseItem {
            prompt: self.examples[live.example].name.clone(),
            version: numbers[live.example][live.version].clone(),
        };
        let body = NewRelease {
            environment: wanted.first().map(|live| live.environment.to_owned()),
            items: wanted.iter().map(item).collect(),
            reason: Some(reason.to_owned()),
            ..NewRelease::default()
        };
        let done: Release = self.people[by].client.post(&Route::new("/releases"), &body).await?.parse()?;
        Ok(self.begun(wanted, done.approval.filter(|_| done.state == "waiting")))
    }

    fn begun(&mut self, lives: Vec<Live<'a>>, pending: Option<PendingApproval>) -> Vec<Live<'a>> {
        let (Some(pending), Some(first)) = (pending, lives.first()) else { return lives };
        self.waiting.insert((first.example, first.environment), Waiting { approval: pending.id, lives });
        Vec::new()
    }

    /// By the first of them who counts; what goes live when nobody is left to ask.
    pub(super) async fn approve(
        &mut self,
        example: usize,
        environment: &'a str,
    ) -> Result<Vec<Live<'a>>, Failure> {
        let Some(Waiting { approval, .. }) = self.waiting.get(&(example, environment)) else {
            return Ok(Vec::new());
        };
        let route = Route::new("/approvals").segment(approval)?;
        // Not always the same one first.
        for person in self.people.values().cycle().skip(example).take(self.people.len()) {
            let seen: Approval = person.client.get(&route).await?.parse()?;
            if !seen.possible.iter().any(|word| word == "approve") {
                continue;
            }
            let given = seen.decisions.len() % COMMENTS.len();
            let body = Decide { comment: Some(COMMENTS[given].to_owned()), reply_to: None };
            let after: Approval =
                person.client.post(&route.clone().then("/approve"), &body).await?.parse()?;
            if after.state != "approved" {
                return Ok(Vec::new());
            }
            return Ok(self.waiting.remove(&(example, environment)).map(|it| it.lives).unwrap_or_default());
        }
        Err(Failure::Local(format!("nobody can approve what waits for {environment}")))
    }

    pub(super) async fn answer(
        &self,
        waiting: (usize, &'a str),
        by: &str,
        comment: &str,
    ) -> Result<(), Failure> {
        let Some(Waiting { approval, .. }) = self.waiting.get(&waiting) else { return Ok(()) };
        let route = Route::new("/approvals").segment(approval)?.then("/comment");
        let body = Decide { comment: Some(comment.to_owned()), reply_to: Some(1) };
        self.people[by].client.post(&route, &body).await?;
        Ok(())
    }
}
