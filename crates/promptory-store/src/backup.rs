//! Copies of a SQLite database, and what a restored database of either kind says of itself.

use std::path::Path;

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use crate::{
    Result, Store, StoreError, WriteTx,
    conn::{Conn, Dialect},
    error::LOCK_TIMEOUT,
};

statements! {
    /// Of one moment, while others read and write; what was deleted is not in it.
    COPY_INTO = "VACUUM INTO $1";
    FOLD_LOG = "PRAGMA wal_checkpoint(TRUNCATE)";
    INTEGRITY = "PRAGMA integrity_check(1)";
    SCHEMA_NUMBER = "SELECT CAST(MAX(version) AS BIGINT) AS n FROM _sqlx_migrations";
    SHARED_VALUES = "SELECT name, value FROM meta WHERE name IN ('epoch', 'oldest_binary')";
    STANDING = "SELECT p.name, p.revision, p.audit_n, p.audit_hash, a.hash AS entry_hash FROM project p \
        LEFT JOIN audit a ON a.project_id = p.id AND a.n = p.audit_n ORDER BY p.name";
    /// What servers have prepared does not fit tables that were made anew, and there is no other way to tell them.
    CUT_OTHERS = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS cut FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'promptory' AND pid <> pg_backend_pid()";
    /// Where it is still the one that the caller saw, if the caller saw one.
    REPLACE_EPOCH = "INSERT INTO meta (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO UPDATE \
        SET value = excluded.value WHERE meta.value = COALESCE(CAST($2 AS TEXT), meta.value)";
}

row! {
    pub struct ProjectStanding {
        pub name: String,
        pub revision: i64,
        pub audit_n: i64,
        pub audit_hash: String,
        /// Of the newest entry: must be the project's.
        pub entry_hash: Option<String>,
    }
}

/// What a database holds, in the words by which another copy of it is told apart.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The newest migration.
    pub schema: i64,
    pub oldest_binary: Option<String>,
    pub epoch: Option<String>,
    pub projects: Vec<ProjectStanding>,
}

async fn standing(mut conn: Conn<'_>) -> Result<Standing> {
    let (schema,): (Option<i64>,) = fetch_one!(conn.again(), (Option<i64>,), SCHEMA_NUMBER)?;
    let values = fetch_all!(conn.again(), (String, String), SHARED_VALUES)?;
    let value =
        |wanted| values.iter().find(|(name, _)| name == wanted).map(|(_, value): &(_, String)| value.clone());
    let projects = fetch_all!(conn.again(), ProjectStanding, STANDING)?;
    if let Some(broken) = projects
        .iter()
        .find(|project| project.audit_n > 0 && project.entry_hash.as_ref() != Some(&project.audit_hash))
    {
        return Err(StoreError::Broken {
            table: "project",
            id: broken.name.clone(),
            what: "its newest audit entry is not the one that it names".to_owned(),
        });
    }
    Ok(Standing {
        schema: schema.unwrap_or_default(),
        oldest_binary: value("oldest_binary"),
        epoch: value("epoch"),
        projects,
    })
}

impl Store {
    /// Where everything stands.
    ///
    /// # Errors
    /// The database cannot be read, or is none of Promptory.
    pub async fn standing(&self) -> Result<Standing> {
        standing(self.pooled().await?.conn()).await
    }

    /// Gives the database another epoch, so that servers and clients load everything anew; where `seen` is given,
    /// only if it is still that one. Answers whether it was.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn replace_epoch(&self, seen: Option<&str>, epoch: &str) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let replaced = execute!(tx.conn(), REPLACE_EPOCH, epoch, seen)?;
        tx.commit().await?;
        Ok(replaced == 1)
    }
}

impl WriteTx {
    /// Another epoch with the commit of this change: every server and client loads everything anew.
    pub async fn begin_epoch(&mut self, epoch: &str) -> Result<()> {
        let (conn, _) = self.parts();
        execute!(conn, REPLACE_EPOCH, epoch, None::<&str>)?;
        Ok(())
    }
}

impl Store {
    /// Ends the connections of all servers to a PostgreSQL database; they make new ones. Nothing on SQLite.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn cut_others(&self) -> Result<()> {
        if self.dialect() == Dialect::Postgres {
            fetch_all!(self.pooled().await?.conn(), (String,), CUT_OTHERS)?;
        }
        Ok(())
    }
}

/// A SQLite database in a file that no server uses.
pub struct SqliteCopy {
    conn: SqliteConnection,
}

impl SqliteCopy {
    /// Copies the database in `from` into the empty or missing file `into`. Whoever writes to `from` meanwhile does
    /// not wait.
    ///
    /// # Errors
    /// One of the files cannot be used, or `from` is no database.
    pub async fn make(from: &Path, into: &Path) -> Result<()> {
        let mut source = connect(from, true).await?;
        let copied = sqlx::query::<sqlx::Sqlite>(COPY_INTO)
            .bind(into.to_str().ok_or_else(|| unreadable(into, "its name is not UTF-8"))?)
            .execute(&mut source)
            .await;
        // Read only: there is nothing left to be written.
        let _ = source.close().await;
        copied.map(drop).map_err(|error| refused(from, error))
    }

    /// # Errors
    /// The file is no database.
    pub async fn open(file: &Path) -> Result<Self> {
        Ok(Self { conn: connect(file, false).await? })
    }

    /// Looks at every page, and at what the database says of itself.
    ///
    /// # Errors
    /// It is damaged, or none of Promptory.
    pub async fn check(&mut self) -> Result<Standing> {
        let (found,): (String,) = fetch_one!(Conn::Sqlite(&mut self.conn), (String,), INTEGRITY)?;
        if found != "ok" {
            return Err(StoreError::Refused(format!("the copy is damaged: {found}")));
        }
        standing(Conn::Sqlite(&mut self.conn)).await
    }

    /// # Errors
    /// The file cannot be written.
    pub async fn set_epoch(&mut self, epoch: &str) -> Result<()> {
        execute!(Conn::Sqlite(&mut self.conn), REPLACE_EPOCH, epoch, None::<&str>)?;
        Ok(())
    }

    /// Puts what is in the log beside the file into it.
    ///
    /// # Errors
    /// It is damaged, or somebody uses it.
    pub async fn fold_log(&mut self) -> Result<()> {
        let (busy,): (i64,) = fetch_one!(Conn::Sqlite(&mut self.conn), (i64,), FOLD_LOG)?;
        if busy != 0 {
            return Err(StoreError::Busy("another program uses the database".to_owned()));
        }
        Ok(())
    }

    /// # Errors
    /// What was written is not complete in the file.
    pub async fn close(self) -> Result<()> {
        Ok(self.conn.close().await?)
    }
}

async fn connect(file: &Path, read_only: bool) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(read_only)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(LOCK_TIMEOUT);
    options.connect().await.map_err(|error| refused(file, error))
}

fn refused(file: &Path, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Database(error) => unreadable(file, &error.to_string()),
        other => other,
    }
}

fn unreadable(file: &Path, why: &str) -> StoreError {
    StoreError::Refused(format!("{} cannot be copied: {why}", file.display()))
}
