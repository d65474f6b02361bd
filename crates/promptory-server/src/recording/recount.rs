//! Counting again from the rows: whether what statistics say is what is stored.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use promptory_core::{
    analytics::{Cube, Grain, Pack, PackKey, ScoreFact, short},
    id::ProjectId,
};
use promptory_store::{
    FactRow, PackQuery, Position, ROWS_PER_RECORDER, Recorder, Result, ScoreRow, read_pack,
};

use super::{
    delta::{Generation, Place, kept},
    fact,
    lines::Line,
    writer::{count_for_version, spread},
};
use crate::app::App;

const PAGE: i64 = 5_000;
pub const DAY: i64 = Grain::Day.micros();

/// How far each recorder's rows are in the cells.
pub type Folded = HashMap<i64, i64>;

/// A project whose cells are counted again, day by day.
pub struct Recount<'a> {
    app: &'a App,
    project: &'a ProjectId,
    number: i64,
    days: Vec<i64>,
    /// Those that were counted when this began.
    scores: Vec<ScoreRow>,
    /// How far cells went when this began: what was counted since may be missing above.
    begun: Folded,
}

/// One day, as stored and as counted.
pub struct CountedDay {
    pub stored: BTreeMap<PackKey, Pack>,
    pub counted: BTreeMap<PackKey, Pack>,
    pub executions: u64,
}

impl<'a> Recount<'a> {
    pub async fn of(app: &'a App, project: &'a ProjectId) -> Result<Self> {
        let number = short(project.as_str());
        let begun = app.store.recorders().await?.iter().map(|row| (row.number, row.folded_up_to)).collect();
        let days = app.store.days().await?;
        let mut scores = Vec::new();
        for day in &days {
            let mut after = 0;
            loop {
                let some = app.store.scores_of_project(number, (*day, after), PAGE).await?;
                let Some(last) = some.last() else { break };
                after = last.n;
                scores.extend(some);
            }
        }
        Ok(Self { app, project, number, days, scores, begun })
    }

    /// Begin of the first day of which all rows are kept, and of the first that has any.
    pub async fn span(&self) -> Result<Option<(i64, i64)>> {
        let Some(oldest) = self.days.last().copied() else { return Ok(None) };
        let kept = self.app.store.kept_from(self.number).await?;
        // What is received may have started a little later: the day of receipt itself is not whole.
        let whole = kept.map_or(i64::MIN, |day| (day + 1) * DAY);
        let mut first = i64::MAX;
        for day in &self.days {
            let start = Position { started_at: -1, n: 0 };
            let some = self.app.store.facts_by_time(self.number, (start, i64::MAX), *day, 1).await?;
            first = first.min(some.first().map_or(i64::MAX, |row| row.started_at));
        }
        let first = if first == i64::MAX { oldest * DAY } else { first };
        let first = self.scores.iter().map(|score| score.at).fold(first, i64::min);
        Ok(Some((whole.max(Grain::Day.start(first)), Grain::Day.start(first))))
    }

