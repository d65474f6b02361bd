//! Short words for executions, their lines and their figures.

use promptory_core::{
    analytics::{Cube, Fact, Grain, Pack, PackKey, Sample, Status, Tokens, short},
    id::ProjectId,
};
use promptory_store::{ExecutionRow, NewLine, NewScoreRow, Recorder, Store, Target, day_of};

use crate::{harness::Db, story::START};

pub(crate) const DAY: i64 = 86_400_000_000;

/// Of the start of every test's time.
pub(crate) fn today() -> i64 {
    day_of(START)
}

pub(crate) fn number(project: &ProjectId) -> i64 {
    short(project.as_str())
}

/// 16 bytes, as a server makes them of project and id.
pub(crate) fn hash(project: i64, id: &str) -> Vec<u8> {
    let half = |n: u8| short(&format!("{n}/{project}/{id}")).to_be_bytes();
    [half(1), half(2)].concat()
}

/// A call that succeeded at the start of time, of line 1.
pub(crate) fn call(project: i64, id: &str) -> ExecutionRow {
    ExecutionRow {
        id: id.to_owned(),
        id_hash: hash(project, id),
        project,
        line: 1,
        started_at: START,
        received_at: START,
        latency: 1_000,
        ..ExecutionRow::default()
    }
}

pub(crate) fn calls(project: i64, ids: impl IntoIterator<Item = impl ToString>) -> Vec<ExecutionRow> {
    ids.into_iter().map(|id| call(project, &id.to_string())).collect()
}

/// An opinion about an execution.
pub(crate) fn opinion(project: i64, id: &str, execution: &str) -> NewScoreRow {
    NewScoreRow {
        n: 0,
        id: id.to_owned(),
        id_hash: hash(project, &format!("score {id}")),
        project,
        name: "helpful".to_owned(),
        units: Some(1_000_000_000),
        category: None,
        boolean: true,
        comment: Some("thanks".to_owned()),
        source: Some("user".to_owned()),
        at: START,
        received_at: START,
        target: Target::Execution,
        target_id: execution.to_owned(),
        target_hash: hash(project, execution),
        prompt: None,
        line: None,
    }
}

pub(crate) fn line(id: i64, project: &ProjectId, prompt: &str, version: &str) -> NewLine {
    NewLine {
        id,
        project_id: project.to_string(),
        prompt_id: prompt.to_owned(),
        version_id: version.to_owned(),
        environment: "production".to_owned(),
        deployment_id: "d1".to_owned(),
        experiment_id: String::new(),
        variant: String::new(),
    }
}

/// So many executions in one cell.
pub(crate) fn pack(count: u64) -> Pack {
    let fact = Fact {
        line: 1,
        environment: "production",
        purpose: 0,
        id: "e",
        started_at: START,
        late: false,
        status: Status::Success,
        latency: 1_000,
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
    let mut pack = Pack::default();
    (0..count).for_each(|_| pack.cell(b"cell").add(&Sample::new(&fact)));
    pack
}

pub(crate) fn executions_in(pack: &Pack) -> u64 {
    pack.0.values().map(promptory_core::analytics::Cell::count).sum()
}

/// Of the hour in which time starts.
pub(crate) fn pack_key(project: i64, prompt: i64) -> PackKey {
    let grain = Grain::Hour;
    PackKey { project, cube: Cube::Line, grain, prompt, bucket: grain.start(START) }
}

/// Whoever records: numbers rows as a server does.
pub(crate) struct Desk {
    pub(crate) recorder: Recorder,
    pub(crate) last: i64,
}

impl Desk {
    pub(crate) async fn open(store: &Store) -> Self {
        let (recorder, last) = store.claim_recorder(START).await.expect("a recorder");
        Self { recorder, last }
    }

    /// With tables for yesterday, today and tomorrow.
    pub(crate) async fn with_days(db: &Db) -> Self {
        for day in today() - 1..=today() + 1 {
            db.store.add_day(day, START).await.expect("made");
        }
        Self::open(&db.store).await
    }

    pub(crate) fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// Answers the ids of what is stored now.
    pub(crate) async fn record(&mut self, db: &Db, day: i64, mut rows: Vec<ExecutionRow>) -> Vec<String> {
        rows.iter_mut().for_each(|row| row.n = self.next());
        let stored = db.store.record(self.recorder, day, (&[], &rows, &[]), START).await;
        let accepted = stored.expect("stored").expect("the recorder is held");
        assert!(accepted.scores.is_empty());
        rows.into_iter().filter(|row| accepted.executions.contains(&row.n)).map(|row| row.id).collect()
    }

    /// Answers the ids of what is stored now.
    pub(crate) async fn score(&mut self, db: &Db, day: i64, mut scores: Vec<NewScoreRow>) -> Vec<String> {
        scores.iter_mut().for_each(|score| score.n = self.next());
        let stored = db.store.record(self.recorder, day, (&[], &[], &scores), START).await;
        let accepted = stored.expect("stored").expect("the recorder is held");
        scores.into_iter().filter(|score| accepted.scores.contains(&score.n)).map(|score| score.id).collect()
    }

    pub(crate) async fn fold(&self, db: &Db, packs: &[(PackKey, Pack)]) -> bool {
        let packs: Vec<_> = packs.iter().map(|(key, pack)| (*key, pack.to_bytes())).collect();
        db.store.fold(self.recorder, &packs, self.last, START).await.expect("asked")
    }
}
