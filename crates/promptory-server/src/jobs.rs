//! What runs beside requests. Each job is a `tick`; the program decides when.

mod approvals;
mod lease;
mod rollouts;
mod webhooks;

pub use lease::Lease;
pub use rollouts::{NAME as ROLLOUTS, tick as rollouts};
pub use webhooks::{NAME as WEBHOOKS, tick as webhooks};

use std::{sync::Arc, time::Duration};

use promptory_api::execution::RecordingPolicy;
use promptory_core::{
    analytics::{Grain, short},
    id::ProjectId,
    limits,
    time::Timestamp,
};
use promptory_store::{Dialect, Listener, Result, day_of};
use tokio::sync::watch;
use tracing::{error, info, warn};

use crate::app::App;

/// Between looks for rollouts that time moves on.
const ROLL: Duration = Duration::from_secs(1);
/// Between looks for what webhooks have not been told.
const TELL: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_secs(2);
const REPORT: Duration = Duration::from_secs(10);
const FLUSH_USES: Duration = Duration::from_secs(10);
const FLUSH_DENIALS: Duration = Duration::from_secs(60);
const SWEEP: Duration = Duration::from_secs(3600);
const RETENTION: Duration = Duration::from_secs(600);
/// Uses that are written in one commit: after a busy time there are tens of thousands, and changes wait for the writer.
const USES_AT_ONCE: usize = 200;
/// Executions that are deleted in one commit: nobody waits long for the writer.
const DELETED_AT_ONCE: i64 = 500;
const NODE_STALE_S: i64 = 3600;
/// Between attempts to get a lost notification connection back; the poll goes on meanwhile.
const RECONNECT: Duration = Duration::from_secs(1);

/// Starts the jobs; they end when `stop` says so.
pub fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
    vec![
        tokio::spawn(follow(Arc::clone(app), stop.clone())),
        tokio::spawn(notified(Arc::clone(app), stop.clone())),
        tokio::spawn(every(FLUSH_DENIALS, Arc::clone(app), stop.clone(), |app, now| async move {
            flush_denials(&app, now).await
        })),
        tokio::spawn(every(FLUSH_USES, Arc::clone(app), stop.clone(), |app, now| async move {
            flush_uses(&app, now).await
        })),
        tokio::spawn(every(SWEEP, Arc::clone(app), stop.clone(), |app, now| async move {
            sweep(&app, now).await
        })),
        tokio::spawn(roll(Arc::clone(app), stop.clone())),
        tokio::spawn(tell(Arc::clone(app), stop.clone())),
        tokio::spawn(every(RETENTION, Arc::clone(app), stop.clone(), |app, now| async move {
            retention(&app, now).await
        })),
        tokio::spawn(reports(Arc::clone(app), stop.clone())),
    ]
}

