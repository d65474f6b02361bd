//! Writing executions: many rows in one statement, each id once.

use std::{collections::HashSet, sync::Arc};

use sqlx::AssertSqlSafe;

use super::{for_day, score::NewScoreRow};
use crate::{
    Dialect, Result, Store, StoreError,
    conn::{Conn, Tx},
    fault,
    recorder::Recorder,
};

/// Rows in one statement. Few sizes, so that statements stay prepared; each once at most but the largest, as a statement
/// is a trip to the database; SQLite takes 32,766 arguments.
const SIZES: [usize; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];
const IDS: usize = 256;

row! {
    /// A call as it is stored. Times are microseconds, costs picodollars, what a number of status, purpose or flags
    /// means is the server's.
    #[derive(Default)]
    pub struct ExecutionRow {
        pub n: i64,
        pub id: String,
        pub id_hash: Vec<u8>,
        pub project: i64,
        pub line: i64,
        pub started_at: i64,
        pub received_at: i64,
        pub latency: i64,
        pub status: i64,
        pub purpose: i64,
        pub flags: i64,
        pub input_tokens: Option<i64>,
        pub output_tokens: Option<i64>,
        pub cached_tokens: Option<i64>,
        pub cache_write_tokens: Option<i64>,
        pub reasoning_tokens: Option<i64>,
        pub cost: Option<i64>,
        pub provider: Option<String>,
        pub model: Option<String>,
        pub provider_sent: Option<String>,
        pub model_sent: Option<String>,
        pub country: Option<String>,
        pub unit_key: Option<String>,
        pub session: Option<String>,
        pub trace_id: Option<String>,
        pub span_id: Option<String>,
        pub parent_span_id: Option<String>,
        pub error_type: Option<String>,
        pub error_message: Option<String>,
        pub error_shape: Option<String>,
        pub tags: Option<String>,
        pub chosen_tags: Option<String>,
        pub metadata: Option<String>,
        pub scores: Option<String>,
        pub variables: Option<String>,
        pub input: Option<String>,
        pub output: Option<String>,
    }
}

const COLUMNS: &str = "n, id, id_hash, project, line, started_at, received_at, latency, status, purpose, flags, \
    input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, \
    provider_sent, model_sent, country, unit_key, session, trace_id, span_id, parent_span_id, error_type, \
    error_message, error_shape, tags, chosen_tags, metadata, scores, variables, input, output";

macro_rules! bind_row {
    ($query:expr, $row:expr) => {
        $query
            .bind($row.n)
            .bind(&$row.id)
            .bind(&$row.id_hash)
            .bind($row.project)
            .bind($row.line)
            .bind($row.started_at)
            .bind($row.received_at)
            .bind($row.latency)
            .bind($row.status)
            .bind($row.purpose)
            .bind($row.flags)
            .bind($row.input_tokens)
            .bind($row.output_tokens)
            .bind($row.cached_tokens)
            .bind($row.cache_write_tokens)
            .bind($row.reasoning_tokens)
            .bind($row.cost)
            .bind(&$row.provider)
            .bind(&$row.model)
            .bind(&$row.provider_sent)
            .bind(&$row.model_sent)
            .bind(&$row.country)
            .bind(&$row.unit_key)
            .bind(&$row.session)
            .bind(&$row.trace_id)
            .bind(&$row.span_id)
            .bind(&$row.parent_span_id)
            .bind(&$row.error_type)
            .bind(&$row.error_message)
            .bind(&$row.error_shape)
            .bind(&$row.tags)
            .bind(&$row.chosen_tags)
            .bind(&$row.metadata)
            .bind(&$row.scores)
            .bind(&$row.variables)
            .bind(&$row.input)
            .bind(&$row.output)
    };
}

pub(super) use bind_row;

/// One statement after another; while the database works on one, the arguments of the next are written down.
macro_rules! insert_rows {
    ($store:expr, $database:ty, $conn:expr, $day:expr, $rows:expr) => {{
        let written = |rows: &[&ExecutionRow]| {
            let query = sqlx::query::<$database>(AssertSqlSafe($store.insert_text($day, rows.len())));
            rows.iter().fold(query, |query, row| bind_row!(query, row))
        };
        let mut pieces = in_sizes($rows);
        let mut next = pieces.next().map(&written);
        let mut stored = 0;
        while let Some(query) = next {
            let following = async { pieces.next().map(&written) };
            let (done, following) = futures_util::future::join(query.execute(&mut *$conn), following).await;
            stored += done?.rows_affected();
            next = following;
        }
        stored
    }};
}

/// The statement for so many rows.
pub(super) fn text(dialect: Dialect, day: i64, rows: usize) -> Arc<str> {
    let columns = COLUMNS.split(',').count();
    // `ON CONFLICT` is for one constraint: for the others, SQLite keeps a copy of each page that the statement changes.
    let (insert, conflict) = match dialect {
        Dialect::Sqlite => ("INSERT OR IGNORE", ""),
        Dialect::Postgres => ("INSERT", " ON CONFLICT DO NOTHING"),
    };
    let mut text = for_day(&format!("{insert} INTO execution_{{day}} ({COLUMNS}) VALUES "), day).0;
    text.push_str(&tuples(dialect, rows, columns));
    text.push_str(conflict);
    text.into()
}

