//! The least that storing executions takes: their table, filled by one connection in large pieces. What benches
//! compare the server with.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};

use super::{ExecutionRow, insert};
use crate::{Dialect, Result, Settings, Store};

/// Rows in one statement; SQLite takes 32,766 arguments.
const ROWS: usize = 500;

pub struct Bare {
    store: Store,
    conn: BareConn,
    day: i64,
}

enum BareConn {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Bare {
    /// A database with the server's schema and the tables of a day.
    ///
    /// # Errors
    /// It cannot be opened or made.
    pub async fn open(url: &str, day: i64) -> Result<Self> {
        let store = Store::open(&Settings { url: url.to_owned(), connections: 1 }).await?;
        store.migrate().await?;
        store.add_day(day, 0).await?;
        let conn = match store.dialect() {
            Dialect::Sqlite => BareConn::Sqlite(Box::new(crate::db::sqlite_options(url)?.connect().await?)),
            Dialect::Postgres => {
                BareConn::Postgres(Box::new(crate::db::postgres_options(url)?.connect().await?))
            }
        };
        Ok(Self { store, conn, day })
    }

    /// All of them in one transaction.
    ///
    /// # Errors
    /// The database does not take them.
    pub async fn insert(&mut self, rows: &[ExecutionRow]) -> Result<()> {
        let text = |rows| insert::text(self.store.dialect(), self.day, rows);
        match &mut self.conn {
            BareConn::Sqlite(conn) => {
                let mut tx = conn.begin().await?;
                for some in rows.chunks(ROWS) {
                    let query = sqlx::query::<sqlx::Sqlite>(AssertSqlSafe(text(some.len())));
                    let query = some.iter().fold(query, |query, row| insert::bind_row!(query, row));
                    query.execute(&mut *tx).await?;
                }
                tx.commit().await?;
            }
            BareConn::Postgres(conn) => {
                let mut tx = conn.begin().await?;
                for some in rows.chunks(ROWS) {
                    let query = sqlx::query::<sqlx::Postgres>(AssertSqlSafe(text(some.len())));
                    let query = some.iter().fold(query, |query, row| insert::bind_row!(query, row));
                    query.execute(&mut *tx).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
