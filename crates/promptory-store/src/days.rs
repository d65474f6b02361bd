//! Tables by day of receipt: made ahead, dropped when nobody keeps the day any more. The only file with names of tables
//! that are made at run time; `{day}` in the texts of this module stands for the number of the day.

/// Rows of a table whose number is in one of its blocks, which are found by the primary key one after another: before
/// what an index by blocks answers.
macro_rules! in_blocks {
    ($n:literal, $table:literal) => {
        concat!(
            $n,
            " / 16384 IN (WITH RECURSIVE block (b) AS (SELECT MIN(n) / 16384 FROM ",
            $table,
            " UNION ALL SELECT (SELECT MIN(n) FROM ",
            $table,
            " WHERE n >= (b + 1) * 16384) / 16384 FROM block WHERE b IS NOT NULL) \
             SELECT b FROM block WHERE b IS NOT NULL) AND "
        )
    };
}

mod bare;
mod insert;
mod read;
mod score;
mod single;
mod sweep;

use std::sync::Arc;

use sqlx::AssertSqlSafe;

use crate::{
    Dialect, Result, Store,
    conn::{Conn, Tx},
};

pub use bare::Bare;
pub use insert::{Accepted, ExecutionRow, NewLine};
pub(crate) use insert::{in_sizes, tuples};
pub use read::{ExecutionFilter, FactRow, Position, days_from};
pub use score::{AppliedScore, NewScoreRow, PendingScore, ScoreOfRow, ScoreRow, Target};
pub use single::{SingleRow, Whose};
pub use sweep::UnpricedRow;

statements! {
    DAYS = "SELECT day FROM execution_day ORDER BY day DESC";
    ADD_DAY = "INSERT INTO execution_day (day, created_at) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
    DELETE_DAY = "DELETE FROM execution_day WHERE day = $1";
}

pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Since 1970-01-01, in UTC.
pub const fn day_of(micros: i64) -> i64 {
    micros.div_euclid(MICROS_PER_DAY)
}

/// What a table of a day is made of. `INTEGER PRIMARY KEY` makes it the place of the row itself on SQLite. Users, sessions
/// and traces come in no order: each block of 16,384 rows has its own part of their indexes, so that a commit changes few
/// pages of them. Ids have to be one index, as each is there once.
const TABLES: [&str; 12] = [
    "CREATE TABLE IF NOT EXISTS execution_{day} (n {serial} PRIMARY KEY, id TEXT NOT NULL, id_hash {bytes} NOT NULL, \
     project BIGINT NOT NULL, line BIGINT NOT NULL, started_at BIGINT NOT NULL, received_at BIGINT NOT NULL, \
     latency BIGINT NOT NULL, status BIGINT NOT NULL, purpose BIGINT NOT NULL, flags BIGINT NOT NULL, \
     input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, cache_write_tokens BIGINT, \
     reasoning_tokens BIGINT, cost BIGINT, provider TEXT, model TEXT, provider_sent TEXT, model_sent TEXT, \
     country TEXT, unit_key TEXT, session TEXT, trace_id TEXT, span_id TEXT, parent_span_id TEXT, error_type TEXT, \
     error_message TEXT, error_shape TEXT, tags TEXT, chosen_tags TEXT, metadata TEXT, scores TEXT, variables TEXT, \
     input TEXT, output TEXT)",
    "CREATE UNIQUE INDEX IF NOT EXISTS execution_{day}_id ON execution_{day} (id_hash)",
    "CREATE INDEX IF NOT EXISTS execution_{day}_time ON execution_{day} (project, started_at, n)",
    "CREATE INDEX IF NOT EXISTS execution_{day}_line ON execution_{day} (line, started_at)",
    "CREATE INDEX IF NOT EXISTS execution_{day}_key ON execution_{day} ((n / 16384), unit_key) \
     WHERE unit_key IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS execution_{day}_session ON execution_{day} ((n / 16384), session) \
     WHERE session IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS execution_{day}_trace ON execution_{day} ((n / 16384), trace_id) \
     WHERE trace_id IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS score_{day} (n {serial} PRIMARY KEY, id TEXT NOT NULL, id_hash {bytes} NOT NULL, \
     project BIGINT NOT NULL, name TEXT NOT NULL, units BIGINT, category TEXT, boolean BOOLEAN NOT NULL, \
     comment TEXT, source TEXT, at BIGINT NOT NULL, received_at BIGINT NOT NULL, target BIGINT NOT NULL, \
     target_id TEXT NOT NULL, target_hash {bytes} NOT NULL, prompt TEXT, execution_n BIGINT, execution_day BIGINT, \
     line BIGINT, fold_n BIGINT)",
    "CREATE UNIQUE INDEX IF NOT EXISTS score_{day}_id ON score_{day} (id_hash)",
    "CREATE INDEX IF NOT EXISTS score_{day}_target ON score_{day} (target_hash)",
    "CREATE INDEX IF NOT EXISTS score_{day}_pending ON score_{day} (n) WHERE fold_n IS NULL",
    "CREATE INDEX IF NOT EXISTS score_{day}_fold ON score_{day} (fold_n)",
];