/// Now and then, and at once when something was taken back: who took it back waits to hear of it. With SQLite there is one
/// server, and nobody else to tell; so an idle one writes nothing.
async fn reports(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let several = app.store.dialect() == Dialect::Postgres;
    let mut pace = tokio::time::interval(REPORT);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pace.tick().await;
    loop {
        tokio::select! {
            _ = pace.tick(), if several => {}
            () = app.feed.took_back() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = report(&app, app.clock.now()).await {
            error!(%error, "what this server has applied could not be written; it is tried again later");
        }
    }
}

async fn tell(app: Arc<App>, stop: watch::Receiver<bool>) {
    every(TELL, Arc::clone(&app), stop, |app, now| async move { webhooks(&app, now).await }).await;
    if let Err(error) = app.webhooks.lease.give_back(&app).await {
        warn!(%error, "the lease of webhooks could not be given back; the next server takes it after a while");
    }
}

/// At the end the next server need not wait until it is sure that this one is gone.
async fn roll(app: Arc<App>, stop: watch::Receiver<bool>) {
    every(ROLL, Arc::clone(&app), stop, |app, now| async move { rollouts(&app, now).await }).await;
    if let Err(error) = app.rollouts.give_back(&app).await {
        warn!(%error, "the lease of rollouts could not be given back; the next server takes it after a while");
    }
}

/// Polls every 2 s, and at once when woken.
async fn follow(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut pace = tokio::time::interval(POLL);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let woken = tokio::select! {
            _ = pace.tick() => false,
            () = app.feed.woken() => true,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let now = app.clock.now();
        let seen = if woken { app.feed.look(now).await } else { app.feed.poll(now).await };
        if let Err(error) = seen {
            warn!(%error, "changes cannot be read; what is served stays as it is");
        }
    }
}

/// PostgreSQL says when something changed. A lost connection is made again, and then the feed looks at once.
async fn notified(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let listening = async {
        let mut pace = tokio::time::interval(RECONNECT);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            match Listener::connect(&app.store).await {
                Ok(None) => return,
                Ok(Some(listener)) => {
                    app.feed.wake();
                    listen(&app, listener).await;
                }
                Err(error) => warn!(%error, "no connection for notifications; the poll goes on"),
            }
        }
    };
    tokio::select! {
        () = listening => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn listen(app: &App, mut listener: Listener) {
    loop {
        match listener.next().await {
            Ok(Some(payload)) => match payload.rsplit_once(' ').map(|(id, n)| (id, n.parse())) {
                Some((id, Ok(revision))) => app.feed.wake_at(&ProjectId::from(id), revision),
                _ => app.feed.wake(),
            },
            // The connection was made again, something may have been missed.
            Ok(None) => app.feed.wake(),
            Err(error) => {
                warn!(%error, "the connection for notifications was lost");
                return;
            }
        }
    }
}

async fn every<F>(
    period: Duration,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
    tick: impl Fn(Arc<App>, Timestamp) -> F,
) where
    F: Future<Output = Result<()>>,
{
    let mut pace = tokio::time::interval(period);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pace.tick().await;
    loop {
        tokio::select! {
            _ = pace.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = tick(Arc::clone(&app), app.clock.now()).await {
            error!(%error, "a job failed; it runs again later");
        }
    }
}

/// Says what this server has applied.
///
/// # Errors
/// The database cannot be written.
pub async fn report(app: &App, now: Timestamp) -> Result<()> {
    let applied: Vec<(String, i64)> = app
        .serving
        .projects()
        .iter()
        .map(|project| (project.id.to_string(), project.snapshot().revision))
        .collect();
    app.store.report_node(&app.node, &applied, now.micros(), now.plus_seconds(-NODE_STALE_S).micros()).await
}

/// Writes who used what since the last time.
///
/// # Errors
/// The database cannot be written; what is left is written the next time.
pub async fn flush_uses(app: &App, now: Timestamp) -> Result<()> {
    let mut left = app.uses.take().into_iter();
    loop {
        let some: Vec<_> = left.by_ref().take(USES_AT_ONCE).collect();
        if some.is_empty() {
            return Ok(());
        }
        if let Err(error) = app.store.add_uses(&some, now.micros()).await {
            app.uses.put_back(some.into_iter().chain(left).collect());
            return Err(error);
        }
    }
}

/// # Errors
/// The database cannot be written; nothing is lost.
pub async fn flush_denials(app: &App, now: Timestamp) -> Result<()> {
    app.denials.flush(&app.store, now).await?;
    app.feed.wake();
    Ok(())
}

/// Deletes executions that their project does not keep any more, and cells that are not kept at their grain.
///
/// # Errors
/// The database cannot be written; it goes on the next time.
pub async fn retention(app: &App, now: Timestamp) -> Result<()> {
    let today = day_of(now.micros());
    let mut keeps: Vec<(i64, i64)> = Vec::new();
    // Nothing is recorded for the instance itself.
    for project in app.serving.projects().into_iter().filter(|project| project.id != app.instance) {
        let stored = app.store.read().await?.project(&project.id).recording().await?;
        let policy: RecordingPolicy =
            stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        keeps.push((short(project.id.as_str()), today - policy.retention_days));
    }
    let oldest = keeps.iter().map(|(_, from)| *from).min().unwrap_or(today);
    let days = app.store.days().await?;
    for day in days.into_iter().rev().filter(|day| *day < today) {
        let gone = keeps.iter().filter(|(_, from)| day < *from);
        for (project, from) in gone {
            app.store.keep_from(*project, *from).await?;
            while day >= oldest && app.store.delete_executions(*project, day, DELETED_AT_ONCE).await? > 0 {}
        }
        if day < oldest {
            app.store.drop_day(day).await?;
        }
    }
    for grain in Grain::ALL {
        if let Some(kept) = grain.kept_days() {
            app.store.sweep_packs(grain, now.plus_seconds(-86_400 * kept).micros()).await?;
        }
    }
    Ok(())
}

/// Forgets kept answers after a day, changes after a week and sessions that have ended; logs the heads of the audit logs.
///
/// # Errors
/// The database cannot be written.
pub async fn sweep(app: &App, now: Timestamp) -> Result<()> {
    app.store.sweep_answers(now.plus_seconds(-3600 * limits::IDEMPOTENCY_HOURS).micros()).await?;
    app.store.sweep_sessions(now.micros()).await?;
    app.store.sweep_deliveries(now.plus_seconds(-86_400 * limits::DELIVERY_DAYS).micros()).await?;
    let before = now.plus_seconds(-86_400 * limits::CHANGE_DAYS).micros();
    let mut reader = app.store.read().await?;
    for project in app.serving.projects() {
        app.store.sweep_changes(&project.id, before).await?;
        let head = reader.project(&project.id).audit_head().await?;
        // Kept outside the database with the logs, it shows later that the chain was cut or replaced.
        info!(project = %project.name, head = format!("{}:{}", head.n, head.hash), "audit head");
    }
    Ok(())
}
