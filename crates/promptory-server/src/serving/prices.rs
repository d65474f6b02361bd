//! Prices in memory: each project's own, beside its snapshot.

use std::sync::Arc;

use promptory_core::{cost::Prices, id::ProjectId};
use promptory_store::{ChangeRow, PriceRow, Result, Store};
use tracing::error;

/// One that cannot be read is left out: its model costs what the next layer says.
pub(super) fn listed(rows: &[PriceRow]) -> Arc<Prices> {
    let entry = |row: &PriceRow| row.entry().inspect_err(|why| error!(%why, "a price cannot be read")).ok();
    Arc::new(Prices::new(rows.iter().filter_map(entry).collect()))
}

/// The project's prices, if one of the changes is about them. They may be of a later change than the last of these,
/// whose turn then comes to the same end.
pub(super) async fn reread(
    store: &Store,
    project: &ProjectId,
    rows: &[ChangeRow],
) -> Result<Option<Arc<Prices>>> {
    if !rows.iter().any(|row| row.kind == "price") {
        return Ok(None);
    }
    Ok(Some(listed(&store.prices(project).await?)))
}
