//! The end of a way back: every server has said that it serves the target, or is not waited for any longer.

use std::sync::Arc;

use promptory_core::{
    approval::ServingChange,
    rollout::{Asked, Command, Outcome as Became, SETTLE_SECONDS},
    time::Timestamp,
};
use promptory_store::{NewAudit, Rows, WayBackRow};
use serde_json::json;
use tracing::warn;

use crate::{
    app::{App, Outcome, authority, deployments},
    serving::ProjectServing,
};

/// Servers report every ten seconds, and at once when something was taken back: one that was not heard of for as long
/// as this is not there.
const HEARD_OF_SECONDS: i64 = 30;

/// The cause of one that somebody asked for as such.
pub(in crate::app) const ROLLBACK: &str = "rollback";

/// What the servers have said.
struct Said {
    /// From the commit until the last of those that have it.
    effect_us: Option<i64>,
    /// Those that do not.
    lagging: Vec<String>,
}

/// While this server holds the lease with this fence. Answers the seconds until the last server had it, where it came
/// to an end now.
///
/// # Errors
/// The database cannot be read or written.
pub async fn settle(
    app: &App,
    project: &Arc<ProjectServing>,
    id: &str,
    (lease, fence): (&str, i64),
    now: Timestamp,
) -> Outcome<Option<f64>> {
    let (row, waiting) = {
        let mut reader = app.store.read().await?;
        let mut reader = reader.project(&project.id);
        (reader.way_back(id).await?, reader.rolling_back(id).await?)
    };
    let Some(row) = row.filter(|row| row.settled_at.is_none()) else { return Ok(None) };
    let said = said(app, project, &row, now).await?;
    let in_time = now < Timestamp::from_micros(row.at).plus_seconds(SETTLE_SECONDS);
    if !said.lagging.is_empty() && in_time {
        return Ok(None);
    }
    let lagging = said.lagging.join(" ");
    #[expect(clippy::cast_precision_loss, reason = "a way back takes seconds")]
    let seconds = said.effect_us.map(|micros| micros as f64 / 1_000_000.0);
    if row.cause != ROLLBACK && waiting.is_empty() {
        // An older version was released: nobody follows that to its end, and the project has not changed.
        let what = (said.effect_us, lagging.as_str());
        let settled = app.store.note_settled(&project.id, id, now.micros(), what).await?;
        return Ok(seconds.filter(|_| settled));
    }
    let mut tx = app.store.write(&project.id, now).await?;
    if !tx.holds_lease(lease, &app.node, fence).await? {
        return Ok(None);
    }
    if !tx.settle_way_back(id, said.effect_us, &lagging).await? {
        return Ok(None);
    }
    for deployment in tx.project().rolling_back(id).await? {
        let present = deployments::row(&mut tx.project(), &deployment).await?.deployment()?;
        let command = Command::Settle { lagging: said.lagging.clone() };
        let asked = Asked { at: tx.at(), actor: None, reason: String::new(), version: None };
        if let Ok(Became::Changed(transition)) = present.command(&command, asked) {
            authority::plain(&mut tx, ServingChange::Deployment(transition), Rows::Move(None)).await?;
        }
    }
    if !said.lagging.is_empty() {
        warn!(rollback = %id, %lagging, "servers have not confirmed a way back");
    }
    let audit = NewAudit {
        actor: "clock".to_owned(),
        actor_name: "clock".to_owned(),
        action: "rollback.settle".to_owned(),
        prompt_id: Some(row.prompt_id),
        prompt: Some(row.prompt),
        environment: Some(row.environment),
        detail: json!({"rollback": id, "effect_us": said.effect_us, "lagging": said.lagging}).to_string(),
        ..NewAudit::default()
    };
    let committed = tx.commit(audit).await?;
    app.settle(project, committed.revision).await;
    Ok(seconds)
}

async fn said(app: &App, project: &ProjectServing, row: &WayBackRow, now: Timestamp) -> Outcome<Said> {
    let since = now.plus_seconds(-HEARD_OF_SECONDS).micros();
    let mut said = Said { effect_us: None, lagging: Vec::new() };
    let mut own = false;
    // A server that has not reported yet knows of itself.
    let has_it = project.snapshot().revision >= row.revision;
    for server in app.store.applied_by(&project.id, since).await? {
        if server.id == app.node && server.applied_revision < row.revision {
            continue;
        }
        own |= server.id == app.node;
        if server.applied_revision >= row.revision {
            // Clocks of servers differ a little.
            let seen = server.seen_at.clamp(row.at, now.micros().max(row.at));
            said.effect_us = said.effect_us.max(Some(seen - row.at));
        } else {
            said.lagging.push(server.id);
        }
    }
    if !own && has_it {
        let since = (now.micros() - row.at).max(0);
        // After so long nobody knows any more when this server had it: it may not have run meanwhile.
        if since <= SETTLE_SECONDS * 1_000_000 {
            said.effect_us = said.effect_us.max(Some(since));
        }
    } else if !own {
        said.lagging.push(app.node.clone());
    }
    Ok(said)
}
