//! Past the server, at its database: to make and drop one, to do what the store never would, to take it away.
//! The only file of these tests with SQL.

use std::str::FromStr;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

pub(crate) enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    pub(crate) async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url).expect("an address");
            Self::Sqlite(SqliteConnection::connect_with(&options).await.expect("the file opens"))
        } else {
            Self::Postgres(PgConnection::connect(url).await.expect("the server of PROMPTORY_TEST_POSTGRES"))
        }
    }

    /// Answers how many rows were changed.
    async fn execute(&mut self, sql: &str) -> u64 {
        let query = AssertSqlSafe(sql.to_owned());
        let done = match self {
            Self::Sqlite(conn) => sqlx::query(query).execute(conn).await.map(|done| done.rows_affected()),
            Self::Postgres(conn) => sqlx::query(query).execute(conn).await.map(|done| done.rows_affected()),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    async fn number(&mut self, sql: &str) -> i64 {
        let query = AssertSqlSafe(sql.to_owned());
        let row: Result<(i64,), _> = match self {
            Self::Sqlite(conn) => sqlx::query_as(query).fetch_one(conn).await,
            Self::Postgres(conn) => sqlx::query_as(query).fetch_one(conn).await,
        };
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).0
    }

    /// Another actor in one entry of the audit log of the project `default`.
    pub(crate) async fn forge_audit(&mut self, n: i64) {
        let sql = format!(
            "UPDATE audit SET actor_name = 'somebody else' WHERE n = {n} AND project_id = \
             (SELECT id FROM project WHERE name = 'default')"
        );
        assert_eq!(self.execute(&sql).await, 1);
    }

    pub(crate) async fn remove_audit(&mut self, n: i64) {
        let sql = format!(
            "DELETE FROM audit WHERE n = {n} AND project_id = (SELECT id FROM project WHERE name = 'default')"
        );
        assert_eq!(self.execute(&sql).await, 1);
    }

    /// Takes away the newest entry and makes the project's head agree, as one who knows the schema would.
    pub(crate) async fn cut_audit(&mut self, n: i64) {
        self.remove_audit(n).await;
        let sql = format!(
            "UPDATE project SET audit_n = {0}, audit_hash = (SELECT hash FROM audit WHERE n = {0} AND project_id = \
             project.id) WHERE name = 'default'",
            n - 1
        );
        assert_eq!(self.execute(&sql).await, 1);
    }

    pub(crate) async fn kept_answers(&mut self) -> i64 {
        self.number("SELECT CAST(COUNT(*) AS BIGINT) FROM idempotency").await
    }

    /// Whether the stored rows hold this text in a column where a secret could lie.
    pub(crate) async fn keys_with_hash(&mut self, hash: &str) -> i64 {
        self.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM access_key WHERE hash = '{hash}'")).await
    }

    /// As a newer server would leave the database.
    pub(crate) async fn need_newer_program(&mut self) {
        let sql = "INSERT INTO meta (name, value) VALUES ('oldest_binary', '999.0.0') \
                   ON CONFLICT (name) DO UPDATE SET value = '999.0.0'";
        assert_eq!(self.execute(sql).await, 1);
    }

    /// Holds SQLite's write lock until [`Raw::release`].
    pub(crate) async fn hold(&mut self) {
        self.execute("BEGIN IMMEDIATE").await;
    }

    pub(crate) async fn release(&mut self) {
        self.execute("ROLLBACK").await;
    }
}

pub(crate) async fn create_database(server: &str, name: &str, template: &str) {
    let mut server = Raw::connect(server).await;
    // One of that name is left of an ended process with our number.
    server.execute(&format!("DROP DATABASE IF EXISTS {name}")).await;
    server.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
}

pub(crate) async fn drop_database(server: &str, name: &str) {
    Raw::connect(server).await.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
