//! Figures over time.

use std::collections::BTreeMap;

use promptory_api::analytics::{AnalyticsQuery, Point, Series, SeriesItem};
use promptory_core::{
    analytics::{Cell, Grain, Interval},
    time::Timestamp,
};

use super::{
    Asked,
    ask::{Question, invalid},
    asked,
    figures::Metric,
    gather::{self, Ranked, Source},
    plan,
};
use crate::{
    app::{Ctx, Outcome},
    recording::kept,
};

/// Of one line.
const BUCKETS: usize = 5_000;
/// Of all lines together.
const POINTS: usize = 100_000;

/// # Errors
/// The question makes no sense, or is too much.
pub async fn series(ctx: &Ctx, query: &AnalyticsQuery) -> Outcome<Series> {
    let metrics = Metric::named(query.metric.as_deref())?;
    let Asked { question, lines, chosen } = asked(ctx, query).await?;
    let interval = interval(ctx, query, &question, &chosen)?;
    let source = gather::source(&question, Some(interval), &chosen);
    still_kept(&question, interval, source, ctx.now.micros())?;
    let range = (question.range.from, question.range.to);
    let begins = plan::begins(&question.zone, interval, range, BUCKETS).ok_or_else(|| {
        invalid(format!(
            "A series has at most {BUCKETS} points, and this time has more {}s: shorten it, or choose a longer interval.",
            interval.as_str()
        ))
    })?;
    let (limit, grouped, zone) = (question.limit, !question.by.is_empty(), question.zone.name().to_owned());
    let mut sums = gather::sums(ctx, question, (source, Some(&begins)), lines).await?;
    let mut ranked = sums.ranked(limit);
    if ranked.is_empty() && !grouped {
        ranked.push(Ranked::default());
    }
    if ranked.len() * begins.len() > POINTS {
        return Err(invalid(format!(
            "{} lines of {} points are more than {POINTS}: lower `limit`, shorten the time, or choose a longer interval.",
            ranked.len(),
            begins.len()
        )));
    }
    let begins: Vec<String> = begins.into_iter().map(|at| Timestamp::from_micros(at).to_rfc3339()).collect();
    let items = ranked
        .into_iter()
        .map(|line| SeriesItem { points: points(&begins, &line.buckets, &metrics), group: line.group });
    Ok(Series {
        interval: interval.as_str().to_owned(),
        zone,
        items: items.collect(),
        coverage: sums.coverage,
    })
}

fn points(begins: &[String], buckets: &BTreeMap<u32, Cell>, metrics: &[(String, Metric)]) -> Vec<Point> {
    let nothing = Cell::default();
    let point = |(slot, at): (u32, &String)| {
        let cell = buckets.get(&slot).unwrap_or(&nothing);
        let values = metrics.iter().map(|(name, metric)| (name.clone(), metric.of(cell)));
        Point { at: at.clone(), values: values.collect() }
    };
    (0..).zip(begins).map(point).collect()
}

fn interval(ctx: &Ctx, query: &AnalyticsQuery, question: &Question, chosen: &[String]) -> Outcome<Interval> {
    let Some(word) = query.interval.as_deref() else {
        let cube = match gather::source(question, None, chosen) {
            Source::Cube(cube) => Some(cube),
            Source::Single => None,
        };
        return Ok(plan::interval(cube, (question.range.from, question.range.to), ctx.now.micros()));
    };
    let known = Interval::ALL.into_iter().find(|interval| interval.as_str() == word);
    known.ok_or_else(|| invalid(format!("interval={word}: use minute, hour or day.")))
}

/// A series of minutes or hours that are not kept any more would be one of zeros.
fn still_kept(question: &Question, interval: Interval, source: Source, now: i64) -> Outcome<()> {
    let grain = interval.grain();
    let (Source::Cube(_), Some(days)) = (source, grain.kept_days()) else { return Ok(()) };
    // A beginning half an hour early, where the zone begins its hours so, does no harm.
    if kept(grain, grain.start(question.range.from) + grain.micros(), now) {
        return Ok(());
    }
    let first = Timestamp::from_micros(grain.ceil(now - days * Grain::Day.micros())).to_rfc3339();
    let longer = if interval == Interval::Minute { "hour" } else { "day" };
    Err(invalid(format!(
        "interval={}: figures by {} are kept for {days} days. Begin at {first} or later, or use interval={longer}.",
        interval.as_str(),
        interval.as_str()
    )))
}