/// `(?, ?), (?, ?)`: SQLite looks numbered ones up by name, one after another.
pub(crate) fn tuples(dialect: Dialect, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            if column > 1 {
                text.push(',');
            }
            match dialect {
                Dialect::Sqlite => text.push('?'),
                Dialect::Postgres => {
                    text.push('$');
                    text.push_str(&(row * columns + column).to_string());
                }
            }
        }
        text.push(')');
    }
    text
}

/// Rows as they go into one statement after another.
pub(crate) fn in_sizes<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rest.len())?;
        let (now, later) = rest.split_at(size);
        rest = later;
        Some(now)
    })
}

/// A line that may be new to the database.
#[derive(Debug, Clone)]
pub struct NewLine {
    pub id: i64,
    pub project_id: String,
    pub prompt_id: String,
    pub version_id: String,
    pub environment: String,
    pub deployment_id: String,
    pub experiment_id: String,
    pub variant: String,
}

/// What of a batch is stored now: the numbers of the rows. The rest was known by its id.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub executions: HashSet<i64>,
    pub scores: HashSet<i64>,
}

impl Store {
    /// Stores a batch whose rows have consecutive numbers of this recorder, and whose ids all differ. Ids that the day
    /// before knows are not stored again. None: another holds the recorder; nothing is stored.
    pub async fn record(
        &self,
        recorder: Recorder,
        day: i64,
        (lines, executions, scores): (&[NewLine], &[ExecutionRow], &[NewScoreRow]),
        now: i64,
    ) -> Result<Option<Accepted>> {
        fault::point("record");
        let mut tx = self.write_tx().await?;
        let Some(held) = self.holds(tx.conn(), recorder).await? else { return Ok(None) };
        crate::line::insert(tx.conn(), lines, now).await?;
        let known = known_before(&mut tx, day, executions).await?;
        let fresh: Vec<&ExecutionRow> =
            executions.iter().filter(|row| !known.contains(&row.id_hash)).collect();
        let mut accepted =
            Accepted { executions: self.insert(&mut tx, day, &fresh).await?, ..Accepted::default() };
        accepted.scores = super::score::insert(&mut tx, day, scores).await?;
        fault::point("record-commit");
        tx.commit().await?;
        self.beats.keep(held);
        fault::point("recorded");
        Ok(Some(accepted))
    }

    async fn insert(&self, tx: &mut Tx, day: i64, rows: &[&ExecutionRow]) -> Result<HashSet<i64>> {
        let stored = match tx.conn() {
            Conn::Sqlite(conn) => insert_rows!(self, sqlx::Sqlite, conn, day, rows),
            Conn::Postgres(conn) => insert_rows!(self, sqlx::Postgres, conn, day, rows),
        };
        if stored == rows.len() as u64 {
            return Ok(rows.iter().map(|row| row.n).collect());
        }
        let (Some(first), Some(last)) =
            (rows.iter().map(|row| row.n).min(), rows.iter().map(|row| row.n).max())
        else {
            return Ok(HashSet::new());
        };
        let text = for_day("SELECT n FROM execution_{day} WHERE n >= $1 AND n <= $2", day);
        let found: Vec<(i64,)> = fetch_all!(tx.conn(), (i64,), text, first, last)?;
        Ok(found.into_iter().map(|(n,)| n).collect())
    }

    fn insert_text(&self, day: i64, rows: usize) -> Arc<str> {
        let fresh = || text(self.dialect(), day, rows);
        let Ok(mut texts) = self.texts.lock() else { return fresh() };
        if texts.len() > 4 * SIZES.len() {
            texts.clear();
        }
        Arc::clone(texts.entry((day, rows)).or_insert_with(fresh))
    }
}

/// Ids of the batch that were received the day before.
async fn known_before(tx: &mut Tx, day: i64, rows: &[ExecutionRow]) -> Result<HashSet<Vec<u8>>> {
    let mut known = HashSet::new();
    if rows.is_empty() || !super::days_in(tx).await?.contains(&(day - 1)) {
        return Ok(known);
    }
    let hashes: Vec<&Vec<u8>> = rows.iter().map(|row| &row.id_hash).collect();
    for some in hashes.chunks(IDS) {
        // Always as many as there is room for, so that the statement stays the same.
        let padded = (0..IDS).map(|i| some.get(i).or(some.last()).copied());
        let dialect = if matches!(tx.conn(), Conn::Sqlite(_)) { Dialect::Sqlite } else { Dialect::Postgres };
        let text =
            format!("SELECT id_hash FROM execution_{{day}} WHERE id_hash IN {}", tuples(dialect, 1, IDS));
        let text = for_day(&text, day - 1);
        let found: Vec<(Vec<u8>,)> = match tx.conn() {
            Conn::Sqlite(conn) => {
                let query = sqlx::query_as::<sqlx::Sqlite, (Vec<u8>,)>(text);
                padded.fold(query, |query, hash| query.bind(hash)).fetch_all(&mut *conn).await
            }
            Conn::Postgres(conn) => {
                let query = sqlx::query_as::<sqlx::Postgres, (Vec<u8>,)>(text);
                padded.fold(query, |query, hash| query.bind(hash)).fetch_all(&mut *conn).await
            }
        }
        .map_err(StoreError::from)?;
        known.extend(found.into_iter().map(|(hash,)| hash));
    }
    Ok(known)
}
