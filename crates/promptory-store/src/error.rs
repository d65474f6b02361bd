use std::time::Duration;

/// What a caller can act on. Nothing is caught inside a transaction and carried on from.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer held the project for longer than the lock time-out, or no connection came free.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The database cannot be reached or cannot write.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database has no room for what was to be written.
    #[error("the database has no space left: {0}")]
    NoSpace(String),
    #[error("no such project")]
    NoProject,
    /// A row that breaks an invariant: names the table and the row.
    #[error("broken invariant in {table} {id}: {what}")]
    Broken { table: &'static str, id: String, what: String },
    #[error(transparent)]
    Database(sqlx::Error),
    #[error("migration failed: {0}")]
    Migration(String),
    #[error("{0}")]
    Refused(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

impl StoreError {
    /// The database itself said no to something that it was given: the same again would be refused again. Anything
    /// else may have been carried out all the same.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(_) | sqlx::Error::Encode(_)))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection in time".to_owned()),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Database(inner) => match inner.code().as_deref() {
                // PostgreSQL: lock_not_available, deadlock, serialization. SQLite: BUSY and its kin.
                Some("55P03" | "40P01" | "40001" | "5" | "6" | "261" | "517") => {
                    Self::Busy(error.to_string())
                }
                // PostgreSQL: disk full. SQLite: FULL.
                Some("53100" | "13") => Self::NoSpace(error.to_string()),
                // PostgreSQL: shutting down, too many connections, read only, errors of files, connection exceptions.
                // SQLite: READONLY, IOERR, CORRUPT, CANTOPEN.
                Some(code) if unavailable(code) => Self::Unavailable(error.to_string()),
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

fn unavailable(code: &str) -> bool {
    let classes = ["08", "57P", "53", "58"];
    let postgres = code == "25006" || code.len() == 5 && classes.iter().any(|class| code.starts_with(class));
    // The low byte of an extended SQLite code is its kind.
    let sqlite = code.len() < 5 && code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 8 | 10 | 11 | 14));
    postgres || sqlite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_that_mean_unavailable() {
        for (code, expected) in [
            ("57P01", true),
            ("53300", true),
            ("08006", true),
            ("25006", true),
            ("58030", true),
            ("778", true),
            ("8", true),
            ("1290", true),
        ] {
            assert_eq!(unavailable(code), expected || code == "1290" && unavailable("10"), "{code}");
        }
        assert!(!unavailable("23505"));
        assert!(!unavailable("1"));
        assert!(!unavailable("2067"), "a unique constraint of SQLite");
    }
}
