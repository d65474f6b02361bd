//! `promptory deployment …`

use clap::{Args, Subcommand};
use promptory_api::deployment::{Deployment as Answer, DeploymentCommand, DeploymentEvent};

use crate::commands::acknowledge::Acknowledge;
use crate::commands::deploy::{headline, next, schedule};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Deployment {
    /// Where it stands, its steps, and what happened to it.
    Show { id: String },
    /// Start one that waits.
    Start(Start),
    /// Keep its share as it is, and what is left of the step.
    Pause(Order),
    /// Let a paused one go on.
    Resume(Order),
    /// Skip the rest of the present step.
    Advance(Order),
    /// Give the version to everybody now.
    Promote(Order),
    /// Give it up: its callers get what is live.
    Abort(Order),
}

#[derive(Debug, Args)]
pub(crate) struct Order {
    id: String,
    /// For the history.
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    order: Order,
    #[command(flatten)]
    acknowledge: Acknowledge,
}

impl Deployment {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let acknowledge_rollback = match &self {
            Self::Start(start) => start.acknowledge.in_body(),
            _ => None,
        };
        let (word, order) = match self {
            Self::Show { id } => {
                let answer = context.client.get(&route(&id)?).await?;
                return context.show(&answer, describe);
            }
            Self::Start(start) => ("/start", start.order),
            Self::Pause(order) => ("/pause", order),
            Self::Resume(order) => ("/resume", order),
            Self::Advance(order) => ("/advance", order),
            Self::Promote(order) => ("/promote", order),
            Self::Abort(order) => ("/abort", order),
        };
        let body = DeploymentCommand { reason: order.reason, number: None, acknowledge_rollback };
        let answer = context.client.post(&route(&order.id)?.then(word), &body).await?;
        context.show(&answer, |deployment: &Answer| {
            format!("{}{}{}", headline(deployment), schedule(deployment), next(deployment))
                .trim_end()
                .to_owned()
        })
    }
}

fn route(id: &str) -> Result<Route, Failure> {
    Route::new("/deployments").segment(id)
}

fn describe(deployment: &Answer) -> String {
    let events: String = deployment.events.iter().map(event).collect();
    let text = format!("{}{}{events}{}", headline(deployment), schedule(deployment), next(deployment));
    text.trim_end().to_owned()
}

fn event(event: &DeploymentEvent) -> String {
    let actor = event.actor.as_deref().unwrap_or("the clock");
    let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
    format!("{} {} by {actor}, {} %{reason}\n", minute(&event.at), event.kind, event.percentage)
}
