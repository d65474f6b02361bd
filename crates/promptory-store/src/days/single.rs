//! Single executions in the order of time, for what no cell tells apart.

use super::for_day;
use crate::{Result, Store};

macro_rules! single {
    ($subject:literal) => {
        concat!(
            "SELECT n, id, line, started_at, latency, status, purpose, flags, input_tokens, output_tokens, \
             cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, error_type, \
             error_shape, tags, scores FROM execution_{day} WHERE ",
            $subject,
            " = $1 AND (started_at, n) > ($2, $3) AND started_at < $4 ORDER BY started_at, n LIMIT $5"
        )
    };
}

statements! {
    SINGLE_OF_PROJECT = single!("project");
    SINGLE_OF_LINE = single!("line");
}

row! {
    /// What can be told apart of an execution: also by tags that are not chosen.
    pub struct SingleRow {
        pub n: i64,
        pub id: String,
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
        pub tags: Option<String>,
        pub scores: Option<String>,
    }
}

/// Whose executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Short.
    Project(i64),
    Line(i64),
}

impl Store {
    /// Executions in the table of a day that started after a position (time and number) and before a time.
    pub async fn single_executions(
        &self,
        whose: Whose,
        day: i64,
        (after, n): (i64, i64),
        to: i64,
        limit: i64,
    ) -> Result<Vec<SingleRow>> {
        let mut pooled = self.pooled().await?;
        let (text, subject) = match whose {
            Whose::Project(project) => (SINGLE_OF_PROJECT, project),
            Whose::Line(line) => (SINGLE_OF_LINE, line),
        };
        let text = for_day(text, day);
        fetch_all!(pooled.conn(), SingleRow, text, subject, after, n, to, limit)
    }
}
