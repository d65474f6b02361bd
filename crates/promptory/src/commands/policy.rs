//! `promptory policy …`: what an environment asks for before it serves something new.

use clap::{Args, Subcommand};
use promptory_api::environment::{Environment, EnvironmentUpdate, Policy as Written, Stage};
use promptory_server::host;

use crate::commands::environment::waits;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::route::Route;
use crate::serve::{failed, runtime};
use crate::settings::{DatabaseFlags, Flags, Settings};
use crate::text::facts;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Who has to agree, one stage after the other.
    Show { environment: String },
    /// Change it; what is left out stays as it is. What asks for less waits for approval by what holds.
    Set(Box<Set>),
    /// On the server's host, past all people: the environment approves by itself again. With SQLite the server must not
    /// run.
    Reset(Reset),
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    environment: String,
    /// One stage, as often as there are stages: review:2:approver,ada@example.com (name, approvals, roles and people).
    #[arg(long, value_name = "NAME:APPROVALS:WHO", value_parser = stage)]
    stage: Vec<Stage>,
    /// Nobody has to agree any more.
    #[arg(long, conflicts_with = "stage")]
    no_stages: bool,
    /// Whether authors, and who asked, count as well.
    #[arg(long)]
    allow_author: Option<bool>,
    /// allowed or fix_forward.
    #[arg(long, value_parser = ["allowed", "fix_forward"])]
    rollback: Option<String>,
    /// Whether also going back to what was approved before needs approval.
    #[arg(long)]
    rollback_needs_approval: Option<bool>,
    /// Whether somebody with the right may do without approval, with a reason.
    #[arg(long)]
    emergency: Option<bool>,
    /// Days from asking to the end of a request.
    #[arg(long, value_name = "DAYS")]
    expires_after: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    environment: String,
    /// For the audit log.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    database: DatabaseFlags,
}

impl Policy {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let set = match self {
            Self::Show { environment } => {
                let answer = context.client.get(&route(&environment)?).await?;
                return context.show(&answer, describe);
            }
            Self::Set(set) => *set,
            Self::Reset(_) => unreachable!("run without a client"),
        };
        let route = route(&set.environment)?;
        let present: Environment = context.client.get(&route).await?.parse()?;
        let stages = if set.no_stages { Some(Vec::new()) } else { Some(set.stage).filter(|s| !s.is_empty()) };
        let policy = Written {
            stages,
            allow_author: set.allow_author,
            rollback: set.rollback.unwrap_or(present.policy.rollback),
            rollback_needs_approval: set.rollback_needs_approval,
            emergency: set.emergency,
            expires_after_s: set.expires_after.map(|days| i64::from(days) * 86_400),
        };
        let body = EnvironmentUpdate {
            name: None,
            position: None,
            production: None,
            created_at: None,
            freeze: None,
            policy,
        };
        let answer = context.client.put(&route, &body).await?;
        context.show(&answer, |environment: &Environment| match &environment.pending {
            Some(pending) => waits(pending),
            None => describe(environment),
        })
    }
}

impl Reset {
    pub(crate) fn run(self, project: Option<&str>, json: bool) -> Result<(), Failure> {
        let config = Settings::load(&Flags::from(self.database))?.config()?;
        let environment = self.environment.as_str();
        let reset = host::reset_policy(&config, project, environment, &self.reason);
        let done = runtime()?.block_on(reset).map_err(failed)?;
        let out = Output::new(json);
        if out.is_json() {
            let answer = serde_json::json!({"environment": environment, "changed": done});
            return out.json(&answer.to_string());
        }
        out.block(&match done {
            true => format!("{environment} approves by itself again. The audit log has it as policy.reset."),
            false => format!("{environment} asks nobody; nothing was changed."),
        })
    }
}

fn route(environment: &str) -> Result<Route, Failure> {
    Route::new("/environments").segment(environment)
}

/// `review:2:approver,ada@example.com`
fn stage(text: &str) -> Result<Stage, String> {
    let wrong = || format!("{text:?} is no stage; write NAME:APPROVALS:WHO, such as review:2:approver");
    let (rest, who) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (name, approvals) = rest.rsplit_once(':').ok_or_else(wrong)?;
    let approvals = approvals.parse().map_err(|_| wrong())?;
    let (users, roles) = who.split(',').map(str::to_owned).partition(|word| word.contains('@'));
    Ok(Stage { name: name.to_owned(), roles, users, approvals })
}

fn describe(environment: &Environment) -> String {
    let policy = &environment.policy;
    let stages = policy.stages.as_deref().unwrap_or_default();
    let mut text = match stages {
        [] => format!("{} approves by itself.\n", environment.name),
        _ => format!("{} serves something new when these have agreed:\n", environment.name),
    };
    for (n, stage) in (1..).zip(stages) {
        let who: Vec<&str> = stage.roles.iter().chain(&stage.users).map(String::as_str).collect();
        text.push_str(&format!("  {n}. {}: {} of {}\n", stage.name, stage.approvals, who.join(", ")));
    }
    let word = |flag: Option<bool>| if flag.unwrap_or(false) { "yes" } else { "no" }.to_owned();
    text.push_str(&facts(&[
        ("rollback", policy.rollback.clone()),
        ("going back needs approval", word(policy.rollback_needs_approval)),
        ("authors count", word(policy.allow_author)),
        ("emergency", word(policy.emergency)),
        ("expires after", format!("{} days", policy.expires_after_s.unwrap_or_default() / 86_400)),
    ]));
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_read() {
        let read = stage("security: last:2:approver,admin,ada@example.com").expect("a stage");
        assert_eq!((read.name.as_str(), read.approvals), ("security: last", 2));
        assert_eq!(read.roles, ["approver", "admin"]);
        assert_eq!(read.users, ["ada@example.com"]);
        for text in ["review", "review:approver", "review:many:approver"] {
            assert!(stage(text).is_err_and(|why| why.contains("NAME:APPROVALS:WHO")), "{text}");
        }
    }
}
