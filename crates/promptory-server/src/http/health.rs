//! Doors that others define: liveness, readiness, metrics.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use promptory_api::health::Readiness;

use crate::{
    app::App,
    clock::instant,
    metrics::Observed,
    refusal::{Code, Refusal},
};

const PING_EVERY: Duration = Duration::from_secs(1);
const PING_WAIT: Duration = Duration::from_secs(1);
/// Polls come every 2 s.
const FEED_BEHIND_AFTER_S: i64 = 10;

struct Parts {
    serve: bool,
    write: bool,
    feed: bool,
}

async fn parts(app: &App) -> Parts {
    let write = can_write(app).await;
    let now = app.clock.now();
    // A time to come is none of this clock: it was set back, and the feed has not looked since.
    let recently = now.plus_seconds(-FEED_BEHIND_AFTER_S)..=now.plus_seconds(FEED_BEHIND_AFTER_S);
    Parts {
        serve: !app.serving.projects().is_empty(),
        write,
        feed: app.feed.polled_at().is_some_and(|at| recently.contains(&at)),
    }
}

/// Asks the database at most once a second, however often it is asked here: these routes need no key.
async fn can_write(app: &App) -> bool {
    let mut last = app.last_ping.lock().await;
    if let Some((at, works)) = *last
        && at.elapsed() < PING_EVERY
    {
        return works;
    }
    let works = matches!(tokio::time::timeout(PING_WAIT, app.takes_writes()).await, Ok(true));
    *last = Some((instant(), works));
    works
}

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// Each part on its own. 200 while prompts can be served, even when the database is gone.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub async fn readyz(State(app): State<Arc<App>>) -> Response {
    let parts = parts(&app).await;
    let mut problems = Vec::new();
    if !parts.write {
        problems
            .push("The database cannot be written: changes get 503, serving goes on from memory.".to_owned());
    }
    if !parts.feed {
        problems.push(format!("No change was looked for in the last {FEED_BEHIND_AFTER_S} s."));
    }
    let word = |works: bool, otherwise: &str| if works { "ok".to_owned() } else { otherwise.to_owned() };
    let readiness = Readiness {
        serve: word(parts.serve, "starting"),
        write: word(parts.write, "failing"),
        feed: word(parts.feed, "behind"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: app.database.to_owned(),
        problems,
    };
    let status = if parts.serve { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

async fn sessions(app: &App) -> Option<i64> {
    app.store.read().await.ok()?.count_sessions(app.clock.now().micros()).await.ok()
}

/// The text format of Prometheus. Holds names of projects and routes, never of prompts or users.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String)))]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let parts = parts(&app).await;
    let projects = app
        .serving
        .projects()
        .iter()
        .map(|project| {
            let snapshot = project.snapshot();
            (project.name.clone(), snapshot.revision, snapshot.prompts(), snapshot.rollouts())
        })
        .collect();
    // A database that does not answer is not asked again.
    let (sessions, reviews_overdue, approvals) = match parts.write {
        true => (
            sessions(&app).await,
            app.store.count_overdue_emergencies(app.clock.now().micros()).await.ok(),
            app.store.count_open_approvals().await.ok(),
        ),
        false => (None, None, None),
    };
    let observed = Observed {
        sessions,
        reviews_overdue,
        approvals,
        projects,
        parts: [("serve", parts.serve), ("write", parts.write), ("feed", parts.feed)],
        denials_overflowed: app.denials.overflowed(),
        uptime_s: app.started.elapsed().as_secs_f64(),
        keys: app.serving.keys.len(),
        streams: promptory_core::limits::STREAMS - app.streams.available_permits(),
        recording: &app.recording,
        fold_age_s: app.recording.fold_age_s(app.clock.now()),
    };
    match app.metrics.page(&observed) {
        Ok(page) => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], page).into_response()
        }
        Err(error) => {
            Refusal::new(Code::Internal, format!("The metrics cannot be written: {error}.")).into_response()
        }
    }
}
