//! Lists of executions: pages, the newest, everything for a file.

use promptory_api::{
    execution::{Execution, ExecutionQuery, Tail, TailQuery},
    page::Page,
};
use promptory_core::analytics::short;
use promptory_store::{ExecutionFilter, ExecutionRow, Position, ROWS_PER_RECORDER, day_of, days_from};
use serde_json::Value;

use super::show::{Names, line, shown};
use crate::{
    app::{Ctx, Outcome},
    page,
    refusal::{Code, Refusal},
};

const TAIL_ROWS: i64 = 200;
const FAR: i64 = i64::MAX;

/// The filter of the database for what was asked, and when it ends.
///
/// # Errors
/// A value that can match nothing because there is no such thing.
pub async fn page_filter(ctx: &Ctx, query: &ExecutionQuery) -> Outcome<(ExecutionFilter, i64)> {
    let mut filter = ExecutionFilter {
        project: short(ctx.project.id.as_str()),
        lines: lines(ctx, query).await?,
        providers: several(query.provider.as_deref()),
        models: several(query.model.as_deref()),
        countries: several(query.country.as_deref().map(str::to_ascii_uppercase).as_deref())
            .map(|text| text.replace("OTHER", "other")),
        statuses: numbers("status", query.status.as_deref(), &["success", "error", "timeout", "blocked"])?,
        purposes: match query.purpose.as_deref() {
            Some("all") => None,
            purpose => numbers("purpose", Some(purpose.unwrap_or("live")), &["live", "test", "eval"])?,
        },
        error_type: query.error_type.clone(),
        key: query.key.clone(),
        session: query.session.clone(),
        trace_id: query.trace_id.clone(),
        tag: query.tag.as_deref().map(tag),
        unpriced: query.unpriced.unwrap_or(false),
        ..ExecutionFilter::default()
    };
    #[allow(clippy::cast_possible_truncation)]
    let latency = query.min_latency_ms.map_or(0, |ms| (ms * 1000.0) as i64);
    filter.min_latency = latency;
    filter.from = page::time("from", query.from.as_deref())?.unwrap_or(0);
    let to = page::time("to", query.to.as_deref())?.unwrap_or(FAR);
    if to <= filter.from {
        return Err(Refusal::invalid("/from", "`from` must be before `to`."));
    }
    Ok((filter, to))
}

/// `,a,b,`; none: everything.
fn several(values: Option<&str>) -> Option<String> {
    values.filter(|values| !values.is_empty()).map(|values| format!(",{values},"))
}

fn numbers(name: &str, values: Option<&str>, words: &[&str]) -> Outcome<Option<String>> {
    let Some(values) = values else { return Ok(None) };
    let number = |word: &str| {
        words.iter().position(|known| *known == word).map(|place| place.to_string()).ok_or_else(|| {
            let detail = format!("{word:?} is none of {}.", words.join(", "));
            Refusal::invalid(&format!("/{name}"), detail)
        })
    };
    let numbers = values.split(',').map(|word| number(word.trim())).collect::<Outcome<Vec<_>>>()?;
    Ok(Some(format!(",{},", numbers.join(","))))
}

/// As it stands in the stored JSON.
fn tag(text: &str) -> String {
    match text.split_once(':') {
        None => format!("{}:", Value::from(text)),
        Some((name, value)) => format!("{}:{}", Value::from(name), Value::from(value)),
    }
}

/// The lines that fit; none: all do.
async fn lines(ctx: &Ctx, query: &ExecutionQuery) -> Outcome<Option<Vec<i64>>> {
    let own = ctx.caller.environment.as_deref();
    let environment = match (query.environment.as_deref(), own) {
        (Some(given), _) => {
            for one in given.split(',') {
                ctx.environment(Some(one))?;
            }
            Some(given)
        }
        (None, own) => own,
    };
    let asked = [&query.prompt, &query.version, &query.variant];
    if environment.is_none() && asked.iter().all(|one| one.is_none()) {
        return Ok(None);
    }
    let ids = match &query.prompt {
        None => None,
        Some(names) => Some(prompt_ids(ctx, names)?),
    };
    let among =
        |values: Option<&str>, own: &str| values.is_none_or(|all| all.split(',').any(|one| one == own));
    // Asked anew each time: another server may have made a line.
    let all = ctx.app.recording.lines.read_again(&ctx.app.store, &ctx.project.id).await?;
    let fits = all.values().filter(|line| {
        ids.as_ref().is_none_or(|ids| ids.contains(&line.prompt_id))
            && among(query.version.as_deref(), &line.version)
            && among(environment, &line.environment)
            && among(query.variant.as_deref(), &line.variant)
    });
    Ok(Some(fits.map(|line| line.id).collect()))
}

fn prompt_ids(ctx: &Ctx, names: &str) -> Outcome<Vec<Box<str>>> {
    let snapshot = ctx.project.snapshot();
    let id = |name: &str| {
        snapshot.prompt(name).map(|entry| entry.id.clone()).ok_or_else(|| Refusal::no_prompt(name))
    };
    names.split(',').map(id).collect()
}

