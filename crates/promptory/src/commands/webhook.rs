//! `promptory webhook …`

use clap::Subcommand;
use promptory_api::webhook::{Delivery, NewWebhook, Webhook as WebhookAnswer, WebhookSecret, WebhookUpdate};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Who is told of what happens.
    List,
    /// Tell an address from now on; the secret is the only line on standard output, shown this once.
    Create {
        /// https://…
        url: String,
        /// Such as deployment.activate or deployment.*; may be given several times, or with commas; absent: all.
        #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
        events: Vec<String>,
    },
    /// Another address or other events.
    Update {
        id: String,
        #[arg(long)]
        url: Option<String>,
        #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
        events: Vec<String>,
    },
    /// Tell it nothing for now.
    Disable { id: String },
    /// Go on where it stopped.
    Enable {
        id: String,
        /// Leave out what happened meanwhile.
        #[arg(long)]
        skip: bool,
    },
    /// Another secret, shown this once; the one before signs too for a day.
    Rotate { id: String },
    /// Send a message now that says that it is a test. Exits with 1 when it is not taken.
    Test { id: String },
    /// Attempts, newest first.
    Deliveries {
        id: String,
        /// At most so many; absent: all of the last 30 days.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Send the message of an attempt once more. Exits with 1 when it is not taken.
    Resend { id: String, delivery: String },
    /// Forget it, with its deliveries.
    Delete { id: String },
}

impl Webhook {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let all = Route::new("/webhooks");
        match self {
            Self::List => list(context, all).await,
            Self::Create { url, events } => {
                let events = Some(events).filter(|events| !events.is_empty());
                secret(context, context.client.post(&all, &NewWebhook { url, events }).await?)
            }
            Self::Update { id, url, events } => {
                let events = Some(events).filter(|events| !events.is_empty());
                update(context, all.segment(&id)?, &WebhookUpdate { url, events, ..WebhookUpdate::default() })
                    .await
            }
            Self::Disable { id } => {
                let body = WebhookUpdate { enabled: Some(false), ..WebhookUpdate::default() };
                update(context, all.segment(&id)?, &body).await
            }
            Self::Enable { id, skip } => {
                let skip = skip.then_some(true);
                let body = WebhookUpdate { enabled: Some(true), skip, ..WebhookUpdate::default() };
                update(context, all.segment(&id)?, &body).await
            }
            Self::Rotate { id } => {
                secret(context, context.client.post_empty(&all.segment(&id)?.then("/rotate")).await?)
            }
            Self::Test { id } => sent(context, all.segment(&id)?.then("/test")).await,
            Self::Resend { id, delivery } => {
                sent(context, all.segment(&id)?.then("/deliveries").segment(&delivery)?.then("/resend")).await
            }
            Self::Deliveries { id, limit } => {
                deliveries(context, all.segment(&id)?.then("/deliveries"), limit).await
            }
            Self::Delete { id } => {
                context.client.delete(&all.segment(&id)?).await?;
                context.say(&format!("The webhook {id} is told nothing any more."))
            }
        }
    }
}

fn secret(context: &Context, answer: crate::client::Answer) -> Result<(), Failure> {
    if context.out.is_json() {
        return context.out.json(&answer.body);
    }
    let WebhookSecret { secret, webhook } = answer.parse()?;
    context.out.aside(&format!(
        "The webhook {} for {}: messages are signed with this secret.\nKeep it: it is shown only here.",
        webhook.id, webhook.url
    ));
    context.out.block(&secret)
}

async fn update(context: &Context, route: Route, body: &WebhookUpdate) -> Result<(), Failure> {
    let answer = context.client.patch(&route, body).await?;
    context.show(&answer, |webhook: &WebhookAnswer| {
        format!("{} for {}: {}.", webhook.events.join(", "), webhook.url, state(webhook))
    })
}

async fn sent(context: &Context, route: Route) -> Result<(), Failure> {
    let answer = context.client.post_empty(&route).await?;
    let delivery: Delivery = answer.parse()?;
    context.show(&answer, |delivery: &Delivery| match &delivery.error {
        None => format!("{} was taken after {} ms.", delivery.event, delivery.took_ms),
        Some(error) => format!("{} was not taken: {error}", delivery.event),
    })?;
    if delivery.error.is_none() { Ok(()) } else { Err(Failure::No) }
}

fn state(webhook: &WebhookAnswer) -> String {
    match (webhook.enabled, &webhook.failing_since) {
        (false, _) => webhook.stopped_why.clone().unwrap_or_else(|| "off".to_owned()),
        (true, Some(since)) => format!("failing since {}", minute(since)),
        (true, None) => "on".to_owned(),
    }
}

async fn list(context: &Context, route: Route) -> Result<(), Failure> {
    let answer = context.client.list(route, None).await?;
    let header = ["ID", "ADDRESS", "EVENTS", "STATE"];
    let empty =
        "Nobody is told. Next: promptory webhook create https://example.com/hook --event 'deployment.*'";
    context.show_list(&answer, &header, empty, |webhook: &WebhookAnswer| {
        vec![webhook.id.clone(), webhook.url.clone(), webhook.events.join(" "), state(webhook)]
    })
}

async fn deliveries(context: &Context, route: Route, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(route, limit).await?;
    let header = ["ID", "WHEN", "EVENT", "ATTEMPT", "STATUS", "MS", "ERROR"];
    context.show_list(&answer, &header, "Nothing was sent yet.", |delivery: &Delivery| {
        vec![
            delivery.id.clone(),
            minute(&delivery.at),
            delivery.event.clone(),
            delivery.attempt.to_string(),
            option_or_dash(delivery.status.map(|status| status.to_string()).as_deref()),
            delivery.took_ms.to_string(),
            option_or_dash(delivery.error.as_deref()),
        ]
    })
}
