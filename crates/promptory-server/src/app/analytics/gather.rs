//! Adding up: from a question to the sums of each line and bucket of the answer.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use promptory_api::analytics::{Coverage, Group};
use promptory_core::{
    analytics::{Cell, Cube, Interval, short},
    time::Timestamp,
};

use super::{
    ask::{Dimension, LinesById, Question},
    group::{Grouper, Named, Prompts, needs_lines},
    plan::Plan,
    raw,
    read::{self, Cells, Read},
};
use crate::{
    app::{Ctx, Outcome},
    refusal::{Code, Refusal},
};

/// More than this is added up beside the threads that serve.
const LARGE_BYTES: usize = 256 * 1024;
/// In place of a number of a line: what is beyond the limit.
const OTHERS: u32 = u32::MAX;

/// What can tell the executions apart that a question tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Cube(Cube),
    Single,
}

/// `chosen`: tags that are counted apart. Cells of the wide cubes have no minutes.
pub fn source(question: &Question, interval: Option<Interval>, chosen: &[String]) -> Source {
    let filter = &question.filter;
    let asked = |dimensions: &[Dimension]| dimensions.iter().any(|one| question.groups(*one));
    let wide = [
        (
            Cube::Model,
            filter.providers.is_some()
                || filter.models.is_some()
                || asked(&[Dimension::Provider, Dimension::Model]),
        ),
        (Cube::Country, filter.countries.is_some() || asked(&[Dimension::Country])),
        (
            Cube::Outcome,
            filter.statuses.is_some()
                || filter.error_types.is_some()
                || asked(&[Dimension::Status, Dimension::ErrorType, Dimension::Shape]),
        ),
        (Cube::Tag, !filter.tags.is_empty() || question.by_tag.is_some()),
    ];
    let names: HashSet<&str> = tag_names(question).collect();
    let no_cell = names.len() > 1 || names.iter().any(|name| !chosen.iter().any(|known| known == name));
    let mut asked = wide.iter().filter(|(_, asked)| *asked).map(|(cube, _)| *cube);
    match (asked.next(), asked.next()) {
        (Some(_), Some(_)) => Source::Single,
        (Some(_), None) if no_cell || interval == Some(Interval::Minute) => Source::Single,
        (Some(cube), None) => Source::Cube(cube),
        (None, _) if by_environment_alone(question) => Source::Cube(Cube::Total),
        (None, _) => Source::Cube(Cube::Line),
    }
}

pub fn tag_names(question: &Question) -> impl Iterator<Item = &str> {
    question.filter.tags.iter().map(|(name, _)| &**name).chain(question.by_tag.as_deref())
}

fn by_environment_alone(question: &Question) -> bool {
    let mut without = question.clone();
    without.filter.environments = None;
    without.by.retain(|dimension| *dimension != Dimension::Environment);
    !needs_lines(&without)
}

/// Sums by line and bucket, and what is to be said of them.
pub struct Sums {
    pub groups: Vec<Named>,
    pub cells: HashMap<(u32, u32), Cell>,
    pub coverage: Coverage,
}

/// A line of the answer with its buckets.
#[derive(Default)]
pub struct Ranked {
    pub group: Group,
    pub buckets: BTreeMap<u32, Cell>,
}

/// `begins`: of the buckets; none: one for all.
///
/// # Errors
/// The database cannot be read, or there is too much to add up.
pub async fn sums(
    ctx: &Ctx,
    question: Question,
    (source, begins): (Source, Option<&[i64]>),
    lines: LinesById,
) -> Outcome<Sums> {
    let question = Arc::new(question);
    let prompts = Prompts::of(&ctx.project.snapshot(), &question);
    match source {
        Source::Single => raw::sums(ctx, &question, begins, lines, prompts).await,
        Source::Cube(cube) => {
            let (range, now) = (question.range, ctx.now.micros());
            let plan = match begins {
                None => Plan::whole(cube, range, now),
                Some(begins) => Plan::buckets(cube, range, begins, now),
            };
            // Which lines are shown is known before their buckets are added up: there may be many of both.
            let ranking = (begins.is_some() && !question.by.is_empty()).then(|| {
                let range = super::plan::Range { from: plan.from, to: plan.to, ..range };
                Plan::whole(cube, range, now)
            });
            let plans: Vec<&Plan> = ranking.iter().chain([&plan]).collect();
            let number = short(ctx.project.id.as_str());
            let read = read::read(ctx, number, &plans, question.filter.prompts.as_deref()).await?;
            let complete_until = read.complete_until;
            let job = Arc::new(Job { question, prompts, ranking, plan, read });
            let mut added = add_up(Arc::clone(&job), lines).await?;
            if added.missing {
                let lines = ctx.app.recording.lines.read_again(&ctx.app.store, &ctx.project.id).await?;
                added = add_up(Arc::clone(&job), lines).await?;
            }
            let plan = &job.plan;
            let coverage = coverage((plan.from, plan.to), complete_until, "rollups", plan.remarks.clone());
            Ok(Sums { groups: added.groups, cells: added.cells, coverage })
        }
    }
}

