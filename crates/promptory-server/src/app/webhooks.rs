//! Webhooks of a project: who is told, of what, and how it went.

pub mod sender;
mod telling;

pub use telling::tell;

use promptory_api::{
    page::{Page, PageQuery},
    webhook::{Delivery, NewWebhook, Webhook, WebhookSecret, WebhookUpdate},
};
use promptory_core::{
    limits,
    time::Timestamp,
    webhook::{self, Events},
};
use promptory_store::{DeliveryRow, KeptSecret, ProjectReader, SecretPlace, WebhookRow};
use serde_json::json;
use tracing::error;

use super::{Ctx, Outcome, wire};
use crate::{
    check::json_text,
    page,
    refusal::{Code, Refusal, sentence},
};

/// Behind every id.
const END: &str = "~";

/// # Errors
/// The database cannot be read.
pub async fn list(ctx: &Ctx) -> Outcome<Page<Webhook>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let head = reader.audit_head().await?.n;
    let rows = reader.webhooks().await?;
    let items = rows.into_iter().map(|row| shown(row, head)).collect::<Outcome<Vec<_>>>()?;
    Ok(Page { total: i64::try_from(items.len()).ok(), items, next_cursor: None })
}

/// # Errors
/// No such webhook.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Webhook> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let row = found(&mut reader, id).await?;
    shown(row, reader.audit_head().await?.n)
}

/// It is told what happens from now on.
///
/// # Errors
/// An address that cannot be used, no such events, or there are too many.
pub async fn create(ctx: &Ctx, new: &NewWebhook) -> Outcome<WebhookSecret> {
    ctx.unbound()?;
    let events = events_of(new.events.as_deref())?;
    let url = ctx.app.webhooks.address(&new.url).map_err(|why| Refusal::invalid("/url", why))?;
    let mut tx = ctx.write().await?;
    let present = tx.project().webhooks().await?;
    if present.len() >= limits::WEBHOOKS_PER_PROJECT {
        let detail = format!("A project has at most {} webhooks.", limits::WEBHOOKS_PER_PROJECT);
        return Err(Refusal::invalid("", detail));
    }
    let (id, secret) = (ctx.new_id(), secret(ctx));
    let row = WebhookRow {
        secret: sealed(ctx, SecretPlace::webhook(&id), &secret),
        old_secret: KeptSecret::default(),
        id,
        project_id: ctx.project.id.to_string(),
        url: url.to_string(),
        events: json_text(&events),
        old_until: 0,
        enabled: true,
        stopped_why: String::new(),
        // With the entry that says so: it is the first that it is told.
        sent_n: tx.project().audit_head().await?.n,
        attempts: 0,
        next_at: 0,
        failing_since: None,
        created_by: ctx.caller.name.to_string(),
        created_at: tx.at().micros(),
    };
    tx.insert_webhook(&row).await?;
    let detail = json!({"webhook": row.id, "host": host(&row), "events": events});
    let head = row.sent_n + 1;
    let webhook = shown(row, head)?;
    ctx.commit(tx, ctx.audit("webhook.create", &detail)).await?;
    Ok(WebhookSecret { secret, webhook })
}

/// # Errors
/// No such webhook, an address that cannot be used, or no such events.
pub async fn update(ctx: &Ctx, id: &str, change: &WebhookUpdate) -> Outcome<Webhook> {
    ctx.unbound()?;
    let url = change.url.as_deref().map(|url| ctx.app.webhooks.address(url)).transpose();
    let url = url.map_err(|why| Refusal::invalid("/url", why))?;
    let events = change.events.as_deref().map(|names| events_of(Some(names))).transpose()?;
    let mut tx = ctx.write().await?;
    let before = found(&mut tx.project(), id).await?;
    let head = tx.project().audit_head().await?.n;
    let mut row = before.clone();
    if let Some(url) = &url {
        row.url = url.to_string();
    }
    if let Some(events) = &events {
        row.events = json_text(events);
    }
    row.enabled = change.enabled.unwrap_or(row.enabled);
    if change.skip == Some(true) {
        row.sent_n = head;
    }
    // Whatever failed may go well now.
    if row.enabled && row != before {
        (row.attempts, row.next_at, row.failing_since) = (0, 0, None);
        row.stopped_why = String::new();
    }
    if row == before {
        return shown(row, head);
    }
    tx.update_webhook(&row).await?;
    let detail = json!({
        "webhook": id, "host": host(&row), "events": events, "enabled": change.enabled, "skip": change.skip,
    });
    let answer = shown(row, head + 1)?;
    ctx.remember(&mut tx, 200, &answer).await?;
    ctx.commit(tx, ctx.audit("webhook.update", &detail)).await?;
    Ok(answer)
}

/// # Errors
/// No such webhook.
pub async fn delete(ctx: &Ctx, id: &str) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let row = found(&mut tx.project(), id).await?;
    tx.delete_webhook(id).await?;
    ctx.commit(tx, ctx.audit("webhook.delete", &json!({"webhook": id, "host": host(&row)}))).await?;
    Ok(())
}

