//! `promptory release …`

use clap::{Args, Subcommand};
use promptory_api::deployment::{Dependent, Step};
use promptory_api::release::{
    NewRelease, NewReleaseItem, Release as Answer, ReleaseItem, ReleaseRollback, RollBackRelease,
};

use crate::commands::acknowledge::Acknowledge;
use crate::commands::deploy::{step, strategy};
use crate::commands::dry_run::DryRun;
use crate::commands::emergency::Emergency;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Release {
    /// Bring versions of several prompts to an environment together: all of them, or none.
    Create(Box<Create>),
    /// Releases, newest first.
    List {
        /// One of its prompts.
        #[arg(long)]
        prompt: Option<String>,
        #[arg(long)]
        environment: Option<String>,
        /// At most so many; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// What it brings, and where each of it stands.
    Show { id: String },
    /// Take all of it back: each prompt goes back to what was live before.
    Rollback {
        id: String,
        /// Why; for the history and the audit log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acknowledge: Acknowledge,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// A prompt and its version, as often as there are prompts: support/reply@1.2.0, shared/tone@latest.
    #[arg(required = true, value_name = "NAME@REF", value_parser = item)]
    items: Vec<NewReleaseItem>,
    /// Needed unless the key is bound to one.
    #[arg(long)]
    environment: Option<String>,
    /// Also build anew what is live there and includes one of them.
    #[arg(long)]
    include_dependents: bool,
    /// immediate, gradual (10, 25, 50, 75, 100 % in 8 hours) or canary (5, 10, 25, 50, 100 % in a day), for each of them.
    #[arg(long, default_value = "immediate", conflicts_with = "step")]
    strategy: String,
    /// One step of your own, as often as there are steps: 10@0, 50@2h, 100@1d (s, m, h or d after the start).
    #[arg(long, value_name = "PERCENT@TIME", value_parser = step)]
    step: Vec<Step>,
    /// What stays with one version meanwhile: user, session or request.
    #[arg(long)]
    unit: Option<String>,
    /// For the history.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    emergency: Emergency,
    #[command(flatten)]
    acknowledge: Acknowledge,
    #[command(flatten)]
    dry_run: DryRun,
}

/// `support/reply@1.2.0`
fn item(text: &str) -> Result<NewReleaseItem, String> {
    match text.split_once('@') {
        Some((prompt, version)) if !prompt.is_empty() && !version.is_empty() => {
            Ok(NewReleaseItem { prompt: prompt.to_owned(), version: version.to_owned() })
        }
        _ => {
            Err(format!("{text:?} is no prompt with a version; write NAME@REF, such as support/reply@1.2.0"))
        }
    }
}

impl Release {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List { prompt, environment, limit } => {
                let route = Route::new("/releases")
                    .query("prompt", prompt.as_deref())
                    .query("environment", environment.as_deref());
                let answer = context.client.list(route, limit).await?;
                let header = ["WHEN", "WHAT", "ENVIRONMENT", "STATE", "BY", "ID"];
                context.show_list(
                    &answer,
                    &header,
                    "Nothing was released together here.",
                    |release: &Answer| {
                        vec![
                            minute(&release.created_at),
                            what(&release.items),
                            release.environment.clone(),
                            release.state.clone(),
                            release.actor.clone(),
                            release.id.clone(),
                        ]
                    },
                )
            }
            Self::Show { id } => {
                let answer = context.client.get(&route(&id)?).await?;
                context.show(&answer, |release: &Answer| {
                    format!("{}{}", describe(release), next(release)).trim_end().to_owned()
                })
            }
            Self::Rollback { id, reason, acknowledge } => {
                let body = RollBackRelease { reason, acknowledge_rollback: acknowledge.in_body() };
                let answer = context.client.post(&route(&id)?.then("/rollback"), &body).await?;
                context.show(&answer, gone)
            }
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = NewRelease {
            environment: self.environment,
            items: self.items,
            include_dependents: self.include_dependents.then_some(true),
            strategy: Some(strategy(self.strategy, self.step)),
            unit: self.unit,
            reason: self.reason,
            emergency: self.emergency.in_body(),
            acknowledge_rollback: self.acknowledge.in_body(),
            dry_run: self.dry_run.in_body(),
        };
        let answer = context.client.post(&Route::new("/releases"), &body).await?;
        context.show(&answer, |release: &Answer| {
            let left: String = release.dependents.iter().map(stays).collect();
            let next = if release.dry_run { String::new() } else { next(release) };
            self.dry_run.said(format!("{}{left}{next}", describe(release)).trim_end().to_owned())
        })
    }
}

fn route(id: &str) -> Result<Route, Failure> {
    Route::new("/releases").segment(id)
}

pub(crate) fn what(items: &[ReleaseItem]) -> String {
    let one = |item: &ReleaseItem| format!("{} {}", item.prompt, item.version);
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn describe(release: &Answer) -> String {
    let waits = release.approval.as_ref().filter(|_| release.state == "waiting").map(|approval| {
        let stage = approval.stage.as_ref().map(|stage| format!(" ({stage})")).unwrap_or_default();
        format!("It starts with the last approval{stage}: promptory approve {}\n", approval.id)
    });
    let parts: String = release.items.iter().map(part).collect();
    format!("In {}: {}\n{parts}{}", release.environment, release.state, waits.unwrap_or_default())
}

fn part(item: &ReleaseItem) -> String {
    let share = match item.state.as_str() {
        "running" | "paused" => format!(" at {} %", item.percentage),
        _ => String::new(),
    };
    let from = item.from.as_ref().filter(|from| **from != item.version);
    let from = from.map(|from| format!(", in place of {from}")).unwrap_or_default();
    let why = if item.dependent { ", built anew" } else { "" };
    format!("  {} {}: {}{share}{from}{why}\n", item.prompt, item.version, item.state)
}

/// What includes something of it and was left out.
fn stays(dependent: &Dependent) -> String {
    let Dependent { prompt, version, would_be, .. } = dependent;
    let next = match would_be {
        Some(_) => "to release it too: --include-dependents",
        None => "it could not be built with this",
    };
    format!("{prompt} {version} includes something of it and stays as it is; {next}\n")
}

fn next(release: &Answer) -> String {
    let line = |word: &String| format!("  promptory release {word} {} --reason …\n", release.id);
    let lines: String = release.possible.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("Possible now:\n{lines}") }
}

fn gone(rollback: &ReleaseRollback) -> String {
    let taken = rollback.taken_back.iter().map(|one| {
        format!(
            "{} {} is served again in {}, in place of {}.\n",
            one.prompt, one.to.version, one.environment, one.from.version
        )
    });
    let left = rollback.left.iter().map(|one| format!("{} was left alone: {}\n", one.prompt, one.detail));
    let mut lines: String = taken.chain(left).collect();
    if lines.is_empty() {
        lines = "What waited was given up; nothing of it was served.".to_owned();
    }
    lines.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_with_its_version_is_read() {
        let read = |text: &str| item(text).map(|item| (item.prompt, item.version));
        assert_eq!(read("a/b@1.2.0"), Ok(("a/b".to_owned(), "1.2.0".to_owned())));
        for text in ["a/b", "@1", "a@"] {
            assert!(read(text).is_err_and(|why| why.contains("NAME@REF")), "{text}");
        }
    }

    #[test]
    fn what_became_of_it_is_told() {
        let nothing = serde_json::json!({
            "release": {"id": "r", "environment": "production", "state": "ended", "possible": [], "reason": "",
                "actor": "", "created_at": "", "items": []},
            "taken_back": [], "left": [],
        });
        let told = |value| gone(&serde_json::from_value(value).expect("a way back"));
        assert!(told(nothing.clone()).starts_with("What waited was given up"));
        let mut left = nothing;
        left["left"] = serde_json::json!([{"prompt": "a", "deployment_id": "d", "detail": "1.0.2 is live."}]);
        assert_eq!(told(left), "a was left alone: 1.0.2 is live.");
    }
}
