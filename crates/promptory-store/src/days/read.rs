//! Reading executions: one, a page, the newest, and what statistics need of them.

use super::{ExecutionRow, day_of, for_day};
use crate::{Result, Store, read::ProjectReader};

/// Without texts that may be long.
macro_rules! listed {
    ($($rest:expr),+ $(,)?) => {
        concat!(
            "SELECT e.n, e.id, e.id_hash, e.project, e.line, e.started_at, e.received_at, e.latency, e.status, \
             e.purpose, e.flags, e.input_tokens, e.output_tokens, e.cached_tokens, e.cache_write_tokens, \
             e.reasoning_tokens, e.cost, e.provider, e.model, e.provider_sent, e.model_sent, e.country, e.unit_key, \
             e.session, e.trace_id, e.span_id, e.parent_span_id, e.error_type, e.error_message, e.error_shape, \
             e.tags, e.chosen_tags, CAST(NULL AS TEXT) AS metadata, CAST(NULL AS TEXT) AS scores, \
             CAST(NULL AS TEXT) AS variables, CAST(NULL AS TEXT) AS input, CAST(NULL AS TEXT) AS output \
             FROM execution_{day} e ",
            $($rest),+
        )
    };
}

/// Filters of a list from `$5` on: each is absent (null), or a list of values between commas.
macro_rules! page {
    ($($start:expr),+) => {
        listed!(
            "WHERE ",
            $($start,)+
            " AND (e.started_at, e.n) < ($2, $3) AND e.started_at >= $4 \
             AND (CAST($5 AS TEXT) IS NULL OR replace($5, ',' || CAST(e.line AS TEXT) || ',', '') <> $5) \
             AND (CAST($6 AS TEXT) IS NULL OR replace($6, ',' || e.provider || ',', '') <> $6) \
             AND (CAST($7 AS TEXT) IS NULL OR replace($7, ',' || e.model || ',', '') <> $7) \
             AND (CAST($8 AS TEXT) IS NULL OR replace($8, ',' || e.country || ',', '') <> $8) \
             AND (CAST($9 AS TEXT) IS NULL OR replace($9, ',' || CAST(e.status AS TEXT) || ',', '') <> $9) \
             AND (CAST($10 AS TEXT) IS NULL OR replace($10, ',' || CAST(e.purpose AS TEXT) || ',', '') <> $10) \
             AND (CAST($11 AS TEXT) IS NULL OR e.error_type = $11) \
             AND (CAST($12 AS TEXT) IS NULL OR e.unit_key = $12) \
             AND (CAST($13 AS TEXT) IS NULL OR e.session = $13) \
             AND (CAST($14 AS TEXT) IS NULL OR e.trace_id = $14) \
             AND (CAST($15 AS TEXT) IS NULL OR replace(e.tags, $15, '') <> e.tags) \
             AND e.latency >= $16 AND (CAST($17 AS BOOLEAN) = FALSE OR e.cost IS NULL) \
             ORDER BY e.started_at DESC, e.n DESC LIMIT $18"
        )
    };
}

macro_rules! page_in_blocks {
    ($start:literal) => {
        page!(in_blocks!("e.n", "execution_{day}"), $start, " AND +e.project = $1")
    };
}

