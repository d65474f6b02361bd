//! Tells endpoints what happened. One server does; an endpoint that is slow holds up nobody but itself.

use futures_util::{StreamExt, stream};
use promptory_core::time::Timestamp;
use promptory_store::Result;
use tracing::error;

use crate::app::{App, webhooks};

/// Of the lease.
pub const NAME: &str = "webhooks";
/// Endpoints that are told in one look.
const AT_ONCE: i64 = 100;
const BESIDE_EACH_OTHER: usize = 8;

/// # Errors
/// The database is not there.
pub async fn tick(app: &App, now: Timestamp) -> Result<()> {
    let due = app.store.due_webhooks(now.micros(), AT_ONCE).await?;
    if due.is_empty() {
        app.webhooks.lease.rest().await;
        return Ok(());
    }
    if app.webhooks.lease.hold(app).await?.is_none() {
        return Ok(());
    }
    let telling = due.into_iter().map(|webhook| async move {
        if let Err(refusal) = webhooks::tell(app, &webhook).await {
            error!(webhook = %webhook.id, why = %refusal.detail, "a webhook could not be told");
        }
    });
    stream::iter(telling).buffer_unordered(BESIDE_EACH_OTHER).collect::<()>().await;
    Ok(())
}
