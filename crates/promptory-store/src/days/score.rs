//! Scores: stored when they come, counted when what they are about is known.

use std::collections::HashSet;

use super::{FactRow, for_day};
use crate::{Result, Store, conn::Tx, recorder::Recorder};

statements! {
    INSERT_SCORE = "INSERT INTO score_{day} (n, id, id_hash, project, name, units, category, boolean, comment, source, \
        at, received_at, target, target_id, target_hash, prompt, execution_n, execution_day, line, fold_n) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
        ON CONFLICT DO NOTHING";
    SCORE_KNOWN = "SELECT n FROM score_{day} WHERE id_hash = $1";
    PENDING_SCORES = "SELECT n, project, name, units, category, at, target, target_id, target_hash, prompt FROM score_{day} \
        WHERE fold_n IS NULL AND n > $1 ORDER BY n LIMIT $2";
    APPLY_SCORE = "UPDATE score_{day} SET execution_n = $2, execution_day = $3, fold_n = $4 WHERE n = $1 AND fold_n IS NULL";
    APPLIED_SCORES = "SELECT n, project, name, units, category, at, execution_n, execution_day, line, fold_n \
        FROM score_{day} WHERE fold_n > $1 AND fold_n <= $2 ORDER BY fold_n LIMIT $3";
    SCORES_OF_PROJECT = "SELECT n, project, name, units, category, at, execution_n, execution_day, line, fold_n \
        FROM score_{day} WHERE n > $2 AND project = $1 AND +fold_n IS NOT NULL ORDER BY n LIMIT $3";
    SCORES_OF_TARGET = "SELECT id, name, units, category, boolean, comment, source, at FROM score_{day} \
        WHERE target_hash = $1 ORDER BY at, n LIMIT $2";
    TARGET_BY_ID = "SELECT n FROM execution_{day} WHERE id_hash = $1";
    /// `+` as in the lists of executions.
    TARGET_BY_SESSION = concat!(
        "SELECT n FROM execution_{day} WHERE ",
        in_blocks!("n", "execution_{day}"),
        "session = $1 AND +project = $2 AND started_at <= $3 ORDER BY started_at DESC, n DESC LIMIT 1"
    );
    TARGET_BY_KEY = concat!(
        "SELECT e.n FROM execution_{day} e JOIN line l ON l.id = e.line WHERE ",
        in_blocks!("e.n", "execution_{day}"),
        "e.unit_key = $1 AND +e.project = $2 AND e.started_at <= $3 AND l.prompt_id = $4 \
         ORDER BY e.started_at DESC, e.n DESC LIMIT 1"
    );
}

/// What a score is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Execution,
    /// The last execution of a session.
    Session,
    /// The last execution of a prompt for a user.
    Key,
    Version,
}

impl Target {
    pub const fn number(self) -> i64 {
        match self {
            Self::Execution => 1,
            Self::Session => 2,
            Self::Key => 3,
            Self::Version => 4,
        }
    }
}

/// A score as it comes. `units` are billionths; a category has none.
#[derive(Debug, Clone)]
pub struct NewScoreRow {
    pub n: i64,
    pub id: String,
    pub id_hash: Vec<u8>,
    pub project: i64,
    pub name: String,
    pub units: Option<i64>,
    pub category: Option<String>,
    pub boolean: bool,
    pub comment: Option<String>,
    pub source: Option<String>,
    pub at: i64,
    pub received_at: i64,
    pub target: Target,
    pub target_id: String,
    pub target_hash: Vec<u8>,
    /// Id of the prompt, for a user.
    pub prompt: Option<String>,
    /// Of a version's score.
    pub line: Option<i64>,
}

row! {
    pub struct PendingScore {
        pub n: i64,
        pub project: i64,
        pub name: String,
        pub units: Option<i64>,
        pub category: Option<String>,
        pub at: i64,
        pub target: i64,
        pub target_id: String,
        pub target_hash: Vec<u8>,
        pub prompt: Option<String>,
    }
}

row! {
    /// A score that is counted.
    pub struct ScoreRow {
        pub n: i64,
        pub project: i64,
        pub name: String,
        pub units: Option<i64>,
        pub category: Option<String>,
        pub at: i64,
        pub execution_n: Option<i64>,
        pub execution_day: Option<i64>,
        pub line: Option<i64>,
        pub fold_n: i64,
    }
}

row! {
    pub struct ScoreOfRow {
        pub id: String,
        pub name: String,
        pub units: Option<i64>,
        pub category: Option<String>,
        pub boolean: bool,
        pub comment: Option<String>,
        pub source: Option<String>,
        pub at: i64,
    }
}

/// A score whose execution was found.
#[derive(Debug, Clone)]
pub struct AppliedScore {
    /// Where the score is stored.
    pub day: i64,
    pub n: i64,
    pub execution_day: i64,
    pub execution_n: i64,
    /// Under which it is counted.
    pub fold_n: i64,
}

