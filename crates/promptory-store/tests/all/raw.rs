//! Connections past the store: to look at what it wrote, and to do what it never would.

use std::str::FromStr;

use sqlx::{
    AssertSqlSafe, Connection, Executor, FromRow, PgConnection, Row, SqlSafeStr, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

pub(crate) enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row of texts of any width.
struct Texts(Vec<Option<String>>);

impl<'r, R: Row> FromRow<'r, R> for Texts
where
    usize: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Self)
    }
}

impl Raw {
    pub(crate) async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            // As the store does, but for the keys: a test may break them.
            let options = SqliteConnectOptions::from_str(url).expect("an address").foreign_keys(false);
            Self::Sqlite(SqliteConnection::connect_with(&options).await.expect("the file opens"))
        } else {
            Self::Postgres(PgConnection::connect(url).await.expect("the server of PROMPTORY_TEST_POSTGRES"))
        }
    }

    pub(crate) async fn execute(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let query = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(conn) => sqlx::query(query).execute(conn).await.map(|done| done.rows_affected()),
            Self::Postgres(conn) => sqlx::query(query).execute(conn).await.map(|done| done.rows_affected()),
        }
    }

    pub(crate) async fn done(&mut self, sql: &str) -> u64 {
        self.execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Every column must be text, by `CAST` where it is not.
    pub(crate) async fn rows(&mut self, sql: &str) -> Vec<Vec<Option<String>>> {
        let query = AssertSqlSafe(sql.to_owned());
        let rows: Result<Vec<Texts>, _> = match self {
            Self::Sqlite(conn) => sqlx::query_as(query).fetch_all(conn).await,
            Self::Postgres(conn) => sqlx::query_as(query).fetch_all(conn).await,
        };
        rows.unwrap_or_else(|error| panic!("{sql}: {error}")).into_iter().map(|row| row.0).collect()
    }

    /// The rows as lines, a bar between columns, sorted: for comparing sets.
    pub(crate) async fn lines(&mut self, sql: &str) -> Vec<String> {
        let text = |column: Option<String>| column.unwrap_or_else(|| "∅".to_owned());
        let line = |row: Vec<Option<String>>| row.into_iter().map(text).collect::<Vec<_>>().join(" | ");
        let mut lines: Vec<String> = self.rows(sql).await.into_iter().map(line).collect();
        lines.sort();
        lines
    }

    pub(crate) async fn count(&mut self, table: &str) -> i64 {
        let lines = self.lines(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
        lines[0].parse().expect("a number")
    }

    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(conn) => conn.prepare(sql.into_sql_str()).await.map(drop),
            Self::Postgres(conn) => conn.prepare(sql.into_sql_str()).await.map(drop),
        }
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(conn) => conn.close().await,
            Self::Postgres(conn) => conn.close().await,
        }
        .expect("the connection closes");
    }
}
