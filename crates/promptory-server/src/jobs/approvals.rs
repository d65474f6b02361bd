//! Looks at requests for approval when they expire, and after a policy was changed. The server that moves rollouts does.

use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::Result;
use tracing::error;

use super::ROLLOUTS;
use crate::app::{App, approvals};

/// # Errors
/// The database is not there; nothing was changed that was not committed.
pub(super) async fn look(app: &App, due: Vec<(String, String)>, now: Timestamp) -> Result<()> {
    for (project, id) in due {
        let Some(project) = app.serving.project(&ProjectId::from(project)) else { continue };
        let Some(fence) = app.rollouts.hold(app).await? else { return Ok(()) };
        // One that fails does not hold up the others; what waits for it waits on.
        if let Err(refusal) = approvals::look(app, &project, &id, (ROLLOUTS, fence), now).await {
            error!(approval = %id, why = %refusal.detail, "a request for approval could not be looked at");
        }
    }
    Ok(())
}