statements! {
    PAGE_OF_PROJECT = page!("e.project = $1");
    PAGE_OF_LINE = page!("e.line = $1");
    /// `+`: the index of the project's times would be followed for the order, through everything.
    PAGE_OF_KEY = page_in_blocks!("e.unit_key IS NOT NULL AND e.unit_key = $12");
    PAGE_OF_SESSION = page_in_blocks!("e.session IS NOT NULL AND e.session = $13");
    PAGE_OF_TRACE = page_in_blocks!("e.trace_id IS NOT NULL AND e.trace_id = $14");
    EXECUTION = "SELECT * FROM execution_{day} WHERE id_hash = $1 AND project = $2";
    NEWEST = listed!("WHERE e.n > $1 AND e.n <= $2 AND +e.project = $3 ORDER BY e.n DESC LIMIT $4");
    LAST_ROW = "SELECT CAST(MAX(n) AS BIGINT) AS n FROM execution_{day} WHERE n > $1 AND n <= $2";
    LAST_SCORE = "SELECT CAST(MAX(n) AS BIGINT) AS n FROM score_{day} WHERE n > $1 AND n <= $2";
    FACTS_OF_RECORDER = "SELECT n, id, project, line, started_at, latency, status, purpose, flags, input_tokens, \
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, \
        error_type, error_shape, chosen_tags, scores FROM execution_{day} WHERE n > $1 AND n <= $2 ORDER BY n LIMIT $3";
    FACTS_BETWEEN = "SELECT n, id, project, line, started_at, latency, status, purpose, flags, input_tokens, \
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, \
        error_type, error_shape, chosen_tags, scores FROM execution_{day} WHERE n > $1 AND project = $2 \
        AND started_at >= $3 AND started_at < $4 ORDER BY n LIMIT $5";
    FACTS_BY_TIME = "SELECT n, id, project, line, started_at, latency, status, purpose, flags, input_tokens, \
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, \
        error_type, error_shape, chosen_tags, scores FROM execution_{day} WHERE project = $1 \
        AND (started_at, n) > ($2, $3) AND started_at < $4 ORDER BY started_at, n LIMIT $5";
    FACT = "SELECT n, id, project, line, started_at, latency, status, purpose, flags, input_tokens, \
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, \
        error_type, error_shape, chosen_tags, scores FROM execution_{day} WHERE n = $1";
}

row! {
    /// What statistics need of an execution.
    pub struct FactRow {
        pub n: i64,
        pub id: String,
        pub project: i64,
        pub line: i64,
        pub started_at: i64,
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
        pub country: Option<String>,
        pub error_type: Option<String>,
        pub error_shape: Option<String>,
        pub chosen_tags: Option<String>,
        pub scores: Option<String>,
    }
}

/// Where a page ends: the next begins with what started before, or at the same time with a lower number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub started_at: i64,
    pub n: i64,
}

/// Which executions of a project. Lists are between commas: `,a,b,`.
#[derive(Debug, Clone, Default)]
pub struct ExecutionFilter {
    pub project: i64,
    /// None: of all.
    pub lines: Option<Vec<i64>>,
    pub providers: Option<String>,
    pub models: Option<String>,
    pub countries: Option<String>,
    pub statuses: Option<String>,
    pub purposes: Option<String>,
    pub error_type: Option<String>,
    pub key: Option<String>,
    pub session: Option<String>,
    pub trace_id: Option<String>,
    /// As it stands in the stored JSON: `"name":` or `"name":"value"`.
    pub tag: Option<String>,
    pub min_latency: i64,
    pub unpriced: bool,
    /// From this time on.
    pub from: i64,
}

/// Of few lines each is looked through by itself: their index has them in order.
const FEW_LINES: usize = 32;
/// How much later than it was received a call may have started.
const AHEAD_MICROS: i64 = 5 * 60 * 1_000_000;

