//! How two versions of a prompt did beside each other.

use std::sync::Arc;

use promptory_api::analytics::{CompareFiguresQuery, ComparedFigures, FigureChange};
use promptory_core::{
    analytics::{Cell, Cube, Grain, Interval, Measure, Zone, short},
    time::Timestamp,
};
use promptory_store::VersionRow;

use super::{
    ask::{LinesById, range},
    figures::{MS, SCORE, TOKENS, USD, Unit, failed, figures},
    gather::{blocking, coverage},
    plan::{Plan, Range, begins},
    read::{self, Read},
    welch::{Moments, interval},
};
use crate::{
    app::{Ctx, Outcome, references},
    numbers::number_text,
    recording::{Line, kept},
    refusal::Refusal,
};

const DAYS: i64 = 30;
/// Below it, the normal distribution says little.
const FEW: u64 = 30;
const LIVE: u8 = 0;

/// Whose figures, and where.
pub struct Sides {
    pub prompt_id: String,
    pub prompt: String,
    /// Id and number of each version.
    pub versions: [(String, String); 2],
    pub environment: String,
}

/// # Errors
/// No such prompt, version or environment, or the time makes no sense.
pub async fn compare(ctx: &Ctx, query: &CompareFiguresQuery) -> Outcome<ComparedFigures> {
    let environment = ctx.environment(query.environment.as_deref())?;
    if ctx.project.snapshot().environment(&environment).is_none() {
        return Err(Refusal::no_environment(&environment));
    }
    let given = [("since", query.since.as_deref()), ("until", query.until.as_deref())];
    let range = range(ctx.now.micros(), given, DAYS, Grain::Hour)?;
    let sides = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, &query.prompt).await?;
        let from = references::version(ctx, &mut reader, &prompt, &query.from).await?;
        let to = references::version(ctx, &mut reader, &prompt, &query.to).await?;
        Sides {
            prompt_id: prompt.id,
            prompt: prompt.name,
            versions: [from, to].map(|row| named(&row)),
            environment,
        }
    };
    over(ctx, &sides, range).await
}

fn named(row: &VersionRow) -> (String, String) {
    (row.id.clone(), number_text(row.major, row.minor, row.patch, &row.pre))
}

/// Over the last 30 days. None: one of the two has no executions there.
///
/// # Errors
/// The database cannot be read.
pub async fn compare_sides(ctx: &Ctx, sides: &Sides) -> Outcome<Option<ComparedFigures>> {
    let ran = |lines: &LinesById, version: &str| {
        let in_place = |line: &Line| *line.environment == *sides.environment;
        lines.values().any(|line| &*line.version_id == version && in_place(line))
    };
    let both_ran = |lines: &LinesById| sides.versions.iter().all(|(id, _)| ran(lines, id));
    let known = &ctx.app.recording.lines;
    // One that is not known may be another server's.
    if !both_ran(&known.of(&ctx.app.store, &ctx.project.id).await?)
        && !both_ran(&known.read_again(&ctx.app.store, &ctx.project.id).await?)
    {
        return Ok(None);
    }
    let to = ctx.now.micros();
    let from = Grain::Hour.start(to - DAYS * Grain::Day.micros());
    let found = over(ctx, sides, Range { from, to, from_given: false, to_given: false }).await?;
    let both = found.from_figures.count > 0 && found.to_figures.count > 0;
    Ok(both.then_some(found))
}