/// The text of a statement for one day.
pub(crate) fn for_day(text: &str, day: i64) -> AssertSqlSafe<String> {
    // A number: nothing can be put into the text by it.
    AssertSqlSafe(text.replace("{day}", &day.to_string()))
}

/// The same of one that reads the tables of another day as well.
fn for_days(text: &str, day: i64, of: i64) -> AssertSqlSafe<String> {
    for_day(&text.replace("{of}", &of.to_string()), day)
}

/// The texts of this module as they are for one day, by name: a test prepares each on both databases.
pub fn day_statements(dialect: Dialect, day: i64) -> Vec<(&'static str, String)> {
    let texts = [read::STATEMENTS, score::STATEMENTS, single::STATEMENTS, sweep::STATEMENTS].concat();
    let mut all: Vec<(&'static str, String)> =
        texts.into_iter().map(|(name, text)| (name, for_days(text, day, day).0)).collect();
    all.push(("INSERT_EXECUTION", insert::text(dialect, day, 2).to_string()));
    all
}

/// Texts of long inserts, made once for each day and number of rows.
pub(crate) type Texts = Arc<std::sync::Mutex<std::collections::HashMap<(i64, usize), Arc<str>>>>;

impl Store {
    /// Days that have tables, newest first.
    pub async fn days(&self) -> Result<Vec<i64>> {
        let mut pooled = self.pooled().await?;
        let rows: Vec<(i64,)> = fetch_all!(pooled.conn(), (i64,), DAYS)?;
        Ok(rows.into_iter().map(|(day,)| day).collect())
    }

    /// Makes the tables of a day unless they are there. Several servers may do so at once.
    pub async fn add_day(&self, day: i64, now: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        // Its row first: whoever comes second waits here and finds the tables.
        execute!(tx.conn(), ADD_DAY, day, now)?;
        for text in TABLES {
            let text = match self.dialect() {
                Dialect::Sqlite => text.replace("{serial}", "INTEGER").replace("{bytes}", "BLOB"),
                Dialect::Postgres => text.replace("{serial}", "BIGINT").replace("{bytes}", "BYTEA"),
            };
            execute!(tx.conn(), for_day(&text, day))?;
        }
        tx.commit().await
    }

    /// Drops the tables of a day with everything in them.
    pub async fn drop_day(&self, day: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        drop_day(tx.conn(), day).await?;
        tx.commit().await
    }

    /// Before the migration that knows of days is taken back.
    pub(crate) async fn drop_all_days(&self) -> Result<()> {
        for day in self.days().await? {
            self.drop_day(day).await?;
        }
        Ok(())
    }
}

async fn drop_day(mut conn: Conn<'_>, day: i64) -> Result<()> {
    execute!(conn.again(), for_day("DROP TABLE IF EXISTS execution_{day}", day))?;
    execute!(conn.again(), for_day("DROP TABLE IF EXISTS score_{day}", day))?;
    execute!(conn, DELETE_DAY, day)?;
    Ok(())
}

/// Days that a transaction sees, newest first.
pub(crate) async fn days_in(tx: &mut Tx) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = fetch_all!(tx.conn(), (i64,), DAYS)?;
    Ok(rows.into_iter().map(|(day,)| day).collect())
}
