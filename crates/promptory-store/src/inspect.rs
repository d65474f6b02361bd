//! Looking at a database from outside, beside a server that uses it: reads only, makes nothing, takes no lock.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection, SqliteConnection,
    migrate::{AppliedMigration, MigrateError},
    postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};

use crate::{
    Result, SecretRow, Store, StoreError,
    conn::Conn,
    migrate::{OLDEST_BINARY, failed, known_steps, no_such_table, table_name},
    secret::SECRETS,
};

const WAIT: Duration = Duration::from_secs(5);
/// PostgreSQL only: on SQLite program and database have one clock and no network between them.
const CLOCK: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT), \
    COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)";

/// What a database is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// No migration is applied.
    pub empty: bool,
    /// Migrations of this program that are missing.
    pub missing: Vec<i64>,
    /// Applied ones that this program does not know: a newer one made them.
    pub unknown: Vec<i64>,
    /// The oldest program that may run on the schema; none where no server has started yet.
    pub oldest_binary: Option<String>,
    /// The clock of PostgreSQL, in microseconds, and whether the connection is encrypted.
    pub server: Option<(i64, bool)>,
    /// Secrets that servers share; none are looked at where a migration is missing.
    pub secrets: Vec<SecretRow>,
}

impl Store {
    /// None: there is no such SQLite file yet.
    ///
    /// # Errors
    /// The address is not understood, or the database cannot be read.
    pub async fn inspect(url: &str) -> Result<Option<Inspection>> {
        let inspecting = async {
            match Self::sqlite_file(url) {
                Some(file) if !file.exists() => Ok(None),
                Some(file) => {
                    let mut log = file.into_os_string();
                    log.push("-wal");
                    // Without a log nobody has the file open: then nothing may be made beside it, which a server of
                    // another user could not open.
                    let alone = !std::path::Path::new(&log).exists();
                    let options = SqliteConnectOptions::from_str(url)?.read_only(true).immutable(alone);
                    sqlite(options.connect().await?).await.map(Some)
                }
                None => {
                    let options = PgConnectOptions::from_str(url)?.application_name("promptory doctor");
                    let options = options.options([("default_transaction_read_only", "on")]);
                    postgres(options.connect().await?).await.map(Some)
                }
            }
        };
        let late = || StoreError::Unavailable(format!("no answer within {} s", WAIT.as_secs()));
        tokio::time::timeout(WAIT, inspecting).await.map_err(|_| late())?
    }
}

async fn sqlite(mut conn: SqliteConnection) -> Result<Inspection> {
    use sqlx::migrate::Migrate;
    let applied = applied(conn.list_applied_migrations(&table_name()).await)?;
    let mut seen = inspection(&applied, oldest(Conn::Sqlite(&mut conn), &applied).await?);
    seen.secrets = secrets(Conn::Sqlite(&mut conn), &seen).await?;
    conn.close().await?;
    Ok(seen)
}

async fn postgres(mut conn: PgConnection) -> Result<Inspection> {
    use sqlx::migrate::Migrate;
    let applied = applied(conn.list_applied_migrations(&table_name()).await)?;
    let mut seen = inspection(&applied, oldest(Conn::Postgres(&mut conn), &applied).await?);
    seen.secrets = secrets(Conn::Postgres(&mut conn), &seen).await?;
    seen.server = Some(sqlx::query_as(CLOCK).fetch_one(&mut conn).await?);
    conn.close().await?;
    Ok(seen)
}

fn applied(listed: std::result::Result<Vec<AppliedMigration>, MigrateError>) -> Result<Vec<i64>> {
    match listed {
        Err(error) if no_such_table(&error) => Ok(Vec::new()),
        listed => Ok(listed.map_err(failed)?.into_iter().map(|migration| migration.version).collect()),
    }
}

async fn oldest(conn: Conn<'_>, applied: &[i64]) -> Result<Option<String>> {
    if applied.is_empty() {
        return Ok(None);
    }
    let row: Option<(String,)> = fetch_optional!(conn, (String,), OLDEST_BINARY)?;
    Ok(row.map(|(value,)| value))
}

async fn secrets(conn: Conn<'_>, seen: &Inspection) -> Result<Vec<SecretRow>> {
    if !seen.missing.is_empty() {
        return Ok(Vec::new());
    }
    fetch_all!(conn, SecretRow, SECRETS)
}

fn inspection(applied: &[i64], oldest_binary: Option<String>) -> Inspection {
    let known = known_steps();
    Inspection {
        empty: applied.is_empty(),
        missing: known.iter().copied().filter(|step| !applied.contains(step)).collect(),
        unknown: applied.iter().copied().filter(|step| !known.contains(step)).collect(),
        oldest_binary,
        server: None,
        secrets: Vec::new(),
    }
}
