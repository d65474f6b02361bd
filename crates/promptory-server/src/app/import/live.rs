//! Making live what the files say is live, by the same road as any activation.

use promptory_api::deployment::Activate;
use promptory_core::access::Permission;
use promptory_files::{About, Refused};

use super::Import;
use crate::{
    app::{Outcome, deployments},
    refusal::{Code, Refusal},
};

pub(super) struct Wanted {
    path: String,
    name: String,
    environment: String,
    number: String,
}

impl Wanted {
    pub(super) fn of<'a>(path: &'a str, name: &'a str, about: &'a About) -> impl Iterator<Item = Self> + 'a {
        about.live.iter().map(move |(environment, number)| Self {
            path: path.to_owned(),
            name: name.to_owned(),
            environment: environment.clone(),
            number: number.clone(),
        })
    }
}

impl Import<'_> {
    /// What includes another prompt may have to wait until that is live: what fails is tried again while others succeed.
    pub(super) async fn activate(&mut self) -> Outcome<()> {
        let mut open = std::mem::take(&mut self.wanted);
        if !Permission::Deploy.allows(self.ctx.caller.scopes, self.ctx.caller.instance_admin)
            && !open.is_empty()
        {
            let detail = format!("To activate, a key needs {}.", Permission::Deploy.needs());
            return Err(Refusal::new(Code::Forbidden, detail));
        }
        let mut waits = 0;
        loop {
            let (mut waiting, mut refused) = (Vec::new(), Vec::new());
            let before = self.report.activated;
            for wanted in open {
                if self.is_live(&wanted) {
                    continue;
                }
                if self.dry_run() {
                    self.report.activated += 1;
                    continue;
                }
                let body = Activate {
                    version: wanted.number.clone(),
                    environment: Some(wanted.environment.clone()),
                    reason: Some("Imported".to_owned()),
                    acknowledge_rollback: self.query.acknowledge_rollback,
                    ..Activate::default()
                };
                match deployments::activate(self.ctx, &wanted.name, &body).await {
                    Ok(deployment) if deployment.state == "pending_approval" => {
                        waits += 1;
                    }
                    Ok(_) => self.report.activated += 1,
                    Err(refusal) if refusal.code.status().is_server_error() => return Err(refusal),
                    Err(refusal) => {
                        let detail = format!(
                            "{} in {}: {}",
                            wanted.number,
                            wanted.environment,
                            super::in_words(&refusal)
                        );
                        refused.push(Refused::new(&wanted.path, detail));
                        waiting.push(wanted);
                    }
                }
            }
            if waiting.is_empty() || self.report.activated == before || self.dry_run() {
                self.refuse(refused);
                self.report.pending += waits;
                return Ok(());
            }
            open = waiting;
        }
    }

    fn is_live(&self, wanted: &Wanted) -> bool {
        let snapshot = self.ctx.project.snapshot();
        let live =
            snapshot.prompt(&wanted.name).and_then(|entry| entry.live_in(&wanted.environment).cloned());
        live.is_some_and(|build| *build.number == *wanted.number)
    }
}
