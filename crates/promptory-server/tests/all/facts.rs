//! Executions in the database, as recording leaves them: rows, lines and cells. And the plain way to count them.

use std::{collections::BTreeMap, sync::Arc};

use promptory_core::{
    analytics::{Fact, Pack, PackKey, ScoreFact, Scored, Status, Tokens, short},
    time::Timestamp,
};
use promptory_server::recording::{Generation, Line, Place};
use promptory_store::{ExecutionRow, NewLine, NewScoreRow, Recorder, day_of};
use serde_json::json;

use crate::server::{MORNING, Server};

pub(crate) fn micros(text: &str) -> i64 {
    Timestamp::parse_rfc3339(text).expect("a time").micros()
}

pub(crate) fn text(micros: i64) -> String {
    Timestamp::from_micros(micros).to_rfc3339()
}

/// One call of a model.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) prompt: String,
    pub(crate) line: Arc<Line>,
    pub(crate) id: String,
    pub(crate) at: i64,
    pub(crate) latency: i64,
    pub(crate) status: Status,
    pub(crate) purpose: u8,
    pub(crate) late: bool,
    pub(crate) input: Option<i64>,
    pub(crate) output: Option<i64>,
    pub(crate) cost: Option<i64>,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) country: String,
    pub(crate) error_type: String,
    pub(crate) shape: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// Billionths.
    pub(crate) score: Option<i64>,
}

impl Call {
    /// A success of a line at a time, with nothing special.
    pub(crate) fn new(prompt: &str, line: &Arc<Line>, at: &str) -> Self {
        Self {
            prompt: prompt.to_owned(),
            line: Arc::clone(line),
            id: format!("{}-{at}-{}", line.version, line.environment),
            at: micros(at),
            latency: 250_000,
            status: Status::Success,
            purpose: 0,
            late: false,
            input: Some(1_000),
            output: Some(500),
            cost: Some(225_000_000),
            provider: "openai".to_owned(),
            model: "m1".to_owned(),
            country: "DE".to_owned(),
            error_type: String::new(),
            shape: String::new(),
            tags: BTreeMap::new(),
            score: None,
        }
    }

    /// The same, gone wrong.
    pub(crate) fn failed(self, status: Status, error_type: &str, shape: &str) -> Self {
        Self { status, error_type: error_type.to_owned(), shape: shape.to_owned(), ..self }
    }

    fn row(&self, n: i64, project: i64) -> ExecutionRow {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        ExecutionRow {
            n,
            id: self.id.clone(),
            id_hash: n.to_be_bytes().to_vec(),
            project,
            line: self.line.id,
            started_at: self.at,
            received_at: micros(MORNING),
            latency: self.latency,
            status: i64::try_from(self.status.number()).expect("small"),
            purpose: i64::from(self.purpose),
            flags: if self.late { 2 } else { 0 },
            input_tokens: self.input,
            output_tokens: self.output,
            cost: self.cost,
            provider: some(&self.provider),
            model: some(&self.model),
            country: some(&self.country),
            error_type: some(&self.error_type),
            error_shape: some(&self.shape),
            tags: Some(json!(self.tags).to_string()).filter(|text| text != "{}"),
            chosen_tags: Some(json!(self.chosen()).to_string()),
            scores: self.score.map(|units| json!({"thumbs": units as f64 / 1e9}).to_string()),
            ..ExecutionRow::default()
        }
    }

    /// The project has chosen one of the tags.
    fn chosen(&self) -> BTreeMap<&str, &str> {
        self.tags
            .iter()
            .filter(|(name, _)| *name == "plan")
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }

    fn count(&self, generation: &mut Generation, project: i64) {
        let tags: Vec<(&str, &str)> = self.chosen().into_iter().collect();
        let score = self.score.map(|units| ScoreFact { name: "thumbs", value: Scored::Units(units) });
        let fact = Fact {
            line: self.line.id,
            environment: &self.line.environment,
            purpose: self.purpose,
            id: &self.id,
            started_at: self.at,
            late: self.late,
            status: self.status,
            latency: self.latency,
            tokens: Tokens { input: self.input, output: self.output, ..Tokens::default() },
            cost: self.cost,
            provider: &self.provider,
            model: &self.model,
            country: &self.country,
            error_type: &self.error_type,
            error_shape: &self.shape,
            tags: &tags,
            scores: score.as_slice(),
        };
        generation.count(Place { project, prompt: self.line.prompt }, &fact);
    }
}

impl Server {
    /// The line of a version of a prompt in an environment.
    pub(crate) async fn line(&self, prompt: &str, version: &str, environment: &str) -> Arc<Line> {
        self.line_with(prompt, version, environment, "").await
    }

    pub(crate) async fn line_with(
        &self,
        prompt: &str,
        version: &str,
        environment: &str,
        variant: &str,
    ) -> Arc<Line> {
        let prompt_id = self.admin().prompt(prompt).await.good().field("/id");
        let stored = self.admin().version(prompt, version).await.good();
        let version_id = stored.field("/id");
        let parts = [&*prompt_id, &*version_id, environment, "", "", variant];
        Arc::new(Line {
            id: Line::number(&self.project().id, parts),
            prompt: short(&prompt_id),
            prompt_id: prompt_id.into(),
            version_id: version_id.into(),
            version: stored.field("/version").into(),
            environment: environment.into(),
            deployment_id: "".into(),
            experiment_id: "".into(),
            variant: variant.into(),
        })
    }

    /// Stores calls as a recorder that received them this morning, and folds them.
    pub(crate) async fn record(&self, calls: &[Call]) -> Recorder {
        let (store, now) = (&self.app.store, micros(MORNING));
        let id = self.project().id.clone();
        let project = short(id.as_str());
        let (recorder, last) = store.claim_recorder(now).await.expect("a recorder");
        store.add_day(day_of(now), now).await.expect("tables");
        let mut lines: BTreeMap<i64, NewLine> = BTreeMap::new();
        for call in calls {
            lines.entry(call.line.id).or_insert_with(|| call.line.stored(&id));
        }
        let lines: Vec<NewLine> = lines.into_values().collect();
        let rows: Vec<ExecutionRow> = (last + 1..).zip(calls).map(|(n, call)| call.row(n, project)).collect();
        let scores: [NewScoreRow; 0] = [];
        for some in rows.chunks(2_000) {
            let stored =
                store.record(recorder, day_of(now), (&lines, some, &scores), now).await.expect("stored");
            assert_eq!(stored.expect("held").executions.len(), some.len());
        }
        let up_to = last + i64::try_from(calls.len()).expect("few");
        let mut generation = Generation::of(recorder, up_to);
        calls.iter().for_each(|call| call.count(&mut generation, project));
        let mut packs: BTreeMap<PackKey, Pack> = BTreeMap::new();
        generation.in_all_grains(now, |key, name, cell| packs.entry(key).or_default().cell(name).merge(cell));
        let packs: Vec<(PackKey, Vec<u8>)> =
            packs.iter().map(|(key, pack)| (*key, pack.to_bytes())).collect();
        assert!(store.fold(recorder, &packs, up_to, now).await.expect("folded"));
        recorder
    }

    /// Has the project choose the tag `plan`.
    pub(crate) async fn choose_plan(&self) {
        let ctx = self.ctx(crate::db::ADMIN_KEY);
        let mut tx = ctx.write().await.expect("begun");
        tx.put_recording(r#"{"tags":["plan"]}"#).await.expect("written");
        ctx.commit(tx, ctx.audit("test", &json!({}))).await.expect("committed");
    }
}
