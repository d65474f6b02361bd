//! What an endpoint is told: the entries of the audit log that it wants, one after the other. What was not taken is sent
//! again later, and what comes behind it waits.

use std::time::Duration;

use promptory_core::{id::ProjectId, time::Timestamp, webhook};
use promptory_store::{AuditRow, DeliveryRow, NewAudit, SecretPlace, WebhookRow, WebhookStanding};
use serde_json::{Value, json};
use tracing::error;

use super::{
    events, host,
    sender::{Message, Sent},
};
use crate::{
    app::{App, Outcome},
    ids::uuid_v7,
    seal::Unopened,
};

/// Messages to one endpoint in one look; the others follow with the next.
const AT_ONCE: usize = 20;
/// Entries that are read at a time.
const ENTRIES: i64 = 100;
/// Of the answer of an endpoint that is gone for good.
const GONE: u16 = 410;

/// Tells an endpoint what it has not been told, until all is told or an attempt fails.
///
/// # Errors
/// The database is not there; what was sent and not written down is sent again, with the same id.
pub async fn tell(app: &App, webhook: &WebhookRow) -> Outcome<()> {
    let (project, id) = (ProjectId::from(webhook.project_id.clone()), &webhook.id);
    let Some(name) = app.serving.project(&project).map(|project| project.name.clone()) else { return Ok(()) };
    for _ in 0..AT_ONCE {
        // Anew each time: somebody may have changed it or switched it off.
        let row = app.store.read().await?.project(&project).webhook(id).await?;
        let Some(webhook) = row.filter(|row| row.enabled && row.next_at <= app.clock.now().micros()) else {
            return Ok(());
        };
        let wanted = events(&webhook)?;
        let entries = app.store.told_after(&project, webhook.sent_n, ENTRIES).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        let Some(entry) = entries.iter().find(|entry| wanted.want(&entry.action)) else {
            let after = WebhookStanding { sent_n: last.n, ..standing(&webhook) };
            app.store.delivered(&webhook, None, Some(after)).await?;
            continue;
        };
        let made = attempt(app, &webhook, webhook.attempts + 1, &told(&name, entry)).await;
        let (taken, gone) = (made.error.is_empty(), made.status == Some(i64::from(GONE)));
        app.metrics.webhook_attempt(if taken { "taken" } else { "failed" });
        let after = after(&webhook, entry.n, taken, Timestamp::from_micros(made.at));
        app.store.delivered(&webhook, Some(&made), after).await?;
        match after {
            Some(_) if gone => {
                return stop(app, &webhook, "The endpoint answered 410: it is gone for good.").await;
            }
            Some(_) if taken => {}
            Some(_) => return Ok(()),
            None => {
                let why = format!("A message was not taken for three days; at last: {}", made.error);
                return stop(app, &webhook, &why).await;
            }
        }
    }
    Ok(())
}

/// None: there is no next attempt.
fn after(webhook: &WebhookRow, n: i64, taken: bool, now: Timestamp) -> Option<WebhookStanding> {
    if taken {
        return Some(WebhookStanding { sent_n: n, attempts: 0, next_at: 0, failing_since: None });
    }
    let attempts = webhook.attempts + 1;
    let next_at = now.plus_seconds(webhook::retry_in(attempts)?).micros();
    let failing_since = webhook.failing_since.or(Some(now.micros()));
    Some(WebhookStanding { sent_n: webhook.sent_n, attempts, next_at, failing_since })
}

fn standing(webhook: &WebhookRow) -> WebhookStanding {
    let WebhookRow { sent_n, attempts, next_at, failing_since, .. } = *webhook;
    WebhookStanding { sent_n, attempts, next_at, failing_since }
}

/// It stays where it is: switched on again it begins with what it did not take.
async fn stop(app: &App, webhook: &WebhookRow, why: &str) -> Outcome<()> {
    let project = ProjectId::from(webhook.project_id.clone());
    let mut tx = app.store.write(&project, app.clock.now()).await?;
    let Some(row) = tx.project().webhook(&webhook.id).await?.filter(|row| row.enabled) else { return Ok(()) };
    tx.update_webhook(&WebhookRow { enabled: false, stopped_why: why.to_owned(), ..row }).await?;
    let audit = NewAudit {
        actor: "clock".to_owned(),
        actor_name: "clock".to_owned(),
        action: "webhook.stop".to_owned(),
        detail: json!({"webhook": webhook.id, "host": host(webhook), "why": why}).to_string(),
        ..NewAudit::default()
    };
    tx.commit(audit).await?;
    Ok(())
}

/// What goes over the wire, and which entry it is.
struct Told {
    n: i64,
    event: String,
    id: String,
    body: Value,
}

fn told(project: &str, entry: &AuditRow) -> Told {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    Told {
        n: entry.n,
        event: entry.action.clone(),
        // The hash is of one entry of one project: whoever gets it twice knows by it.
        id: format!("msg_{}", entry.hash),
        body: json!({
            "type": entry.action,
            "timestamp": Timestamp::from_micros(entry.at).to_rfc3339(),
            "data": {
                "project": project,
                "n": entry.n,
                "actor": entry.actor,
                "actor_name": entry.actor_name,
                "prompt": entry.prompt,
                "environment": entry.environment,
                "detail": detail,
            },
        }),
    }
}

