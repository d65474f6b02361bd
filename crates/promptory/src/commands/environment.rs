//! `promptory environment …`

use clap::Subcommand;
use promptory_api::environment::{
    Environment as EnvironmentAnswer, EnvironmentUpdate, LiveAt, NewEnvironment, Policy,
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

async fn policy(context: &Context, route: Route, rollback: String) -> Result<(), Failure> {
    let body = EnvironmentUpdate {
        name: None,
        position: None,
        production: None,
        created_at: None,
        policy: Policy { rollback },
    };
    let answer = context.client.put(&route, &body).await?;
    context.show(&answer, |environment: &EnvironmentAnswer| {
        let name = &environment.name;
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
