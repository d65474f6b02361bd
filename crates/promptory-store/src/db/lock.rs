use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::{Result, StoreError};

/// Held while a process uses a SQLite file: a second server would not see the first one's changes.
/// The system frees it when the process ends, however it ends.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// # Errors
    /// Another process holds the lock, or the file cannot be made.
    pub fn take(database: &Path) -> Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let unavailable =
            |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
        let file = File::options().create(true).append(true).open(&path).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Refused(format!(
                "another promptory process uses {}; stop it first, or use PostgreSQL \
                 (PROMPTORY_DATABASE_URL=postgres://…) to run several servers",
                database.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }
}