async fn over(ctx: &Ctx, sides: &Sides, mut range: Range) -> Outcome<ComparedFigures> {
    let now = ctx.now.micros();
    let mut remarks = Vec::new();
    let first = Grain::Day.ceil(now - Grain::Hour.kept_days().unwrap_or(0) * Grain::Day.micros());
    if !kept(Grain::Hour, Grain::Hour.start(range.from), now) && first < range.to {
        range.from = first;
        let text = Timestamp::from_micros(first).to_rfc3339();
        remarks
            .push(format!("Counted from {text}: hours, which tell when both served, are kept for 400 days."));
    }
    let hours = (range.from, range.to);
    let begins = begins(&Zone::utc(), Interval::Hour, hours, usize::MAX).unwrap_or_default();
    let plan = Plan::buckets(Cube::Line, range, &begins, now);
    let prompt = short(&sides.prompt_id);
    let read = read::read(ctx, short(ctx.project.id.as_str()), &[&plan], Some(&[prompt])).await?;
    let complete_until = read.complete_until;
    let job = Arc::new((
        plan,
        read,
        sides.versions.each_ref().map(|(id, _)| id.clone()),
        sides.environment.clone(),
    ));
    let lines = ctx.app.recording.lines.of(&ctx.app.store, &ctx.project.id).await?;
    let mut hours = hours_of(&job, lines).await?;
    if hours.missing {
        let lines = ctx.app.recording.lines.read_again(&ctx.app.store, &ctx.project.id).await?;
        hours = hours_of(&job, lines).await?;
    }
    let plan = &job.0;
    remarks.extend(plan.remarks.iter().cloned());
    let shared = shared(&hours.cells);
    let concurrent = !shared.is_empty();
    let [from, to] = [0, 1].map(|side| {
        let mut sum = Cell::default();
        for (slot, sides) in hours.cells.iter().enumerate() {
            if !concurrent || shared.contains(&slot) {
                sides[side].iter().for_each(|cell| sum.merge(cell));
            }
        }
        sum
    });
    if from.count().min(to.count()) < FEW {
        remarks.push(format!("Fewer than {FEW} executions of a version: its intervals are too narrow."));
    }
    let coverage = coverage((plan.from, plan.to), complete_until, "rollups", remarks);
    let [(_, from_version), (_, to_version)] = sides.versions.clone();
    Ok(ComparedFigures {
        prompt: sides.prompt.clone(),
        from: from_version,
        to: to_version,
        environment: sides.environment.clone(),
        basis: if concurrent { "concurrent" } else { "observational" }.to_owned(),
        shared_hours: shared.len() as u64,
        from_figures: figures(&from),
        to_figures: figures(&to),
        changes: changes(&from, &to),
        since: coverage.from,
        until: coverage.to,
        complete_until: coverage.complete_until,
        source: coverage.source,
        remarks: coverage.remarks,
    })
}

/// By hour and side.
struct Hours {
    cells: Vec<[Option<Box<Cell>>; 2]>,
    missing: bool,
}

type Job = Arc<(Plan, Read, [String; 2], String)>;

async fn hours_of(job: &Job, lines: LinesById) -> Outcome<Hours> {
    let job = Arc::clone(job);
    blocking(move || {
        let (plan, read, versions, environment) = &*job;
        let mut hours = Hours { cells: Vec::new(), missing: false };
        let side = |key: &[u8], missing: &mut bool| {
            let (line, rest) = key.split_first_chunk::<8>()?;
            let Some(line) = lines.get(&i64::from_be_bytes(*line)) else {
                *missing = true;
                return None;
            };
            let live = rest.first() == Some(&LIVE) && *line.environment == **environment;
            if live { Some([0, 1].map(|side| *line.version_id == *versions[side])) } else { None }
        };
        for cells in &read.cells {
            cells.each(plan, |_, slot, key, cell| {
                let Some(on) = side(key, &mut hours.missing) else { return };
                let slot = usize::try_from(slot).unwrap_or(0);
                if hours.cells.len() <= slot {
                    hours.cells.resize_with(slot + 1, Default::default);
                }
                for (sum, _) in hours.cells[slot].iter_mut().zip(on).filter(|(_, on)| *on) {
                    sum.get_or_insert_default().merge(&cell);
                }
            })?;
        }
        Ok(hours)
    })
    .await
}

