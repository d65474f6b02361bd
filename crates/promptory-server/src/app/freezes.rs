//! Environments that take nothing new for a while.

use promptory_api::environment::{BeginFreeze, EndFreeze, Environment};
use promptory_core::{approval::Freeze, limits, time::Timestamp};
use promptory_store::{EnvironmentRow, ProjectReader};
use serde_json::{Value, json};

use super::{
    Ctx, Outcome,
    authority::{self, Made},
    policies, wire,
};
use crate::{check::Checks, refusal::Refusal};

/// Another end of a freeze that is on is another freeze.
///
/// # Errors
/// No such environment, an end that is over, no reason, or the key is bound to one environment.
pub async fn begin(ctx: &Ctx, name: &str, body: &BeginFreeze) -> Outcome<Environment> {
    ctx.unbound()?;
    let mut checks = Checks::under("");
    checks.prose("/reason", Some(&body.reason), limits::REASON_BYTES, false);
    if body.reason.trim().is_empty() {
        checks.add("required", "/reason", "Say why: whoever is refused reads it.");
    }
    checks.finish()?;
    let until = match body.until.as_deref() {
        Some(text) => match Timestamp::parse_rfc3339(text) {
            Some(until) if until > ctx.now => Some(until),
            Some(_) => return Err(Refusal::invalid("/until", "This time is over; name a later one.")),
            None => return Err(Refusal::invalid("/until", "Use RFC 3339, such as 2026-11-20T12:00:00Z.")),
        },
        None => None,
    };
    let mut tx = ctx.write().await?;
    let row = row(&mut tx.project(), name).await?;
    let before = row.freeze().filter(|freeze| freeze.is_on(tx.at()));
    let since = before.as_ref().map_or(tx.at(), |freeze| freeze.since);
    let freeze = Freeze { since, until, reason: body.reason.clone() };
    if before.as_ref() == Some(&freeze) {
        return ctx.nothing_changed(tx, 200, wire::environment(row, ctx.now)?, 0).await;
    }
    let detail = json!({"reason": body.reason, "until": until.map(Timestamp::to_rfc3339)});
    let made = authority::change_freeze(&mut tx, &row, Some(freeze)).await?;
    let action = json!({"until": until.map(Timestamp::micros), "reason": body.reason});
    finish(ctx, tx, name, (made, &action, &body.reason), ("environment.freeze", &detail)).await
}

/// # Errors
/// No such environment, or the key is bound to one environment.
pub async fn end(ctx: &Ctx, name: &str, body: &EndFreeze) -> Outcome<Environment> {
    ctx.unbound()?;
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let row = row(&mut tx.project(), name).await?;
    let Some(freeze) = row.freeze().filter(|freeze| freeze.is_on(tx.at())) else {
        return ctx.nothing_changed(tx, 200, wire::environment(row, ctx.now)?, 0).await;
    };
    let detail = json!({"since": freeze.since.to_rfc3339(), "was": freeze.reason, "reason": body.reason});
    let made = authority::change_freeze(&mut tx, &row, None).await?;
    let note = body.reason.as_deref().unwrap_or_default();
    finish(ctx, tx, name, (made, &json!({"until": null}), note), ("environment.unfreeze", &detail)).await
}

async fn row(reader: &mut ProjectReader<'_>, name: &str) -> Outcome<EnvironmentRow> {
    let rows = reader.environments().await?;
    rows.into_iter().find(|row| row.name == name).ok_or_else(|| Refusal::no_environment(name))
}

async fn finish(
    ctx: &Ctx,
    mut tx: promptory_store::WriteTx,
    name: &str,
    (made, wanted, note): (Made, &Value, &str),
    (action, detail): (&str, &Value),
) -> Outcome<Environment> {
    let (pending, action) = match made {
        Made::Done => (None, action),
        Made::Waits(subjects) => {
            (policies::ask(ctx, &mut tx, &subjects, wanted, note).await?, "approval.open")
        }
    };
    let environment = wire::environment(row(&mut tx.project(), name).await?, ctx.now)?;
    let environment = Environment { pending, ..environment };
    ctx.remember(&mut tx, 200, &environment).await?;
    let mut audit = ctx.audit(action, detail);
    audit.environment = Some(name.to_owned());
    ctx.commit(tx, audit).await?;
    Ok(environment)
}