/// Another secret; the one before signs too for a day.
///
/// # Errors
/// No such webhook, or this server cannot open the secret that it has.
pub async fn rotate(ctx: &Ctx, id: &str) -> Outcome<WebhookSecret> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let mut row = found(&mut tx.project(), id).await?;
    let head = tx.project().audit_head().await?.n;
    let secret = secret(ctx);
    if !row.secret.is_empty() {
        // Sealed anew: it belongs to another place from now on.
        row.old_secret = sealed(ctx, SecretPlace::old_webhook(id), &opened(ctx, &row)?);
    }
    row.secret = sealed(ctx, SecretPlace::webhook(id), &secret);
    row.old_until = tx.at().plus_seconds(webhook::OLD_SECRET_S).micros();
    tx.update_webhook(&row).await?;
    let detail = json!({"webhook": id, "host": host(&row)});
    let webhook = shown(row, head + 1)?;
    ctx.commit(tx, ctx.audit("webhook.rotate", &detail)).await?;
    Ok(WebhookSecret { secret, webhook })
}

/// Sends a message now that says that it is a test.
///
/// # Errors
/// No such webhook.
pub async fn test(ctx: &Ctx, id: &str) -> Outcome<Delivery> {
    ctx.unbound()?;
    let row = found(&mut ctx.app.store.read().await?.project(&ctx.project.id), id).await?;
    let made = telling::test(&ctx.app, &row, &ctx.project.name).await?;
    Ok(attempt(made))
}

/// Newest first.
///
/// # Errors
/// No such webhook, or a cursor that makes no sense.
pub async fn deliveries(ctx: &Ctx, id: &str, query: &PageQuery) -> Outcome<Page<Delivery>> {
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::decode).transpose()?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    found(&mut reader, id).await?;
    let mut rows = reader.deliveries(id, before.as_deref().unwrap_or(END), limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.id.clone());
    Ok(Page { items: rows.into_iter().map(attempt).collect(), next_cursor, total: None })
}

/// Sends the message of an attempt once more, now; where the webhook stands stays as it is.
///
/// # Errors
/// No such webhook or attempt.
pub async fn resend(ctx: &Ctx, id: &str, delivery: &str) -> Outcome<Delivery> {
    ctx.unbound()?;
    let (row, before) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        (found(&mut reader, id).await?, reader.delivery(id, delivery).await?)
    };
    let missing = || Refusal::new(Code::NotFound, format!("The webhook has no delivery {delivery:?}."));
    let made = telling::again(&ctx.app, &row, &ctx.project.name, &before.ok_or_else(missing)?).await?;
    Ok(attempt(made))
}

/// All of its address that others may read: the rest may be a secret.
fn host(row: &WebhookRow) -> Option<String> {
    reqwest::Url::parse(&row.url).ok()?.host_str().map(str::to_owned)
}

async fn found(reader: &mut ProjectReader<'_>, id: &str) -> Outcome<WebhookRow> {
    let missing = || Refusal::new(Code::NotFound, format!("There is no webhook {id:?} in this project."));
    reader.webhook(id).await?.ok_or_else(missing)
}

fn events_of(names: Option<&[String]>) -> Outcome<Events> {
    match names {
        None => Ok(Events::all()),
        Some(names) => Events::new(names.to_vec()).map_err(|why| Refusal::invalid("/events", sentence(&why))),
    }
}

fn secret(ctx: &Ctx) -> String {
    let mut bytes = [0; webhook::SECRET_BYTES];
    ctx.app.ids.bytes(&mut bytes);
    webhook::secret(&bytes)
}

fn sealed(ctx: &Ctx, place: SecretPlace<'_>, secret: &str) -> KeptSecret {
    ctx.app.seals.seal(&*ctx.app.ids, place, secret)
}

fn opened(ctx: &Ctx, row: &WebhookRow) -> Outcome<String> {
    ctx.app.seals.open(SecretPlace::webhook(&row.id), &row.secret).map_err(|unopened| {
        error!(%unopened, "the secret of a webhook cannot be replaced");
        let why = "This server cannot open the webhook's secret: its master key is another one. Ask another server.";
        Refusal::new(Code::Unavailable, why)
    })
}

fn events(row: &WebhookRow) -> Outcome<Events> {
    serde_json::from_str(&row.events).map_err(|_| wire::damaged("webhook", &row.id))
}

fn shown(row: WebhookRow, head: i64) -> Outcome<Webhook> {
    Ok(Webhook {
        events: events(&row)?.names().to_vec(),
        id: row.id,
        url: row.url,
        enabled: row.enabled,
        stopped_why: Some(row.stopped_why).filter(|why| !why.is_empty()),
        behind: head.saturating_sub(row.sent_n),
        failed_attempts: row.attempts,
        failing_since: row.failing_since.map(wire::time),
        next_attempt_at: (row.next_at > 0).then(|| wire::time(row.next_at)),
        created_by: row.created_by,
        created_at: wire::time(row.created_at),
    })
}

fn attempt(row: DeliveryRow) -> Delivery {
    Delivery {
        id: row.id,
        event: row.event,
        n: (row.n > 0).then_some(row.n),
        attempt: row.attempt,
        at: Timestamp::from_micros(row.at).to_rfc3339(),
        took_ms: row.took_ms,
        status: row.status,
        error: Some(row.error).filter(|error| !error.is_empty()),
    }
}
