//! Executions as they are shown.

use std::collections::BTreeMap;

use promptory_api::execution::{Execution, ExecutionDetail, ExecutionStatus, Purpose, Score, ScoreValue};
use promptory_core::{
    analytics::{STATUSES, Status, short},
    cost::usd,
};
use promptory_store::{ExecutionRow, ScoreOfRow};
use serde_json::{Number, value::RawValue};

use crate::{
    app::{Ctx, Outcome, wire},
    recording::{
        Line,
        intake::{flags, id_hash},
    },
    refusal::{Code, Refusal},
};

const SCORES: i64 = 200;

/// Where a line's prompt is known by its present name.
pub struct Names(std::collections::HashMap<Box<str>, Box<str>>);

impl Names {
    pub fn of(ctx: &Ctx) -> Self {
        let snapshot = ctx.project.snapshot();
        Self(snapshot.entries().map(|entry| (entry.id.clone(), entry.name.clone())).collect())
    }

    pub fn prompt(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), ToString::to_string)
    }
}

/// Money with all its decimals.
pub fn money(pico: i64) -> Option<Number> {
    usd(i128::from(pico)).parse().ok()
}

#[allow(clippy::cast_precision_loss)]
pub fn shown(row: &ExecutionRow, line: &Line, names: &Names) -> Execution {
    let tags: BTreeMap<String, String> =
        row.tags.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let has = |flag: i64| row.flags & flag != 0;
    let source = match row.cost {
        Some(_) if has(flags::COST_GIVEN) => Some("given".to_owned()),
        Some(_) => Some("computed".to_owned()),
        None => None,
    };
    Execution {
        id: row.id.clone(),
        prompt: names.prompt(&line.prompt_id),
        version: line.version.to_string(),
        environment: line.environment.to_string(),
        variant: Some(line.variant.to_string()).filter(|text| !text.is_empty()),
        status: status(row.status),
        purpose: purpose(row.purpose),
        started_at: wire::time(row.started_at),
        received_at: wire::time(row.received_at),
        latency_ms: row.latency as f64 / 1000.0,
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
        cached_tokens: row.cached_tokens,
        cache_write_tokens: row.cache_write_tokens,
        reasoning_tokens: row.reasoning_tokens,
        tokens_estimated: has(flags::TOKENS_ESTIMATED),
        cost_usd: row.cost.and_then(money),
        cost_source: source,
        provider: row.provider.clone(),
        model: row.model.clone(),
        provider_sent: row.provider_sent.clone().or_else(|| row.provider.clone()),
        model_sent: row.model_sent.clone().or_else(|| row.model.clone()),
        country: row.country.clone(),
        key: row.unit_key.clone(),
        session: row.session.clone(),
        trace_id: row.trace_id.clone(),
        span_id: row.span_id.clone(),
        parent_span_id: row.parent_span_id.clone(),
        error_type: row.error_type.clone(),
        error_message: row.error_message.clone(),
        tags,
        late: has(flags::LATE),
        erased: has(flags::ERASED),
    }
}

fn status(number: i64) -> ExecutionStatus {
    match usize::try_from(number).ok().and_then(|place| STATUSES.get(place)) {
        Some(Status::Success) => ExecutionStatus::Success,
        Some(Status::Timeout) => ExecutionStatus::Timeout,
        Some(Status::Blocked) => ExecutionStatus::Blocked,
        Some(Status::Error) | None => ExecutionStatus::Error,
    }
}

const fn purpose(number: i64) -> Purpose {
    match number {
        0 => Purpose::Live,
        1 => Purpose::Test,
        _ => Purpose::Eval,
    }
}

/// # Errors
/// There is none with this id, or not any more.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<ExecutionDetail> {
    let days = ctx.app.store.days().await?;
    let project = ctx.project.id.as_str();
    let hash = id_hash(project, id);
    let mut reader = ctx.app.store.read().await?;
    let found = reader.project(&ctx.project.id).execution(&hash, short(project), &days).await?;
    drop(reader);
    let Some((_, row)) = found else {
        let detail = format!("There is no execution {id:?}, or it is older than what this project keeps.");
        return Err(Refusal::new(Code::NotFound, detail));
    };
    let line = line(ctx, row.line).await?;
    if ctx.caller.environment.as_deref().is_some_and(|own| *own != *line.environment) {
        return Err(Refusal::new(Code::NotFound, format!("There is no execution {id:?} for this key.")));
    }
    let mut scores: Vec<Score> = own_scores(&row);
    let said = ctx.app.store.scores_of(&hash, &days, SCORES).await?;
    scores.extend(said.into_iter().map(score));
    let raw = |text: &Option<String>| text.clone().and_then(|text| RawValue::from_string(text).ok());
    Ok(ExecutionDetail {
        execution: shown(&row, &line, &Names::of(ctx)),
        variables: raw(&row.variables),
        input: raw(&row.input),
        output: raw(&row.output),
        bodies: bodies(row.flags),
        metadata: row.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        scores,
    })
}

fn bodies(set: i64) -> Option<String> {
    let words = [
        (flags::DROPPED, "dropped"),
        (flags::REDACTED, "redacted"),
        (flags::TRUNCATED, "truncated"),
        (flags::BODIES_SENT, "stored"),
    ];
    words.into_iter().find(|(flag, _)| set & flag != 0).map(|(_, word)| word.to_owned())
}

/// Those that came with the execution.
fn own_scores(row: &ExecutionRow) -> Vec<Score> {
    let scores: BTreeMap<String, ScoreValue> =
        row.scores.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let one = |(name, value): (String, ScoreValue)| Score {
        id: format!("{}/{name}", row.id),
        name,
        value,
        comment: None,
        source: None,
        at: wire::time(row.received_at),
    };
    scores.into_iter().map(one).collect()
}

#[allow(clippy::cast_precision_loss)]
fn score(row: ScoreOfRow) -> Score {
    let value = match (row.units, row.category) {
        (Some(units), _) if row.boolean => ScoreValue::Boolean(units != 0),
        (Some(units), _) => ScoreValue::Number(units as f64 / promptory_core::analytics::SCORE_UNITS),
        (None, category) => ScoreValue::Category(category.unwrap_or_default()),
    };
    Score {
        id: row.id,
        name: row.name,
        value,
        comment: row.comment,
        source: row.source,
        at: wire::time(row.at),
    }
}

/// # Errors
/// The database cannot be read, or the row names no line.
pub async fn line(ctx: &Ctx, id: i64) -> Outcome<std::sync::Arc<Line>> {
    let lines = &ctx.app.recording.lines;
    if let Some(line) = lines.get(&ctx.project.id, id) {
        return Ok(line);
    }
    let read = lines.read_again(&ctx.app.store, &ctx.project.id).await?;
    read.get(&id).cloned().ok_or_else(|| wire::damaged("line", &id.to_string()))
}