/// Which of the scores are stored now; the others were known by their ids, today or the day before.
pub(super) async fn insert(tx: &mut Tx, day: i64, scores: &[NewScoreRow]) -> Result<HashSet<i64>> {
    let mut stored = HashSet::new();
    if scores.is_empty() {
        return Ok(stored);
    }
    let before = super::days_in(tx).await?.contains(&(day - 1));
    for score in scores {
        if before {
            let text = for_day(SCORE_KNOWN, day - 1);
            let known: Option<(i64,)> = fetch_optional!(tx.conn(), (i64,), text, &score.id_hash)?;
            if known.is_some() {
                continue;
            }
        }
        let none: Option<i64> = None;
        let fold_n = score.line.map(|_| score.n);
        let text = for_day(INSERT_SCORE, day);
        let rows = execute!(
            tx.conn(),
            text,
            score.n,
            &score.id,
            &score.id_hash,
            score.project,
            &score.name,
            score.units,
            &score.category,
            score.boolean,
            &score.comment,
            &score.source,
            score.at,
            score.received_at,
            score.target.number(),
            &score.target_id,
            &score.target_hash,
            &score.prompt,
            none,
            none,
            score.line,
            fold_n
        )?;
        if rows == 1 {
            stored.insert(score.n);
        }
    }
    Ok(stored)
}

impl Store {
    /// Scores of a day that wait for what they are about, after one.
    pub async fn pending_scores(&self, day: i64, after: i64, limit: i64) -> Result<Vec<PendingScore>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(PENDING_SCORES, day);
        fetch_all!(pooled.conn(), PendingScore, text, after, limit)
    }

    /// The execution that a score is about, looked for in the tables of these days, newest first.
    pub async fn target_of(&self, score: &PendingScore, days: &[i64]) -> Result<Option<(i64, FactRow)>> {
        let mut pooled = self.pooled().await?;
        for day in days {
            let found: Option<(i64,)> = match score.target {
                1 => {
                    let text = for_day(TARGET_BY_ID, *day);
                    fetch_optional!(pooled.conn(), (i64,), text, &score.target_hash)?
                }
                2 => {
                    let text = for_day(TARGET_BY_SESSION, *day);
                    let (id, project, at) = (&score.target_id, score.project, score.at);
                    fetch_optional!(pooled.conn(), (i64,), text, id, project, at)?
                }
                _ => {
                    let text = for_day(TARGET_BY_KEY, *day);
                    let (id, project, at) = (&score.target_id, score.project, score.at);
                    fetch_optional!(pooled.conn(), (i64,), text, id, project, at, &score.prompt)?
                }
            };
            if let Some((n,)) = found {
                let text = for_day(super::read::FACT, *day);
                let fact = fetch_optional!(pooled.conn(), FactRow, text, n)?;
                return Ok(fact.map(|fact| (*day, fact)));
            }
        }
        Ok(None)
    }

    /// Says of scores that they are counted from now on. Those that another server counted meanwhile are left out of
    /// the answer. None: another holds the recorder.
    pub async fn apply_scores(
        &self,
        recorder: Recorder,
        scores: &[AppliedScore],
    ) -> Result<Option<HashSet<i64>>> {
        let mut tx = self.write_tx().await?;
        let Some(held) = self.holds(tx.conn(), recorder).await? else { return Ok(None) };
        let mut applied = HashSet::new();
        for score in scores {
            let text = for_day(APPLY_SCORE, score.day);
            let (n, execution, day) = (score.n, score.execution_n, score.execution_day);
            if execute!(tx.conn(), text, n, execution, day, score.fold_n)? == 1 {
                applied.insert(score.fold_n);
            }
        }
        tx.commit().await?;
        self.beats.keep(held);
        Ok(Some(applied))
    }

    /// Counted scores with numbers after one and up to another, in order.
    pub async fn scores_of_recorder(
        &self,
        (after, up_to): (i64, i64),
        day: i64,
        limit: i64,
    ) -> Result<Vec<ScoreRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(APPLIED_SCORES, day);
        fetch_all!(pooled.conn(), ScoreRow, text, after, up_to, limit)
    }

    /// Counted scores of a project that were received on a day, after one.
    pub async fn scores_of_project(
        &self,
        project: i64,
        (day, after): (i64, i64),
        limit: i64,
    ) -> Result<Vec<ScoreRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(SCORES_OF_PROJECT, day);
        fetch_all!(pooled.conn(), ScoreRow, text, project, after, limit)
    }

    /// What was said of one thing, oldest first.
    pub async fn scores_of(&self, target_hash: &[u8], days: &[i64], limit: i64) -> Result<Vec<ScoreOfRow>> {
        let mut pooled = self.pooled().await?;
        let mut found = Vec::new();
        for day in days {
            let text = for_day(SCORES_OF_TARGET, *day);
            let some = fetch_all!(pooled.conn(), ScoreOfRow, text, target_hash, limit)?;
            found.extend(some);
        }
        found.sort_by_key(|score: &ScoreOfRow| score.at);
        Ok(found)
    }
}