/// Hours in which both served, without those in which one only took over from the other.
fn shared(hours: &[[Option<Box<Cell>>; 2]]) -> Vec<usize> {
    let ran = |sides: &[Option<Box<Cell>>; 2]| {
        [0, 1].map(|side| sides[side].as_ref().is_some_and(|cell| cell.count() > 0))
    };
    let served: Vec<(usize, [bool; 2])> =
        hours.iter().map(ran).enumerate().filter(|(_, sides)| sides.contains(&true)).collect();
    let both = |at: usize| served[at].1 == [true, true];
    let taken_over = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| served.get(before)).map(|(_, sides)| *sides);
        let after = served.get(at + 1).map(|(_, sides)| *sides);
        matches!(
            (before, after),
            (Some([true, false]), Some([false, true])) | (Some([false, true]), Some([true, false]))
        )
    };
    (0..served.len()).filter(|at| both(*at) && !taken_over(*at)).map(|at| served[at].0).collect()
}

type Look = fn(&Cell) -> &Measure;

fn changes(from: &Cell, to: &Cell) -> Vec<FigureChange> {
    let mut all = vec![change(
        ("error_rate", "lower"),
        Moments::of_rate(from, failed(from)),
        Moments::of_rate(to, failed(to)),
    )];
    let means: [(&str, &str, Look, Unit); 4] = [
        ("latency_mean_ms", "lower", |cell| &cell.latency, MS),
        ("cost_mean_usd", "lower", |cell| &cell.cost, USD),
        ("input_tokens_mean", "neither", |cell| &cell.input, TOKENS),
        ("output_tokens_mean", "neither", |cell| &cell.output, TOKENS),
    ];
    for (name, better, look, unit) in means {
        let moments = |cell| Moments::of(look(cell), unit.one);
        all.push(change((name, better), moments(from), moments(to)));
    }
    let p95 = |cell: &Cell| cell.latency.quantile(0.95).map(|value| value / MS.one);
    all.insert(2, plain(("latency_p95_ms", "lower"), p95(from), p95(to)));
    let names = from.scores.keys().filter(|name| to.scores.contains_key(*name));
    for name in names {
        let moments = |cell: &Cell| Moments::of(&cell.scores[name].values, SCORE.one);
        // Whether more of it is better only its users know.
        let (from, to) = (moments(from), moments(to));
        if from.is_some() || to.is_some() {
            all.push(change((&format!("score:{name}"), "neither"), from, to));
        }
    }
    all
}

fn change(named: (&str, &str), from: Option<Moments>, to: Option<Moments>) -> FigureChange {
    let (low, high) = from.zip(to).and_then(|(from, to)| interval(&from, &to)).unzip();
    let mean = |moments: Option<Moments>| moments.map(|moments| moments.mean);
    FigureChange { low, high, ..plain(named, mean(from), mean(to)) }
}

fn plain((metric, better): (&str, &str), from: Option<f64>, to: Option<f64>) -> FigureChange {
    let change = from.zip(to).map(|(from, to)| to - from);
    FigureChange {
        metric: metric.to_owned(),
        better: better.to_owned(),
        from,
        to,
        change,
        low: None,
        high: None,
    }
}

#[cfg(test)]
mod tests {
    use promptory_core::analytics::Status;

    use super::*;

    #[test]
    fn an_hour_of_taking_over_is_not_shared() {
        for (hours, expected) in [
            // By hour: a, b, both, or nobody.
            ("aab", vec![]),
            ("aaxbb", vec![]),
            ("a.x.b", vec![]),
            ("bxa", vec![]),
            ("x", vec![0]),
            ("xx", vec![0, 1]),
            ("axxb", vec![1, 2]),
            ("axa", vec![1]),
            ("xb", vec![0]),
            ("", vec![]),
        ] {
            let mut cell = Cell::default();
            cell.statuses[Status::Success.number()] = 1;
            let one = |on: bool| on.then(|| Box::new(cell.clone()));
            let hours_of: Vec<_> =
                hours.chars().map(|c| [one(matches!(c, 'a' | 'x')), one(matches!(c, 'b' | 'x'))]).collect();
            assert_eq!(shared(&hours_of), expected, "{hours}");
        }
    }
}
