//! From stored rows to what is counted.

use promptory_api::execution::ScoreValue;
use promptory_core::analytics::{Fact, STATUSES, ScoreFact, Scored, Status, Tokens, score_units};
use promptory_store::{ExecutionRow, FactRow};

use super::{intake::flags, lines::Line};

/// Texts of a row that have to be read from JSON before they can be counted.
#[derive(Debug, Default)]
pub struct Parts {
    tags: Vec<(String, String)>,
    scores: Vec<(String, ScoreValue)>,
}

impl Parts {
    pub fn read(tags: Option<&str>, scores: Option<&str>) -> Self {
        let tags: std::collections::BTreeMap<String, String> = parsed(tags);
        let scores: std::collections::BTreeMap<String, ScoreValue> = parsed(scores);
        Self { tags: tags.into_iter().collect(), scores: scores.into_iter().collect() }
    }
}

fn parsed<T: serde::de::DeserializeOwned + Default>(text: Option<&str>) -> T {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// As it is counted: yes and no are 1 and 0.
pub fn scored(value: &ScoreValue) -> Scored<'_> {
    match value {
        ScoreValue::Boolean(yes) => Scored::Units(score_units(f64::from(u8::from(*yes))).unwrap_or(0)),
        ScoreValue::Number(number) => Scored::Units(score_units(*number).unwrap_or(0)),
        ScoreValue::Category(name) => Scored::Category(name),
    }
}

pub fn stored_score(units: Option<i64>, category: Option<&str>) -> Scored<'_> {
    match (units, category) {
        (Some(units), _) => Scored::Units(units),
        (None, category) => Scored::Category(category.unwrap_or_default()),
    }
}

macro_rules! counted {
    ($row:expr, $line:expr, $count:expr) => {{
        let row = $row;
        let parts = Parts::read(row.chosen_tags.as_deref(), row.scores.as_deref());
        let tags: Vec<(&str, &str)> = parts.tags.iter().map(|(name, value)| (&**name, &**value)).collect();
        let scores: Vec<ScoreFact<'_>> =
            parts.scores.iter().map(|(name, value)| ScoreFact { name, value: scored(value) }).collect();
        $count(&Fact {
            line: row.line,
            environment: &$line.environment,
            purpose: u8::try_from(row.purpose).unwrap_or(0),
            id: &row.id,
            started_at: row.started_at,
            late: row.flags & flags::LATE != 0,
            status: status(row.status),
            latency: row.latency,
            tokens: Tokens {
                input: row.input_tokens,
                output: row.output_tokens,
                cached_read: row.cached_tokens,
                cached_write: row.cache_write_tokens,
                reasoning: row.reasoning_tokens,
            },
            cost: row.cost,
            provider: row.provider.as_deref().unwrap_or_default(),
            model: row.model.as_deref().unwrap_or_default(),
            country: row.country.as_deref().unwrap_or_default(),
            error_type: row.error_type.as_deref().unwrap_or_default(),
            error_shape: row.error_shape.as_deref().unwrap_or_default(),
            tags: &tags,
            scores: &scores,
        })
    }};
}

pub fn of_execution<R>(row: &ExecutionRow, line: &Line, count: impl FnOnce(&Fact<'_>) -> R) -> R {
    counted!(row, line, count)
}

pub fn of_stored<R>(row: &FactRow, line: &Line, count: impl FnOnce(&Fact<'_>) -> R) -> R {
    counted!(row, line, count)
}

pub fn status(number: i64) -> Status {
    usize::try_from(number).ok().and_then(|place| STATUSES.get(place)).copied().unwrap_or(Status::Error)
}
