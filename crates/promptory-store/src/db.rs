//! Opening a database: pools, pragmas, the lock file of SQLite.

pub(crate) mod listen;
mod lock;

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, PgPool, SqlitePool,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::Mutex;

use crate::{
    Result, StoreError,
    conn::{Dialect, Pooled, SqliteWrite, Tx, Writer},
    days::Texts,
    error::LOCK_TIMEOUT,
    feed::Follower,
    recorder::Beats,
};
pub use listen::Listener;
pub use lock::Lock;

/// Of every connection to PostgreSQL.
const SESSION: [(&str, &str); 3] =
    [("lock_timeout", "2s"), ("statement_timeout", "30s"), ("client_min_messages", "warning")];

#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections to PostgreSQL; readers of SQLite.
    pub connections: u32,
}

#[derive(Clone)]
pub(crate) enum Pools {
    Sqlite { write: Writer, read: SqlitePool },
    Postgres(PgPool),
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) follower: Arc<Mutex<Follower>>,
    pub(crate) texts: Texts,
    pub(crate) beats: Beats,
}

/// Of the connection that writes.
pub(crate) fn sqlite_options(url: &str) -> Result<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(LOCK_TIMEOUT)
        .statement_cache_capacity(256)
        // What a statement of many rows would need to be undone: written to a file, it doubles the cost of recording.
        .pragma("temp_store", "memory")
        // Pages of 4 KiB: the same leaves of an index change in many commits and are copied once. Every change waits for
        // that, so it is not more.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("cache_size", "-16000"))
}

pub(crate) fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    let options =
        PgConnectOptions::from_str(url)?.application_name("promptory").statement_cache_capacity(256);
    // What the address sets itself (`?options[lock_timeout]=5s`) stays.
    let given = options.get_options().unwrap_or_default().to_owned();
    Ok(options.options(SESSION.into_iter().filter(|(name, _)| !given.contains(name))))
}

impl Store {
    /// Opens the database and creates the file of SQLite when it is missing. Does not migrate.
    ///
    /// # Errors
    /// The address is not understood, or the database cannot be reached.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let pools = if settings.url.starts_with("sqlite:") {
            Self::open_sqlite(settings).await?
        } else if settings.url.starts_with("postgres:") || settings.url.starts_with("postgresql:") {
            Self::open_postgres(settings).await?
        } else {
            return Err(StoreError::Refused(
                "the database address must start with sqlite:// or postgres://".to_owned(),
            ));
        };
        Ok(Self { pools, follower: Arc::default(), texts: Texts::default(), beats: Beats::default() })
    }

    async fn open_sqlite(settings: &Settings) -> Result<Pools> {
        let options = sqlite_options(&settings.url)?;
        // Outside a pool, which would ask a connection that comes back whether it still lives: a trip for each change.
        let write = Writer::new(options.clone().connect().await?);
        let read = PoolOptions::new()
            .max_connections(settings.connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(5))
            // There may be many readers, and the system keeps the file in memory as well.
            .connect_with(options.read_only(true).create_if_missing(false).pragma("cache_size", "-4000"))
            .await?;
        Ok(Pools::Sqlite { write, read })
    }

    async fn open_postgres(settings: &Settings) -> Result<Pools> {
        let options = postgres_options(&settings.url)?;
        let pool = PoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await?;
        Ok(Pools::Postgres(pool))
    }

    pub fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The file of a SQLite address; none for one in memory and for PostgreSQL.
    pub fn sqlite_file(url: &str) -> Option<PathBuf> {
        let options = SqliteConnectOptions::from_str(url).ok()?;
        (url.starts_with("sqlite:") && !url.contains(":memory:"))
            .then(|| options.get_filename().to_path_buf())
    }

    pub(crate) async fn pooled(&self) -> Result<Pooled> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Pooled::Sqlite(read.acquire().await?),
            Pools::Postgres(pool) => Pooled::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that sees one state of the database throughout and writes nothing.
    pub(crate) async fn read_tx(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Tx::SqliteRead(read.begin().await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    pub(crate) async fn write_tx(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Tx::Sqlite(SqliteWrite::begin(write).await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction for a change: on SQLite the caller's first statement begins it.
    pub(crate) async fn change_tx(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Tx::Sqlite(SqliteWrite::unbegun(write).await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub async fn close(&self) {
        self.follower.lock().await.release();
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                // Waits for the change that is under way; the last connection folds the log into the file.
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
