use std::{sync::Arc, time::Duration};

use sqlx::{Connection, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::{Result, StoreError};

statements! {
    BEGIN_WRITE = "BEGIN IMMEDIATE";
    COMMIT_WRITE = "COMMIT";
    ROLLBACK_WRITE = "ROLLBACK";
}

/// How long a change waits for the one before it.
const WRITER_WAIT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A borrowed connection to either database: what every query runs on.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn<'_> {
    /// The same connection for one more statement.
    pub(crate) fn again(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }

    /// The one visible door for what has to differ; each use is listed in `docs/dialects.md`.
    pub(crate) fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }
}

pub(crate) enum Pooled {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Pooled {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

/// The one connection that writes to SQLite, handed from change to change. None: it was closed.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Mutex<Option<Writing>>>);

pub(crate) struct Writing {
    conn: SqliteConnection,
    /// A transaction may be open: one was begun and not committed.
    open: bool,
}

impl Writer {
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(Some(Writing { conn, open: false }))))
    }

    /// Waits for the change before, and rolls it back when it was dropped: whoever writes next, migrations too, must
    /// not find its transaction.
    pub(crate) async fn lock(&self) -> Result<Held> {
        let held = tokio::time::timeout(WRITER_WAIT, Arc::clone(&self.0).lock_owned()).await;
        let held = held.map_err(|_| StoreError::Busy("another change takes too long".to_owned()))?;
        let held = OwnedMutexGuard::try_map(held, Option::as_mut);
        let held = held.map(Held);
        let mut held = held.map_err(|_| StoreError::Unavailable("the database is closed".to_owned()))?;
        if held.0.open {
            // It fails when the transaction had not begun yet or its commit was on the way already.
            let _ = held.run(ROLLBACK_WRITE).await;
            held.0.open = false;
        }
        Ok(held)
    }

    pub(crate) async fn close(&self) {
        if let Some(writing) = self.0.lock().await.take() {
            // What was acknowledged is in the file already.
            let _ = writing.conn.close().await;
        }
    }
}

/// The writing connection, until it is dropped.
pub(crate) struct Held(OwnedMappedMutexGuard<Option<Writing>, Writing>);

impl Held {
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.0.conn
    }

    async fn run(&mut self, text: &'static str) -> Result<()> {
        sqlx::query::<Sqlite>(text).execute(self.conn()).await?;
        Ok(())
    }
}

/// A transaction on the writing connection. One that was dropped is rolled back when the next begins: nobody else
/// writes to the file, and readers see what is committed only.
pub(crate) struct SqliteWrite(Held);

impl SqliteWrite {
    pub(crate) async fn begin(writer: &Writer) -> Result<Self> {
        let mut write = Self::unbegun(writer).await?;
        write.0.run(BEGIN_WRITE).await?;
        Ok(write)
    }

    /// For a first statement that begins the transaction itself: one trip less.
    pub(crate) async fn unbegun(writer: &Writer) -> Result<Self> {
        let mut held = writer.lock().await?;
        held.0.open = true;
        Ok(Self(held))
    }

    /// Its last statement was a COMMIT.
    pub(crate) fn committed(mut self) {
        self.0.0.open = false;
    }

    async fn commit(mut self) -> Result<()> {
        self.0.run(COMMIT_WRITE).await?;
        self.0.0.open = false;
        Ok(())
    }
}

/// An open transaction. Dropped without [`Tx::commit`], it is rolled back.
pub(crate) enum Tx {
    Sqlite(SqliteWrite),
    SqliteRead(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx.0.conn()),
            Self::SqliteRead(tx) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::SqliteRead(tx) => Ok(tx.commit().await?),
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// The last statement was a COMMIT.
    pub(crate) fn committed(self) {
        if let Self::Sqlite(tx) = self {
            tx.committed();
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::{Settings, Store, db::Pools};

    async fn past_the_store(store: &Store, sql: &str) {
        let Pools::Sqlite { write, .. } = &store.pools else { panic!("it is SQLite") };
        let mut held = write.lock().await.expect("free");
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::query::<Sqlite>(sql).execute(held.conn()).await.expect("done");
    }

    #[tokio::test]
    async fn a_full_disk_is_no_space_until_there_is_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("full.db").display());
        let store = Store::open(&Settings { url, connections: 2 }).await.expect("opened");
        store.migrate().await.expect("migrated");
        let text = "words ".repeat(100_000);
        for _ in 0..3 {
            // Never less than there is.
            past_the_store(&store, "PRAGMA max_page_count = 1").await;
            let outcome = store.probe(&text).await;
            assert!(matches!(outcome, Err(StoreError::NoSpace(_))), "{outcome:?}");
            store.heads().await.expect("what is there is read");
            past_the_store(&store, "PRAGMA max_page_count = 1000000").await;
            store.probe(&text).await.expect("there is room again");
            store.probe("").await.expect("and is given back");
            past_the_store(&store, "VACUUM").await;
        }
        store.close().await;
    }
}
