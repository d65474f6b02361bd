//! The database as `promptory doctor` sees it, beside a running server.

use std::path::PathBuf;

pub use promptory_store::Inspection;
use promptory_store::Store;

use crate::config::Config;

/// None: there is no database yet.
///
/// # Errors
/// It cannot be read; in words, without the address.
pub async fn database(config: &Config) -> Result<Option<Inspection>, String> {
    Store::inspect(&config.database()).await.map_err(|error| error.to_string())
}

/// The file of SQLite; none for PostgreSQL.
pub fn sqlite_file(config: &Config) -> Option<PathBuf> {
    Store::sqlite_file(&config.database())
}