    /// Begins of the days from one on and before a time that have executions, scores or cells.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn days_between(&self, from: i64, to: i64) -> Result<BTreeSet<i64>> {
        let begins = self.app.store.days_of_packs(self.number, (from, to)).await?;
        let mut all: BTreeSet<i64> = begins.into_iter().collect();
        let scored = self.scores.iter().map(|score| score.at).filter(|at| (from..to).contains(at));
        all.extend(scored.map(|at| Grain::Day.start(at)));
        for day in &self.days {
            let mut after = Position { started_at: from, n: 0 };
            loop {
                let next = self.app.store.facts_by_time(self.number, (after, to), *day, 1).await?;
                let Some(next) = next.first() else { break };
                let begin = Grain::Day.start(next.started_at);
                all.insert(begin);
                after.started_at = begin + DAY;
            }
        }
        Ok(all)
    }

    /// # Errors
    /// The database cannot be read.
    pub async fn day(&self, start: i64, now: i64) -> Result<CountedDay> {
        let (stored, folded) = self.stored(start, now).await?;
        let mut generation = Generation::of(Recorder::default(), 0);
        let executions = self.count_rows(&mut generation, start, &folded).await?;
        self.count_scores(&mut generation, start, &folded).await?;
        let mut counted = spread(&generation, now);
        counted.retain(|key, _| is_compared(key, now));
        Ok(CountedDay { stored, counted, executions })
    }

    async fn stored(&self, start: i64, now: i64) -> Result<(BTreeMap<PackKey, Pack>, Folded)> {
        let queries: Vec<PackQuery> = Cube::ALL
            .iter()
            .flat_map(|cube| cube.grains().iter().map(move |grain| (*cube, *grain)))
            .map(|(cube, grain)| PackQuery {
                project: self.number,
                cube,
                grain,
                prompts: Vec::new(),
                from: start,
                to: start + DAY,
            })
            .collect();
        let packs = self.app.store.packs(&queries).await?;
        let mut stored: BTreeMap<PackKey, Pack> = BTreeMap::new();
        for (query, rows) in queries.iter().zip(packs.rows) {
            for row in rows {
                let key = PackKey {
                    project: query.project,
                    cube: query.cube,
                    grain: query.grain,
                    prompt: row.prompt,
                    bucket: row.bucket,
                };
                if is_compared(&key, now) {
                    stored.entry(key).or_default().merge(&read_pack(&row.cells)?);
                }
            }
        }
        let folded = packs.recorders.iter().map(|row| (row.number, row.folded_up_to)).collect();
        Ok((stored, folded))
    }

    async fn count_rows(&self, generation: &mut Generation, start: i64, folded: &Folded) -> Result<u64> {
        let mut executions = 0;
        for day in &self.days {
            let mut after = Position { started_at: start, n: 0 };
            loop {
                let rows =
                    self.app.store.facts_by_time(self.number, (after, start + DAY), *day, PAGE).await?;
                let Some(last) = rows.last() else { break };
                after = Position { started_at: last.started_at, n: last.n };
                for row in rows.iter().filter(|row| is_folded(folded, row.n)) {
                    if let Some(line) = self.line(row.line).await? {
                        let place = Place { project: self.number, prompt: line.prompt };
                        fact::of_stored(row, &line, |fact| generation.count(place, fact));
                        executions += 1;
                    }
                }
            }
        }
        Ok(executions)
    }

    async fn count_scores(&self, generation: &mut Generation, start: i64, folded: &Folded) -> Result<()> {
        let later = self.scores_since(folded).await?;
        for score in self.scores.iter().chain(&later).filter(|score| is_folded(folded, score.fold_n)) {
            let said = ScoreFact {
                name: &score.name,
                value: fact::stored_score(score.units, score.category.as_deref()),
            };
            if let Some(id) = score.line {
                if (start..start + DAY).contains(&score.at)
                    && let Some(line) = self.line(id).await?
                {
                    count_for_version(generation, self.number, &line, score.at, &said);
                }
                continue;
            }
            let (Some(n), Some(day)) = (score.execution_n, score.execution_day) else { continue };
            let Some(row) = self.started_in(n, day, start).await? else { continue };
            if let Some(line) = self.line(row.line).await? {
                let place = Place { project: self.number, prompt: line.prompt };
                fact::of_stored(&row, &line, |fact| generation.score(place, fact, &said));
            }
        }
        Ok(())
    }

    /// What was counted after this began and is in the cells already.
    async fn scores_since(&self, folded: &Folded) -> Result<Vec<ScoreRow>> {
        let known: HashSet<i64> = self.scores.iter().map(|score| score.fold_n).collect();
        let mut later = Vec::new();
        for (number, up_to) in folded {
            let begun = self.begun.get(number).copied().unwrap_or(number * ROWS_PER_RECORDER);
            for day in self.days.iter().filter(|_| begun < *up_to) {
                let mut after = begun;
                loop {
                    let some = self.app.store.scores_of_recorder((after, *up_to), *day, PAGE).await?;
                    let Some(last) = some.last() else { break };
                    after = last.fold_n;
                    let new =
                        |score: &ScoreRow| score.project == self.number && !known.contains(&score.fold_n);
                    later.extend(some.into_iter().filter(new));
                }
            }
        }
        Ok(later)
    }

    async fn started_in(&self, n: i64, day: i64, start: i64) -> Result<Option<FactRow>> {
        if !self.days.contains(&day) {
            return Ok(None);
        }
        let row = self.app.store.fact(n, day).await?;
        Ok(row.filter(|row| (start..start + DAY).contains(&row.started_at)))
    }

    async fn line(&self, id: i64) -> Result<Option<Arc<Line>>> {
        if let Some(known) = self.app.recording.lines.get(self.project, id) {
            return Ok(Some(known));
        }
        let read = self.app.recording.lines.read_again(&self.app.store, self.project).await?;
        Ok(read.get(&id).map(Arc::clone))
    }
}

fn is_folded(folded: &Folded, n: i64) -> bool {
    folded.get(&(n / ROWS_PER_RECORDER)).is_some_and(|up_to| n <= *up_to)
}

/// Cells that may just be going are left out.
fn is_compared(key: &PackKey, now: i64) -> bool {
    kept(key.grain, key.bucket - Grain::Hour.micros(), now)
}
