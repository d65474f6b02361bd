//! `promptory environment …`

use clap::Subcommand;
use promptory_api::approval::PendingApproval;
use promptory_api::environment::{
    BeginFreeze, EndFreeze, Environment as EnvironmentAnswer, EnvironmentUpdate, LiveAt, NewEnvironment,
    Policy,
};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Environment {
    /// Environments in their order; the last one is nearest to users.
    List,
    /// A new environment.
    Create {
        /// a–z first, then a–z, 0–9, _ . or -.
        name: String,
        /// Where in the order; absent: just before production.
        #[arg(long)]
        position: Option<i64>,
    },
    /// What may happen in an environment.
    Policy {
        name: String,
        /// allowed: activating an older version goes back. fix_forward: that is refused, and revert is the way.
        #[arg(long, value_parser = ["allowed", "fix_forward"])]
        rollback: String,
    },
    /// Let it take nothing new. Going back stays possible, and what has started goes on.
    Freeze {
        name: String,
        /// Told to everybody who is refused.
        #[arg(long)]
        reason: String,
        /// Such as 2026-12-27T08:00:00Z; absent: until somebody unfreezes it.
        #[arg(long)]
        until: Option<String>,
    },
    /// End a freeze.
    Unfreeze {
        name: String,
        /// For the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// What an environment served at a time: every prompt with its version.
    At {
        name: String,
        /// Such as 2026-11-20T08:00:00Z; absent: now.
        #[arg(long)]
        time: Option<String>,
        /// At most so many prompts; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
}

impl Environment {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/environments");
        match self {
            Self::List => list(context, route).await,
            Self::Create { name, position } => {
                let answer = context.client.post(&route, &NewEnvironment { name, position }).await?;
                context.show(&answer, |environment: &EnvironmentAnswer| {
                    format!(
                        "Created the environment {} at position {}.",
                        environment.name, environment.position
                    )
                })
            }
            Self::Policy { name, rollback } => policy(context, route.segment(&name)?, rollback).await,
            Self::Freeze { name, reason, until } => {
                let body = BeginFreeze { reason, until };
                let answer = context.client.post(&route.segment(&name)?.then("/freeze"), &body).await?;
                context.show(&answer, frozen)
            }
            Self::Unfreeze { name, reason } => {
                let body = EndFreeze { reason };
                let answer = context.client.post(&route.segment(&name)?.then("/unfreeze"), &body).await?;
                context.show(&answer, frozen)
            }
            Self::At { name, time, limit } => {
                let route = route.segment(&name)?.then("/at").query("time", time.as_deref());
                at(context, route, &name, limit).await
            }
        }
    }
}

async fn list(context: &Context, route: Route) -> Result<(), Failure> {
    let answer = context.client.list(route, None).await?;
    let header = ["POSITION", "ENVIRONMENT", "PRODUCTION", "ROLLBACK", "CREATED"];
    let empty = "No environments here. Next: promptory environment create development";
    context.show_list(&answer, &header, empty, |environment: &EnvironmentAnswer| {
        vec![
            environment.position.to_string(),
            environment.name.clone(),
            if environment.production { "yes" } else { "no" }.to_owned(),
            environment.policy.rollback.clone(),
            minute(&environment.created_at),
        ]
    })
}

/// What asks for less waits for those who agree by what holds.
pub(crate) fn waits(pending: &PendingApproval) -> String {
    format!(
        "{} asks for less by this, so it waits for approval.\nIt holds with the last approval: promptory approve {}",
        pending.environment, pending.id
    )
}

fn frozen(environment: &EnvironmentAnswer) -> String {
    let name = &environment.name;
    if let Some(pending) = &environment.pending {
        return waits(pending);
    }
    match &environment.freeze {
        None => format!("{name} takes new things."),
        Some(freeze) => {
            let until =
                freeze.until.as_deref().map_or(String::new(), |until| format!(" until {}", minute(until)));
            format!(
                "{name} takes nothing new{until}: {}\nTo end that: promptory environment unfreeze {name}",
                freeze.reason
            )
        }
    }
}

async fn policy(context: &Context, route: Route, rollback: String) -> Result<(), Failure> {
    let body = EnvironmentUpdate {
        name: None,
        position: None,
        production: None,
        created_at: None,
        freeze: None,
        policy: Policy { rollback, ..Policy::default() },
    };
    let answer = context.client.put(&route, &body).await?;
    context.show(&answer, |environment: &EnvironmentAnswer| {
        let name = &environment.name;
        if let Some(pending) = &environment.pending {
            return waits(pending);
        }
        match environment.policy.rollback.as_str() {
            "allowed" => format!("In {name}, activating an older version goes back to it."),
            "fix_forward" => format!(
                "In {name}, no older version is activated any more.\n\
                 The way back: promptory version revert NAME REF --environment {name}"
            ),
            other => format!("The policy of {name}: rollback {other}."),
        }
    })
}

async fn at(context: &Context, route: Route, name: &str, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(route, limit).await?;
    let header = ["PROMPT", "VERSION", "SINCE", "UNTIL"];
    let empty = format!("Nothing was live in {name} then.");
    context.show_list(&answer, &header, &empty, |live: &LiveAt| {
        vec![
            live.prompt.clone(),
            live.version.clone(),
            minute(&live.since),
            live.until.as_deref().map_or("live still".to_owned(), minute),
        ]
    })
}
