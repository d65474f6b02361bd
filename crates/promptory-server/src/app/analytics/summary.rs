//! Figures of a time, by line.

use std::collections::HashMap;

use promptory_api::analytics::{AnalyticsQuery, Summary, SummaryItem, VersionFigures};
use promptory_core::analytics::Cell;

use super::{
    Asked, asked,
    figures::{figures, of_version, share},
    gather::{self, Ranked, Sums},
    refuse,
};
use crate::app::{Ctx, Outcome, wire};

/// Microseconds: times are written in milliseconds.
const MILLI: i64 = 1_000;

/// # Errors
/// The question makes no sense, or is too much.
pub async fn summary(ctx: &Ctx, query: &AnalyticsQuery) -> Outcome<Summary> {
    refuse(&[("metric", &query.metric), ("interval", &query.interval)], "only a series has it.")?;
    let asked = asked(ctx, query).await?;
    let (limit, grouped) = (asked.question.limit, !asked.question.by.is_empty());
    let mut sums = sums(ctx, asked).await?;
    let mut items: Vec<(Ranked, Cell)> = sums.ranked(limit).into_iter().map(whole).collect();
    if items.is_empty() && !grouped {
        items.push((Ranked::default(), Cell::default()));
    }
    let all: u64 = items.iter().map(|(_, cell)| cell.count()).sum();
    let items = items.into_iter().map(|(line, cell)| SummaryItem {
        share: if grouped { share(cell.count(), all) } else { None },
        group: line.group,
        figures: figures(&cell),
    });
    Ok(Summary { items: items.collect(), coverage: sums.coverage })
}

/// By country.
///
/// # Errors
/// As [`summary`].
pub async fn countries(ctx: &Ctx, query: &AnalyticsQuery) -> Outcome<Summary> {
    refuse(&[("group_by", &query.group_by)], "this is grouped by country; a summary groups by others.")?;
    summary(ctx, &AnalyticsQuery { group_by: Some("country".to_owned()), ..query.clone() }).await
}

/// How each version of a prompt did since a time, over all environments.
///
/// # Errors
/// The time is none, or the database cannot be read.
pub async fn of_versions(ctx: &Ctx, prompt: &str, since: &str) -> Outcome<HashMap<String, VersionFigures>> {
    let query = AnalyticsQuery {
        prompt: Some(prompt.to_owned()),
        from: Some(since.to_owned()),
        ..AnalyticsQuery::default()
    };
    by_version(ctx, query).await
}

/// The same in one environment, from a time until another, or until now.
///
/// # Errors
/// The database cannot be read.
pub async fn of_versions_in(
    ctx: &Ctx,
    (prompt, environment): (&str, &str),
    (since, until): (i64, Option<i64>),
) -> Outcome<HashMap<String, VersionFigures>> {
    // What began just now has no figures.
    if since >= until.unwrap_or_else(|| ctx.now.micros()) / MILLI * MILLI {
        return Ok(HashMap::new());
    }
    let query = AnalyticsQuery {
        prompt: Some(prompt.to_owned()),
        environment: Some(environment.to_owned()),
        from: Some(wire::time(since)),
        to: until.map(wire::time),
        ..AnalyticsQuery::default()
    };
    by_version(ctx, query).await
}

async fn by_version(ctx: &Ctx, query: AnalyticsQuery) -> Outcome<HashMap<String, VersionFigures>> {
    let asked = asked(ctx, &AnalyticsQuery { group_by: Some("version".to_owned()), ..query }).await?;
    let mut sums = sums(ctx, asked).await?;
    let versions = sums.ranked(usize::MAX).into_iter().map(whole);
    Ok(versions.map(|(line, cell)| (line.group.version.unwrap_or_default(), of_version(&cell))).collect())
}

async fn sums(ctx: &Ctx, Asked { question, lines, chosen }: Asked) -> Outcome<Sums> {
    let source = gather::source(&question, None, &chosen);
    gather::sums(ctx, question, (source, None), lines).await
}

/// There is one bucket.
fn whole(mut line: Ranked) -> (Ranked, Cell) {
    let cell = line.buckets.remove(&0).unwrap_or_default();
    (line, cell)
}