pub fn coverage((from, to): (i64, i64), complete_until: i64, source: &str, remarks: Vec<String>) -> Coverage {
    let text = |at| Timestamp::from_micros(at).to_rfc3339();
    Coverage {
        from: text(from),
        to: text(to),
        complete_until: text(complete_until),
        source: source.to_owned(),
        remarks,
    }
}

struct Job {
    question: Arc<Question>,
    prompts: Prompts,
    ranking: Option<Plan>,
    plan: Plan,
    read: Read,
}

struct Added {
    groups: Vec<Named>,
    cells: HashMap<(u32, u32), Cell>,
    missing: bool,
}

async fn add_up(job: Arc<Job>, lines: LinesById) -> Outcome<Added> {
    if job.read.bytes <= LARGE_BYTES {
        return job.run(&lines);
    }
    blocking(move || job.run(&lines)).await
}

/// Off the threads that serve.
///
/// # Errors
/// As the work.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "adding up failed");
        Refusal::new(Code::Internal, "Adding up failed. The request id is in the log.")
    })?
}

impl Job {
    fn run(&self, lines: &LinesById) -> Outcome<Added> {
        let mut grouper = Grouper::new(&self.question, lines, self.prompts.clone());
        let (first, rest) = self.read.cells.split_at(self.read.cells.len() - 1);
        let shown = match (&self.ranking, first) {
            (Some(plan), [cells]) => Some(self.most(plan, cells, &mut grouper)?),
            _ => None,
        };
        let mut sums: HashMap<(u32, u32), Cell> = HashMap::new();
        for cells in rest {
            cells.each(&self.plan, |cube, slot, key, cell| {
                let Some(group) = grouper.of_key(cube, key) else { return };
                let cut = shown.as_ref().is_some_and(|shown| !shown.contains(&group));
                add(&mut sums, (if cut { OTHERS } else { group }, slot), cell);
            })?;
        }
        Ok(Added { groups: grouper.groups, cells: sums, missing: grouper.missing })
    }

    /// The lines with most executions, as many as are shown.
    fn most(&self, plan: &Plan, cells: &Cells, grouper: &mut Grouper) -> Outcome<HashSet<u32>> {
        let mut counts: HashMap<u32, u64> = HashMap::new();
        cells.each(plan, |cube, _, key, cell| {
            if let Some(group) = grouper.of_key(cube, key) {
                *counts.entry(group).or_default() += cell.count();
            }
        })?;
        let counts = counts.into_iter().collect();
        Ok(ordered(counts, &grouper.groups).into_iter().take(self.question.limit).collect())
    }
}

pub fn add(sums: &mut HashMap<(u32, u32), Cell>, place: (u32, u32), cell: Cell) {
    use std::collections::hash_map::Entry;
    match sums.entry(place) {
        Entry::Occupied(mut sum) => sum.get_mut().merge(&cell),
        Entry::Vacant(free) => {
            free.insert(cell);
        }
    }
}

/// Most executions first; equal ones by their names.
fn ordered(mut counts: Vec<(u32, u64)>, groups: &[Named]) -> Vec<u32> {
    let name = |number: u32| usize::try_from(number).ok().and_then(|at| groups.get(at));
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| name(a.0).cmp(&name(b.0))));
    counts.into_iter().map(|(number, _)| number).collect()
}

impl Sums {
    /// Most executions first; what is beyond the limit is added up at the end.
    pub fn ranked(&mut self, limit: usize) -> Vec<Ranked> {
        let mut lines: HashMap<u32, (u64, BTreeMap<u32, Cell>)> = HashMap::new();
        for ((group, slot), cell) in std::mem::take(&mut self.cells) {
            let line = lines.entry(group).or_default();
            line.0 += cell.count();
            line.1.insert(slot, cell);
        }
        let mut others = lines.remove(&OTHERS).map(|(_, buckets)| buckets);
        let counts = lines.iter().map(|(group, (count, _))| (*group, *count)).collect();
        let mut ranked = Vec::new();
        for number in ordered(counts, &self.groups) {
            let Some((_, buckets)) = lines.remove(&number) else { continue };
            if ranked.len() < limit {
                let named = usize::try_from(number).ok().and_then(|at| self.groups.get(at)).cloned();
                ranked.push(Ranked { group: named.unwrap_or_default().group, buckets });
                continue;
            }
            let others = others.get_or_insert_default();
            for (slot, cell) in buckets {
                others.entry(slot).or_default().merge(&cell);
            }
        }
        if let Some(buckets) = others {
            ranked.push(Ranked { group: Group { others: true, ..Group::default() }, buckets });
        }
        ranked
    }
}