/// Latest first.
///
/// # Errors
/// A filter or the cursor cannot be used.
pub async fn list(ctx: &Ctx, query: &ExecutionQuery) -> Outcome<Page<Execution>> {
    let limit = page::limit(query.limit)?;
    let (filter, to) = page_filter(ctx, query).await?;
    let before = match &query.cursor {
        None => Position { started_at: to, n: 0 },
        Some(cursor) => position(cursor)?,
    };
    let mut rows = some(ctx, &filter, before, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(0);
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let last = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.started_at, row.n));
    Ok(Page { items: all_shown(ctx, &rows).await?, next_cursor: last, total: None })
}

fn position(cursor: &str) -> Outcome<Position> {
    let parts = cursor.split_once('.').and_then(|(at, n)| Some((at.parse().ok()?, n.parse().ok()?)));
    let (started_at, n) = parts
        .ok_or_else(|| Refusal::invalid("/cursor", "Send `next_cursor` of the page before, unchanged."))?;
    Ok(Position { started_at, n })
}

/// # Errors
/// The database cannot be read.
pub async fn some(
    ctx: &Ctx,
    filter: &ExecutionFilter,
    before: Position,
    limit: i64,
) -> Outcome<Vec<ExecutionRow>> {
    if filter.lines.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let days = days_from(&ctx.app.store.days().await?, filter.from);
    let mut reader = ctx.app.store.read().await?;
    Ok(reader.project(&ctx.project.id).executions(filter, before, &days, limit).await?)
}

/// # Errors
/// The database cannot be read.
pub async fn all_shown(ctx: &Ctx, rows: &[ExecutionRow]) -> Outcome<Vec<Execution>> {
    let names = Names::of(ctx);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(shown(row, &*line(ctx, row.line).await?, &names));
    }
    Ok(items)
}

/// What was received after what `after` says, oldest first; without it, where the end is now.
///
/// # Errors
/// `after` is none of ours, or a filter cannot be used.
pub async fn tail(ctx: &Ctx, query: &TailQuery) -> Outcome<Tail> {
    let (filter, _) = page_filter(ctx, &query.clone().into()).await?;
    let seen = query.after.as_deref().map(seen_rows).transpose()?;
    let today = day_of(ctx.now.micros());
    let days: Vec<i64> =
        ctx.app.store.days().await?.into_iter().filter(|day| (today - 1..=today).contains(day)).collect();
    let (mut rows, mut next, mut skipped) = (Vec::new(), Vec::new(), false);
    for recorder in ctx.app.store.recorders().await? {
        let first = recorder.number * ROWS_PER_RECORDER;
        let known = seen.as_ref().and_then(|seen| seen.iter().find(|(number, _)| *number == recorder.number));
        let after = known.map_or(first, |(_, n)| *n);
        let mut last = after;
        for day in &days {
            let end = first + ROWS_PER_RECORDER - 1;
            last = last.max(ctx.app.store.last_row((last, end), *day).await?.unwrap_or(last));
            if seen.is_some() {
                let mut reader = ctx.app.store.read().await?;
                let found = reader
                    .project(&ctx.project.id)
                    .newest(filter.project, (after, end), *day, TAIL_ROWS + 1)
                    .await?;
                let room = usize::try_from(TAIL_ROWS).unwrap_or(0);
                skipped |= found.len() > room;
                rows.extend(found.into_iter().take(room));
            }
        }
        // What came while we looked is told the next time.
        rows.retain(|row: &ExecutionRow| row.n / ROWS_PER_RECORDER != recorder.number || row.n <= last);
        next.push(format!("{}-{}", recorder.number, last - first));
    }
    rows.retain(|row| fits(&filter, row));
    rows.sort_by_key(|row| (row.received_at, row.n));
    Ok(Tail { items: all_shown(ctx, &rows).await?, next: next.join("."), skipped })
}

fn seen_rows(after: &str) -> Outcome<Vec<(i64, i64)>> {
    let one = |part: &str| {
        let (number, sequence) = part.split_once('-')?;
        let number: i64 = number.parse().ok()?;
        Some((number, number.checked_mul(ROWS_PER_RECORDER)?.checked_add(sequence.parse().ok()?)?))
    };
    let parts = after.split('.').filter(|part| !part.is_empty()).map(one).collect::<Option<Vec<_>>>();
    parts.ok_or_else(|| {
        Refusal::new(Code::Malformed, "Send `next` of the answer before, unchanged, as `after`.")
    })
}

/// The same filter as the database's, for the few rows of a tail.
fn fits(filter: &ExecutionFilter, row: &ExecutionRow) -> bool {
    let within =
        |all: &Option<String>, own: &str| all.as_ref().is_none_or(|all| all.contains(&format!(",{own},")));
    let text = |own: &Option<String>| own.clone().unwrap_or_default();
    let same = |wanted: &Option<String>, own: &Option<String>| wanted.is_none() || wanted == own;
    filter.lines.as_ref().is_none_or(|lines| lines.contains(&row.line))
        && within(&filter.providers, &text(&row.provider))
        && within(&filter.models, &text(&row.model))
        && within(&filter.countries, &text(&row.country))
        && within(&filter.statuses, &row.status.to_string())
        && within(&filter.purposes, &row.purpose.to_string())
        && same(&filter.error_type, &row.error_type)
        && same(&filter.key, &row.unit_key)
        && same(&filter.session, &row.session)
        && same(&filter.trace_id, &row.trace_id)
        && filter.tag.as_ref().is_none_or(|tag| text(&row.tags).contains(tag.as_str()))
        && row.latency >= filter.min_latency
        && (!filter.unpriced || row.cost.is_none())
        && row.started_at >= filter.from
}
