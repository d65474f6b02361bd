//! Past the server, at its database: to make and drop one, to do what the store never would, to take it away.
//! The only file of these tests with SQL.

use std::{ops::RangeInclusive, str::FromStr};

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

    /// As if a deployment were watched, which nobody can ask for yet: it bakes.
    pub(crate) async fn watch(&mut self, deployment: &str) {
        let sql = format!(
            "UPDATE deployment SET watch = '{{\"names\":[\"errors\"],\"bake_s\":3600}}' WHERE id = '{deployment}'"
        );
        assert_eq!(self.execute(&sql).await, 1);
    }

    /// More like the first execution of a day, each so many microseconds later as its number says.
    pub(crate) async fn multiply_execution(&mut self, day: i64, copies: RangeInclusive<u64>) {
        let bytes = match self {
            Self::Sqlite(_) => "CAST('copy ' || k AS BLOB)",
            Self::Postgres(_) => "convert_to('copy ' || k, 'UTF8')",
        };
        let (from, to) = copies.into_inner();
        let sql = format!(
            "INSERT INTO execution_{day} (n, id, id_hash, project, line, started_at, received_at, latency, status, purpose, \
             flags, provider, model, country) WITH RECURSIVE many (k) AS (SELECT {from} UNION ALL SELECT k + 1 FROM many \
             WHERE k < {to}) SELECT n + k, 'copy ' || k, {bytes}, project, line, started_at + k, received_at, latency, status, \
             purpose, flags, provider, model, country FROM execution_{day}, many WHERE id NOT LIKE 'copy %'"
        );
        assert_eq!(self.execute(&sql).await, to - from + 1);
    }

    pub(crate) async fn kept_answers(&mut self) -> i64 {
        self.number("SELECT CAST(COUNT(*) AS BIGINT) FROM idempotency").await
    }

    pub(crate) async fn sessions(&mut self) -> i64 {
        self.number("SELECT CAST(COUNT(*) AS BIGINT) FROM session").await
    }

    /// Whether the stored rows hold this text in a column where a secret could lie.
    pub(crate) async fn keys_with_hash(&mut self, hash: &str) -> i64 {
        self.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM access_key WHERE hash = '{hash}'")).await
    }

    /// As they lie there: the key of tokens, then the secrets of webhooks and those before.
    pub(crate) async fn secrets(&mut self) -> Vec<String> {
        let mut all = self.texts("SELECT value FROM meta WHERE name = 'token_key'").await;
        all.extend(self.texts("SELECT secret FROM webhook ORDER BY id").await);
        all.extend(self.texts("SELECT old_secret FROM webhook ORDER BY id").await);
        all
    }

    /// From one webhook to another.
    pub(crate) async fn move_secret(&mut self, from: &str, to: &str) {
        let sql = format!(
            "UPDATE webhook SET secret = (SELECT secret FROM webhook WHERE id = '{from}') WHERE id = '{to}'"
        );
        assert_eq!(self.execute(&sql).await, 1);
    }

    /// As the documentation says for a master key that is lost.
    pub(crate) async fn give_up_secrets(&mut self) {
        self.execute("DELETE FROM meta WHERE name = 'token_key'").await;
        self.execute("UPDATE webhook SET secret = '', old_secret = ''").await;
    }

    /// As a newer server would leave the database.
    pub(crate) async fn need_newer_program(&mut self) {
        let sql = "INSERT INTO meta (name, value) VALUES ('oldest_binary', '999.0.0') \
                   ON CONFLICT (name) DO UPDATE SET value = '999.0.0'";
        assert_eq!(self.execute(sql).await, 1);
    }

    async fn texts(&mut self, sql: &str) -> Vec<String> {
        let query = AssertSqlSafe(sql.to_owned());
        let rows: Result<Vec<(String,)>, _> = match self {
            Self::Sqlite(conn) => sqlx::query_as(query).fetch_all(conn).await,
            Self::Postgres(conn) => sqlx::query_as(query).fetch_all(conn).await,
        };
        rows.unwrap_or_else(|error| panic!("{sql}: {error}")).into_iter().map(|(text,)| text).collect()
    }

    async fn tables(&mut self) -> Vec<String> {
        let all = match self {
            Self::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            Self::Postgres(_) => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
            }
        };
        let mut names = self.texts(all).await;
        names.retain(|name| !name.starts_with("kept_") && name != "_sqlx_migrations");
        names
    }

    async fn without_foreign_keys(&mut self) {
        let off = match self {
            Self::Sqlite(_) => "PRAGMA foreign_keys = OFF",
            Self::Postgres(_) => "SET session_replication_role = replica",
        };
        self.execute(off).await;
    }

    pub(crate) async fn empty_tables(&mut self) -> Vec<String> {
        let mut empty = Vec::new();
        for table in self.tables().await {
            if self.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")).await == 0 {
                empty.push(table);
            }
        }
        empty
    }

    /// Of SQLite, as its own tool writes it.
    pub(crate) async fn dump(&mut self) -> String {
        let mut text = String::new();
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        for table in self.texts(tables).await {
            let made = format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'");
            text.push_str(&format!("{};\n", self.texts(&made).await.remove(0)));
            let columns = self
                .texts(&format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"))
                .await;
            let row = columns.join(" || ', ' || ");
            for values in self.texts(&format!("SELECT {row} FROM {table} ORDER BY rowid")).await {
                text.push_str(&format!("INSERT INTO {table} VALUES ({values});\n"));
            }
        }
        for index in
            self.texts("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").await
        {
            text.push_str(&format!("{index};\n"));
        }
        text
    }

    /// What a dump holds, into an empty database.
    pub(crate) async fn load(&mut self, text: &str) {
        self.without_foreign_keys().await;
        let text = AssertSqlSafe(text.to_owned());
        let done = match self {
            Self::Sqlite(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop),
            Self::Postgres(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop),
        };
        done.expect("the dump is loaded");
    }

    /// Keeps every row as it is now, for [`Raw::go_back`].
    pub(crate) async fn keep(&mut self) {
        for table in self.tables().await {
            self.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
    }

    /// As a restore, or a failover to an older copy, leaves the database: all rows are those that were kept.
    pub(crate) async fn go_back(&mut self, epoch: Option<&str>) {
        self.without_foreign_keys().await;
        self.execute("BEGIN").await;
        for table in self.tables().await {
            self.execute(&format!("DELETE FROM {table}")).await;
            self.execute(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        if let Some(epoch) = epoch {
            self.execute(&format!("UPDATE meta SET value = '{epoch}' WHERE name = 'epoch'")).await;
        }
        self.execute("COMMIT").await;
    }

    /// As a restore leaves the database between its tables and their rows.
    pub(crate) async fn empty(&mut self) {
        self.without_foreign_keys().await;
        for table in self.tables().await {
            self.execute(&format!("DELETE FROM {table}")).await;
        }
    }

    pub(crate) async fn data_directory(&mut self) -> String {
        self.texts("SHOW data_directory").await.remove(0)
    }

    /// Connections that wait for notifications, when there are as many as are expected or after a while.
    pub(crate) async fn listeners(&mut self, expected: usize) -> usize {
        let sql = "SELECT CAST(pid AS TEXT) FROM pg_stat_activity WHERE datname = current_database() \
                   AND query LIKE 'LISTEN%'";
        for _ in 0..10_000 {
            if self.texts(sql).await.len() == expected {
                return expected;
            }
        }
        self.texts(sql).await.len()
    }

    /// Answers how many there were.
    pub(crate) async fn cut_listeners(&mut self) -> usize {
        let sql = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
                   WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        self.texts(sql).await.len()
    }

    /// For the connections that are made from now on, which are all: those that are there are cut.
    pub(crate) async fn read_only(&mut self, database: &str, on: bool) {
        self.execute(&format!("ALTER DATABASE {database} SET default_transaction_read_only = {on}")).await;
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid()",
        )
        .await;
    }

    /// Statistics that say something else than the executions; answers how many packs were changed.
    pub(crate) async fn tamper_with_cells(&mut self, how: &str) -> u64 {
        let sql = match how {
            "lost" => "DELETE FROM rollup WHERE grain = 4 AND cube = 1",
            "doubled" => {
                "INSERT INTO rollup (project, cube, grain, prompt, bucket, recorder, cells) \
                 SELECT project, cube, grain, prompt, bucket, recorder + 900, cells FROM rollup \
                 WHERE grain = 3"
            }
            _ => {
                "UPDATE rollup SET cells = (SELECT o.cells FROM rollup o WHERE o.cube = 5 AND o.grain = 3 \
                 ORDER BY o.bucket, o.recorder LIMIT 1) WHERE cube = 2 AND grain = 3"
            }
        };
        self.execute(sql).await
    }

    /// From now on the database refuses executions of one session, and scores of one name.
    pub(crate) async fn poison(&mut self) {
        for table in self.tables().await {
            let (column, kind) = match table.split_once('_') {
                Some(("execution", day)) if day.parse::<i64>().is_ok() => ("session", "execution"),
                Some(("score", day)) if day.parse::<i64>().is_ok() => ("name", "score"),
                _ => continue,
            };
            let sql = match self {
                Self::Sqlite(_) => format!(
                    "CREATE TRIGGER poison_{table} BEFORE INSERT ON {table} WHEN NEW.{column} = 'poison' \
                     BEGIN SELECT RAISE(ABORT, 'no such {kind}'); END"
                ),
                Self::Postgres(_) => {
                    format!("ALTER TABLE {table} ADD CONSTRAINT poison CHECK ({column} <> 'poison')")
                }
            };
            self.execute(&sql).await;
        }
    }

    /// Nobody can record until [`Raw::release`].
    pub(crate) async fn hold_recording(&mut self) {
        match self {
            Self::Sqlite(_) => self.hold().await,
            Self::Postgres(_) => {
                self.execute("BEGIN").await;
                self.execute("LOCK TABLE recorder IN ACCESS EXCLUSIVE MODE").await;
            }
        }
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
