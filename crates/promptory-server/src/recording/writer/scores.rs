//! Counting scores: at once where what they are about is stored, later where it comes later.

use std::collections::HashSet;

use promptory_core::analytics::{Cube, Fact, ScoreFact, Status, Tokens};
use promptory_store::{AppliedScore, NewLine, NewScoreRow, Result, StoreError, days_from};
use tracing::{error, warn};

use super::Writer;
use crate::{
    app::Outcome,
    recording::{
        delta::{Generation, Place},
        fact,
        lines::Line,
        queue::Stored,
    },
};

/// Waiting scores that are looked at in a second.
pub(super) const PER_TICK: usize = 500;
/// What a score is about was received within this many days before.
const DAYS_BACK: i64 = 40;

/// A score of a version is counted when it was given, as an evaluation; no execution goes with it.
pub fn count_for_version(
    generation: &mut Generation,
    project: i64,
    line: &Line,
    at: i64,
    said: &ScoreFact<'_>,
) {
    let fact = Fact {
        line: line.id,
        environment: &line.environment,
        purpose: 2,
        id: "",
        started_at: at,
        late: false,
        status: Status::Success,
        latency: 0,
        tokens: Tokens::default(),
        cost: None,
        provider: "",
        model: "",
        country: "",
        error_type: "",
        error_shape: "",
        tags: &[],
        scores: &[],
    };
    let place = Place { project, prompt: line.prompt };
    generation.score_in(&[Cube::Total, Cube::Line], place, &fact, said);
}

impl Writer {
    pub(super) async fn store_scores(
        &mut self,
        mut scores: Vec<NewScoreRow>,
        context: (&[NewLine], i64, i64),
    ) -> Outcome<Vec<Stored>> {
        let mut stored = vec![Stored::Refused; scores.len()];
        // Split as executions are, because of one that the database does not take.
        let mut parts = Vec::new();
        parts.push(0..scores.len());
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.commit_scores(&mut scores[part.clone()], context).await {
                Ok(accepted) => {
                    for place in part {
                        let known = !accepted.contains(&scores[place].n);
                        stored[place] = if known { Stored::Duplicate } else { Stored::Accepted };
                    }
                }
                Err(error) if error.is_refusal() && part.len() == 1 => {
                    error!(%error, "a score was not stored");
                }
                Err(error) if error.is_refusal() => {
                    let middle = part.start + part.len() / 2;
                    parts.extend([middle..part.end, part.start..middle]);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(stored)
    }

    async fn commit_scores(
        &mut self,
        scores: &mut [NewScoreRow],
        (lines, day, now): (&[NewLine], i64, i64),
    ) -> Result<HashSet<i64>> {
        let Some(recorder) = self.recorder else { return Err(StoreError::Busy("no recorder".to_owned())) };
        self.counted().await;
        let before = self.last;
        for score in &mut *scores {
            self.last += 1;
            score.n = self.last;
        }
        let accepted = match self.app.store.record(recorder, day, (lines, &[], scores), now).await {
            Err(error) => {
                if !error.is_refusal() {
                    self.doubtful = Some((before, self.last));
                }
                return Err(error);
            }
            Ok(None) => {
                self.lose().await;
                return Err(StoreError::Busy("the recorder was taken by another server".to_owned()));
            }
            Ok(Some(accepted)) => accepted.scores,
        };
        self.count_version_scores(scores, &accepted);
        self.apply_pending(day, before, scores.len()).await;
        Ok(accepted)
    }

    fn count_version_scores(&self, scores: &[NewScoreRow], accepted: &HashSet<i64>) {
        let lines = self.app.recording.lines.by_number();
        let last = self.last;
        self.app.recording.change(|open| {
            for score in scores.iter().filter(|score| accepted.contains(&score.n)) {
                let Some(line) = score.line.and_then(|line| lines.get(line)) else { continue };
                let value = fact::stored_score(score.units, score.category.as_deref());
                count_for_version(
                    open,
                    score.project,
                    &line,
                    score.at,
                    &ScoreFact { name: &score.name, value },
                );
            }
            open.up_to = last;
        });
    }

    /// Looks for what waiting scores of a day are about and counts those where it is found. Answers after which one the
    /// next search begins: those that wait long must not keep later ones from being looked at. None: the database is
    /// away.
    pub(super) async fn apply_pending(&mut self, day: i64, after: i64, limit: usize) -> Option<i64> {
        match self.try_apply(day, after, limit).await {
            Ok(next) => Some(next),
            Err(error) => {
                warn!(%error, "scores wait to be counted");
                (!matches!(error, StoreError::Unavailable(_))).then_some(after)
            }
        }
    }

    async fn try_apply(&mut self, day: i64, after: i64, limit: usize) -> Result<i64> {
        // The numbers of a commit that broke off come before those that are given here.
        if self.doubtful.is_some() {
            self.resolve_doubt().await?;
        }
        let Some(recorder) = self.recorder else { return Ok(0) };
        let pending =
            self.app.store.pending_scores(day, after, i64::try_from(limit).unwrap_or(i64::MAX)).await?;
        let next = pending.last().filter(|_| pending.len() >= limit).map_or(0, |last| last.n);
        if pending.is_empty() {
            return Ok(next);
        }
        let days = self.app.store.days().await?;
        let mut found = Vec::new();
        for score in pending {
            let from = (day - DAYS_BACK).max(0) * 86_400_000_000;
            if let Some((execution_day, row)) =
                self.app.store.target_of(&score, &days_from(&days, from)).await?
            {
                self.last += 1;
                let applied =
                    AppliedScore { day, n: score.n, execution_day, execution_n: row.n, fold_n: self.last };
                found.push((applied, score, row));
            }
        }
        if found.is_empty() {
            return Ok(next);
        }
        let before = self.last - i64::try_from(found.len()).unwrap_or(0);
        let all: Vec<AppliedScore> = found.iter().map(|(applied, ..)| applied.clone()).collect();
        let counted = match self.app.store.apply_scores(recorder, &all).await {
            Ok(Some(counted)) => counted,
            Ok(None) => {
                self.lose().await;
                return Ok(0);
            }
            Err(error) => {
                self.doubtful = Some((before, self.last));
                return Err(error);
            }
        };
        let projects = self.app.recording.projects(&self.app);
        let mut generation = Generation::of(recorder, self.last);
        for (applied, score, row) in &found {
            if counted.contains(&applied.fold_n)
                && let Some(line) = self.line(&projects, row.project, row.line).await?
            {
                let value = fact::stored_score(score.units, score.category.as_deref());
                let place = Place { project: row.project, prompt: line.prompt };
                let said = ScoreFact { name: &score.name, value };
                fact::of_stored(row, &line, |fact| generation.score(place, fact, &said));
            }
        }
        let last = self.last;
        self.app.recording.change(|open| {
            open.add(&generation);
            open.up_to = last;
        });
        Ok(next)
    }
}
