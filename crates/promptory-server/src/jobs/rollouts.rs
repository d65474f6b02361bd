//! Moves rollouts on when it is time, looks at requests for approval, and sees ways back to their end. One server does;
//! while none can, every share stays as it is.

use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::Result;
use tracing::error;

use super::approvals;
use crate::app::{App, deployments, rollbacks};

/// Of the lease.
pub const NAME: &str = "rollouts";
/// Deployments that one look moves on, and requests that it takes; the others follow with the next.
const AT_ONCE: i64 = 100;

/// One step at most for each deployment, however late it is.
///
/// # Errors
/// The database is not there; nothing was changed that was not committed.
pub async fn tick(app: &App, now: Timestamp) -> Result<()> {
    let settling = app.store.unsettled_ways_back(AT_ONCE).await?;
    let due = app.store.due_deployments(now.micros(), AT_ONCE).await?;
    let asked = app.store.due_approvals(now.micros(), AT_ONCE).await?;
    if due.is_empty() && settling.is_empty() && asked.is_empty() {
        app.rollouts.rest().await;
        return Ok(());
    }
    for (project, id) in settling {
        let Some(project) = app.serving.project(&ProjectId::from(project)) else { continue };
        let Some(fence) = app.rollouts.hold(app).await? else { return Ok(()) };
        match rollbacks::settle(app, &project, &id, (NAME, fence), now).await {
            Ok(Some(seconds)) => app.metrics.rollback_settled(seconds),
            Ok(None) => {}
            Err(refusal) => error!(rollback = %id, why = %refusal.detail, "a way back could not be settled"),
        }
    }
    for (project, id) in due {
        let Some(project) = app.serving.project(&ProjectId::from(project)) else { continue };
        // Asked before each: a change may have taken long.
        let Some(fence) = app.rollouts.hold(app).await? else { return Ok(()) };
        match deployments::tick(app, &project, &id, (NAME, fence), now).await {
            Ok(true) => app.metrics.rollout_step("moved"),
            Ok(false) => {}
            // One that fails does not hold up the others; its share stays as it is.
            Err(refusal) => {
                app.metrics.rollout_step("failed");
                error!(deployment = %id, why = %refusal.detail, "a rollout could not be moved on");
            }
        }
    }
    approvals::look(app, asked, now).await
}
