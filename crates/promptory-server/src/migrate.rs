//! Migrations from the command line: they open the database themselves, under its lock.

pub use promptory_store::MigrationStatus;

use crate::{
    config::Config,
    start::{lock, open},
};

/// # Errors
/// Another process uses the database, it cannot be opened, or a migration failed and was rolled back.
pub async fn up(config: &Config) -> anyhow::Result<()> {
    let _lock = lock(config)?;
    let store = open(config).await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}

/// # Errors
/// See [`up`].
pub async fn down(config: &Config, steps: u32) -> anyhow::Result<()> {
    let _lock = lock(config)?;
    let store = open(config).await?;
    store.migrate_down(steps).await?;
    store.close().await;
    Ok(())
}

/// # Errors
/// See [`up`].
pub async fn status(config: &Config) -> anyhow::Result<Vec<MigrationStatus>> {
    let _lock = lock(config)?;
    let store = open(config).await?;
    let migrations = store.migrations().await?;
    store.close().await;
    Ok(migrations)
}