async fn attempt(app: &App, webhook: &WebhookRow, attempt: i64, told: &Told) -> DeliveryRow {
    let now = app.clock.now();
    let body = told.body.to_string();
    let began = app.clock.elapsed();
    let sent = match signature(app, webhook, now, (&told.id, &body)) {
        Ok(signature) => {
            let message = Message { id: &told.id, timestamp: seconds(now), signature: &signature, body };
            app.webhooks.send(&webhook.url, message).await
        }
        Err(error) => Sent { status: None, error },
    };
    let took: Duration = app.clock.elapsed().saturating_sub(began);
    DeliveryRow {
        id: uuid_v7(&*app.ids, now),
        n: told.n,
        event: told.event.clone(),
        attempt,
        at: now.micros(),
        took_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        status: sent.status.map(i64::from),
        error: sent.error,
    }
}

fn seconds(now: Timestamp) -> i64 {
    now.micros().div_euclid(1_000_000)
}

/// By the secret, and for a while also by the one before. By all of them or not at all: what is signed by one alone may be
/// refused for good by who has the other.
fn signature(
    app: &App,
    webhook: &WebhookRow,
    now: Timestamp,
    (id, body): (&str, &str),
) -> Result<String, String> {
    let mut kept = vec![(SecretPlace::webhook(&webhook.id), &webhook.secret)];
    if now.micros() < webhook.old_until && !webhook.old_secret.is_empty() {
        kept.push((SecretPlace::old_webhook(&webhook.id), &webhook.old_secret));
    }
    let opened: Result<Vec<String>, Unopened> =
        kept.into_iter().map(|(place, kept)| app.seals.open(place, kept)).collect();
    let secrets = opened.map_err(|unopened| {
        error!(webhook = %webhook.id, %unopened, "a message cannot be signed and is not sent");
        "It was not sent: the server cannot open the secret to sign it with; its master key is another one."
            .to_owned()
    })?;
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let signature = webhook::signature(&secrets, id, seconds(now), body);
    // What is no secret signs nothing.
    if signature.split_whitespace().count() < secrets.len() {
        return Err(
            "It was not sent: the webhook has no secret to sign it with; give it another one.".to_owned()
        );
    }
    Ok(signature)
}

pub(super) async fn test(app: &App, webhook: &WebhookRow, project: &str) -> Outcome<DeliveryRow> {
    let now = app.clock.now();
    let told = Told {
        n: 0,
        event: "webhook.test".to_owned(),
        id: format!("msg_test_{}", uuid_v7(&*app.ids, now)),
        body: json!({
            "type": "webhook.test",
            "timestamp": now.to_rfc3339(),
            "data": {"project": project, "webhook": webhook.id},
        }),
    };
    let made = attempt(app, webhook, 1, &told).await;
    app.store.delivered(webhook, Some(&made), None).await?;
    Ok(made)
}

pub(super) async fn again(
    app: &App,
    webhook: &WebhookRow,
    project: &str,
    before: &DeliveryRow,
) -> Outcome<DeliveryRow> {
    let id = ProjectId::from(webhook.project_id.clone());
    let entry = match before.n {
        0 => None,
        n => app.store.told_after(&id, n - 1, 1).await?.into_iter().find(|entry| entry.n == n),
    };
    let Some(entry) = entry else { return test(app, webhook, project).await };
    let made = attempt(app, webhook, before.attempt + 1, &told(project, &entry)).await;
    app.store.delivered(webhook, Some(&made), None).await?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use promptory_store::KeptSecret;

    use super::*;

    #[test]
    fn after_three_days_it_is_given_up() {
        let mut webhook = WebhookRow {
            id: "w".to_owned(),
            project_id: "p".to_owned(),
            url: String::new(),
            events: String::new(),
            secret: KeptSecret::default(),
            old_secret: KeptSecret::default(),
            old_until: 0,
            enabled: true,
            stopped_why: String::new(),
            sent_n: 7,
            attempts: 0,
            next_at: 0,
            failing_since: None,
            created_by: String::new(),
            created_at: 0,
        };
        let mut now = Timestamp::from_micros(1_000_000);
        let mut attempts = 1;
        while let Some(next) = after(&webhook, 8, false, now) {
            assert_eq!((next.sent_n, next.failing_since), (7, Some(1_000_000)), "it stays where it is");
            (webhook.attempts, webhook.failing_since) = (next.attempts, next.failing_since);
            now = Timestamp::from_micros(next.next_at);
            attempts += 1;
        }
        assert_eq!((attempts, now.micros() / 86_400_000_000), (10, 3));
        let taken = WebhookStanding { sent_n: 8, attempts: 0, next_at: 0, failing_since: None };
        assert_eq!(after(&webhook, 8, true, now), Some(taken));
    }
}