impl ProjectReader<'_> {
    /// The next page before a position, latest first, out of the tables of these days, newest first.
    pub async fn executions(
        &mut self,
        filter: &ExecutionFilter,
        before: Position,
        days: &[i64],
        limit: i64,
    ) -> Result<Vec<ExecutionRow>> {
        let mut found: Vec<ExecutionRow> = Vec::new();
        let wanted = usize::try_from(limit).unwrap_or(0);
        for day in days {
            // Nothing in this table or an older one started after this.
            let latest = (day + 1) * super::MICROS_PER_DAY + AHEAD_MICROS;
            if latest <= filter.from || found.len() >= wanted && found[wanted - 1].started_at >= latest {
                break;
            }
            let key = filter.lines.as_ref().filter(|lines| lines.len() <= FEW_LINES);
            let special = [&filter.trace_id, &filter.session, &filter.key].iter().any(|one| one.is_some());
            match key {
                Some(lines) if !special => {
                    for line in lines {
                        found.extend(self.page(PAGE_OF_LINE, *line, filter, before, *day, limit).await?);
                    }
                }
                _ => {
                    let text = match filter {
                        ExecutionFilter { trace_id: Some(_), .. } => PAGE_OF_TRACE,
                        ExecutionFilter { session: Some(_), .. } => PAGE_OF_SESSION,
                        ExecutionFilter { key: Some(_), .. } => PAGE_OF_KEY,
                        _ => PAGE_OF_PROJECT,
                    };
                    found.extend(self.page(text, filter.project, filter, before, *day, limit).await?);
                }
            }
            found.sort_by_key(|row| std::cmp::Reverse((row.started_at, row.n)));
            found.truncate(wanted);
        }
        Ok(found)
    }

    async fn page(
        &mut self,
        text: &str,
        subject: i64,
        filter: &ExecutionFilter,
        before: Position,
        day: i64,
        limit: i64,
    ) -> Result<Vec<ExecutionRow>> {
        let lines = filter.lines.as_ref().map(|lines| {
            let texts: Vec<String> = lines.iter().map(i64::to_string).collect();
            format!(",{},", texts.join(","))
        });
        let text = for_day(text, day);
        fetch_all!(
            self.conn(),
            ExecutionRow,
            text,
            subject,
            before.started_at,
            before.n,
            filter.from,
            &lines,
            &filter.providers,
            &filter.models,
            &filter.countries,
            &filter.statuses,
            &filter.purposes,
            &filter.error_type,
            &filter.key,
            &filter.session,
            &filter.trace_id,
            &filter.tag,
            filter.min_latency,
            filter.unpriced,
            limit
        )
    }

    /// One with everything, out of the tables of these days.
    pub async fn execution(
        &mut self,
        id_hash: &[u8],
        project: i64,
        days: &[i64],
    ) -> Result<Option<(i64, ExecutionRow)>> {
        for day in days {
            let text = for_day(EXECUTION, *day);
            let row = fetch_optional!(self.conn(), ExecutionRow, text, id_hash, project)?;
            if let Some(row) = row {
                return Ok(Some((*day, row)));
            }
        }
        Ok(None)
    }

    /// What one recorder stored after a row, the newest `limit` of it, newest first.
    pub async fn newest(
        &mut self,
        project: i64,
        (after, up_to): (i64, i64),
        day: i64,
        limit: i64,
    ) -> Result<Vec<ExecutionRow>> {
        let text = for_day(NEWEST, day);
        fetch_all!(self.conn(), ExecutionRow, text, after, up_to, project, limit)
    }
}

impl Store {
    /// The number of the last row between two, in the table of a day.
    pub async fn last_row(&self, (after, up_to): (i64, i64), day: i64) -> Result<Option<i64>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(LAST_ROW, day);
        let (n,): (Option<i64>,) = fetch_one!(pooled.conn(), (Option<i64>,), text, after, up_to)?;
        Ok(n)
    }

    /// The same of scores, whether they are counted or wait.
    pub async fn last_score(&self, (after, up_to): (i64, i64), day: i64) -> Result<Option<i64>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(LAST_SCORE, day);
        let (n,): (Option<i64>,) = fetch_one!(pooled.conn(), (Option<i64>,), text, after, up_to)?;
        Ok(n)
    }

    /// Rows with numbers after one and up to another, in order.
    pub async fn facts_of_recorder(
        &self,
        (after, up_to): (i64, i64),
        day: i64,
        limit: i64,
    ) -> Result<Vec<FactRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(FACTS_OF_RECORDER, day);
        fetch_all!(pooled.conn(), FactRow, text, after, up_to, limit)
    }

    /// Rows of a project that started in a time, after one of the table, in the order of the table.
    pub async fn facts_between(
        &self,
        project: i64,
        (from, to): (i64, i64),
        (day, after): (i64, i64),
        limit: i64,
    ) -> Result<Vec<FactRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(FACTS_BETWEEN, day);
        fetch_all!(pooled.conn(), FactRow, text, after, project, from, to, limit)
    }

    /// Rows of a project that started after a position and before a time, in the order of their times.
    pub async fn facts_by_time(
        &self,
        project: i64,
        (after, to): (Position, i64),
        day: i64,
        limit: i64,
    ) -> Result<Vec<FactRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(FACTS_BY_TIME, day);
        fetch_all!(pooled.conn(), FactRow, text, project, after.started_at, after.n, to, limit)
    }

    pub async fn fact(&self, n: i64, day: i64) -> Result<Option<FactRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(FACT, day);
        fetch_optional!(pooled.conn(), FactRow, text, n)
    }
}

/// Days whose tables may hold what started in a time, newest first.
pub fn days_from(days: &[i64], from: i64) -> Vec<i64> {
    days.iter().copied().filter(|day| *day >= day_of(from - AHEAD_MICROS)).collect()
}
