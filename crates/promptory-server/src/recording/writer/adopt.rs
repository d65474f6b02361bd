//! What a server stored and did not count before it died is counted by another, from the rows.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{analytics::ScoreFact, id::ProjectId, time::Timestamp};
use promptory_store::{Dialect, Recorder, RecorderRow, Result, StoreError};
use tracing::{info, warn};

use super::Writer;
use crate::recording::{
    delta::{Generation, Place},
    fact,
    lines::Line,
};

/// How long a holder must be seen doing nothing before it counts as dead. By this server's clock alone.
const SILENCE_S: i64 = 15;
const PAGE: i64 = 5_000;

/// How a recorder of another server looked, and since when it looks so.
pub(super) struct Observed {
    fence: i64,
    beats: i64,
    since: Timestamp,
}

impl Writer {
    /// False: the database is away.
    pub(super) async fn adopt(&mut self) -> bool {
        let Err(error) = self.try_adopt().await else { return true };
        warn!(%error, "what other servers left is not counted yet");
        !matches!(error, StoreError::Unavailable(_))
    }

    async fn try_adopt(&mut self) -> Result<()> {
        let now = self.app.clock.now();
        let own = self.recorder.map(|recorder| recorder.number);
        for row in self.app.store.recorders().await? {
            if row.free || own == Some(row.number) {
                self.others.remove(&row.number);
                continue;
            }
            if self.is_dead(&row, now)
                && let Some(recorder) = self.app.store.take_recorder(&row).await?
            {
                let rest = (row.folded_up_to, recorder.last_row());
                let mut generation = self.rows_after(recorder, rest).await?;
                generation.up_to = generation.up_to.max(self.last_score(rest).await?);
                if self.write_for(recorder, &Arc::new(generation)).await? {
                    self.app.store.release_recorder(recorder).await?;
                    info!(recorder = recorder.number, "counted what another run of a server had stored");
                }
                self.others.remove(&row.number);
            }
        }
        self.adopted = true;
        Ok(())
    }

    /// SQLite has one server: whoever else held a recorder is gone.
    fn is_dead(&mut self, row: &RecorderRow, now: Timestamp) -> bool {
        if self.app.store.dialect() == Dialect::Sqlite {
            return true;
        }
        let seen = self.others.entry(row.number).or_insert(Observed {
            fence: row.fence,
            beats: row.beats,
            since: now,
        });
        if (seen.fence, seen.beats) != (row.fence, row.beats) {
            *seen = Observed { fence: row.fence, beats: row.beats, since: now };
        }
        now >= seen.since.plus_seconds(SILENCE_S)
    }

    /// A score that waits is counted under a later number, but its own is given away.
    async fn last_score(&self, (after, up_to): (i64, i64)) -> Result<i64> {
        let mut last = after;
        for day in self.app.store.days().await? {
            last = self.app.store.last_score((last, up_to), day).await?.unwrap_or(last);
        }
        Ok(last)
    }

    /// Finds out which rows of a commit that broke off are stored, and counts them.
    pub(super) async fn resolve_doubt(&mut self) -> Result<()> {
        self.counted().await;
        let (Some(range), Some(recorder)) = (self.doubtful, self.recorder) else {
            self.doubtful = None;
            return Ok(());
        };
        // By its own row: a commit that is still under way is waited for.
        if !self.app.store.beat(recorder).await? {
            self.lose().await;
            return Ok(());
        }
        let found = self.rows_after(recorder, range).await?;
        self.app.recording.change(|open| {
            open.add(&found);
            open.up_to = open.up_to.max(range.1);
        });
        self.doubtful = None;
        Ok(())
    }

    /// Counts rows and scores with numbers after one and up to another.
    pub(super) async fn rows_after(&self, recorder: Recorder, range: (i64, i64)) -> Result<Generation> {
        let mut generation = Generation::of(recorder, range.0);
        let projects: HashMap<i64, ProjectId> = self.app.recording.projects(&self.app);
        for day in self.app.store.days().await?.into_iter().rev() {
            let mut after = range.0;
            loop {
                let rows = self.app.store.facts_of_recorder((after, range.1), day, PAGE).await?;
                let Some(last) = rows.last() else { break };
                after = last.n;
                generation.up_to = generation.up_to.max(after);
                for row in &rows {
                    if let Some(line) = self.line(&projects, row.project, row.line).await? {
                        let place = Place { project: row.project, prompt: line.prompt };
                        fact::of_stored(row, &line, |fact| generation.count(place, fact));
                    }
                }
            }
            let mut after = range.0;
            loop {
                let scores = self.app.store.scores_of_recorder((after, range.1), day, PAGE).await?;
                let Some(last) = scores.last() else { break };
                after = last.fold_n;
                generation.up_to = generation.up_to.max(after);
                for score in &scores {
                    self.count_stored_score(&mut generation, &projects, score).await?;
                }
            }
        }
        Ok(generation)
    }

    pub(super) async fn line(
        &self,
        projects: &HashMap<i64, ProjectId>,
        project: i64,
        line: i64,
    ) -> Result<Option<Arc<Line>>> {
        let Some(project) = projects.get(&project) else { return Ok(None) };
        if let Some(known) = self.app.recording.lines.get(project, line) {
            return Ok(Some(known));
        }
        let read = self.app.recording.lines.read_again(&self.app.store, project).await?;
        Ok(read.get(&line).map(Arc::clone))
    }

    async fn count_stored_score(
        &self,
        generation: &mut Generation,
        projects: &HashMap<i64, ProjectId>,
        score: &promptory_store::ScoreRow,
    ) -> Result<()> {
        let said = ScoreFact {
            name: &score.name,
            value: fact::stored_score(score.units, score.category.as_deref()),
        };
        if let Some(id) = score.line {
            if let Some(line) = self.line(projects, score.project, id).await? {
                super::scores::count_for_version(generation, score.project, &line, score.at, &said);
            }
            return Ok(());
        }
        let (Some(n), Some(day)) = (score.execution_n, score.execution_day) else { return Ok(()) };
        let Some(row) = self.app.store.fact(n, day).await? else { return Ok(()) };
        if let Some(line) = self.line(projects, row.project, row.line).await? {
            let place = Place { project: row.project, prompt: line.prompt };
            fact::of_stored(&row, &line, |fact| generation.score(place, fact, &said));
        }
        Ok(())
    }
}
