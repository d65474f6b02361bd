//! What is known of builds from executions: how many there were, and whether what callers send fits. It is looked at
//! before the lock.

use std::collections::HashMap;

use promptory_core::{
    analytics::short,
    build::Stored,
    template::{Compiled, RenderError},
};
use promptory_store::{ExecutionFilter, Included, Position, ProjectReader, VersionRow, days_from};
use serde_json::{Map, Value};

use super::{
    decide::{Chosen, Problem, decide, problem},
    standing::{Asked, Standing},
};
use crate::{
    app::{Ctx, Outcome, analytics, deployments, executions::some_rows, render},
    numbers::number_text,
    refusal::{Code, Refusal},
    serving,
};

/// Executions whose variables are tried.
const INPUTS: i64 = 20;
/// They were received within so many seconds.
const LATELY_S: i64 = 86_400;

#[derive(Default)]
pub(super) struct Known {
    /// By number of the version.
    counts: HashMap<String, u64>,
    tried: Option<Tried>,
}

/// A build rendered with what callers sent lately, and with the saved samples.
pub(super) struct Tried {
    build_hash: String,
    pub executions: u64,
    pub samples: u64,
    pub failed: u64,
    problem: Option<(&'static str, Refusal)>,
}

impl Tried {
    pub(super) fn problem(&self) -> Option<Problem> {
        let (code, refusal) = self.problem.as_ref()?;
        Some(problem(code, refusal.detail.clone(), refusal.code))
    }
}

impl Known {
    pub(super) fn executions(&self, number: &str) -> u64 {
        self.counts.get(number).copied().unwrap_or(0)
    }

    /// Somebody may have changed meanwhile which build it is.
    pub(super) fn tried_with(&self, build_hash: &str) -> Option<&Tried> {
        self.tried.as_ref().filter(|tried| tried.build_hash == build_hash)
    }
}

/// # Errors
/// No such prompt, deployment or environment, or the database cannot be read.
pub(super) async fn known(ctx: &Ctx, asked: &Asked) -> Outcome<Known> {
    let standing = {
        let mut reader = ctx.app.store.read().await?;
        Standing::load(ctx, &mut reader.project(&ctx.project.id), asked, ctx.now).await?
    };
    // A question that statistics do not take is no reason to stay.
    let counts = match counts(ctx, &standing).await {
        Err(refusal) if refusal.code.status().is_client_error() => HashMap::new(),
        counts => counts?,
    };
    let mut known = Known { counts, tried: None };
    let decision = {
        let mut reader = ctx.app.store.read().await?;
        decide(ctx, &mut reader.project(&ctx.project.id), &standing, asked, &known).await?
    };
    // What is beside a rollout is served as it is.
    let Some(chosen) = decision.target.filter(|chosen| !chosen.ends_only) else { return Ok(known) };
    let inputs = sent_lately(ctx, &standing).await?;
    let mut reader = ctx.app.store.read().await?;
    known.tried = Some(tried(&mut reader.project(&ctx.project.id), &standing, &chosen, inputs).await?);
    Ok(known)
}

/// Executions of each version there, since the first of its builds went live.
async fn counts(ctx: &Ctx, standing: &Standing) -> Outcome<HashMap<String, u64>> {
    let Some(first) = standing.past.iter().map(|row| row.first_since).min() else {
        return Ok(HashMap::new());
    };
    let place = (standing.prompt.name.as_str(), standing.environment.as_str());
    let figures = analytics::of_versions_in(ctx, place, (first, None)).await?;
    Ok(figures.into_iter().map(|(version, figures)| (version, figures.count)).collect())
}

/// What callers filled the prompt in with, where bodies are kept.
async fn sent_lately(ctx: &Ctx, standing: &Standing) -> Outcome<Vec<Map<String, Value>>> {
    let lines = ctx.app.recording.lines.of(&ctx.app.store, &ctx.project.id).await?;
    let own = lines
        .values()
        .filter(|line| *line.prompt_id == *standing.prompt.id && *line.environment == *standing.environment);
    let project = short(ctx.project.id.as_str());
    let filter = ExecutionFilter {
        project,
        lines: Some(own.map(|line| line.id).collect()),
        purposes: Some(",0,".to_owned()),
        from: ctx.now.plus_seconds(-LATELY_S).micros(),
        ..ExecutionFilter::default()
    };
    let rows = some_rows(ctx, &filter, Position { started_at: i64::MAX, n: 0 }, INPUTS).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let days = days_from(&ctx.app.store.days().await?, filter.from);
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let mut inputs = Vec::new();
    for row in rows {
        let whole = reader.execution(&row.id_hash, project, &days).await?;
        let text = whole.and_then(|(_, row)| row.variables);
        inputs.extend(text.and_then(|text| serde_json::from_str(&text).ok()));
    }
    Ok(inputs)
}

async fn tried(
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
    chosen: &Chosen,
    inputs: Vec<Map<String, Value>>,
) -> Outcome<Tried> {
    let mut tried = Tried {
        build_hash: chosen.build_hash.clone(),
        executions: inputs.len() as u64,
        samples: 0,
        failed: 0,
        problem: None,
    };
    let made = match &chosen.made {
        Some(made) => made.includes.clone(),
        None => deployments::stored_includes(reader, &chosen.version.id, &chosen.build_hash).await?,
    };
    let target = match compiled(standing, &chosen.version, &made) {
        Ok(target) => target,
        Err(refusal) => {
            tried.problem = Some(("build_failed", refusal));
            return Ok(tried);
        }
    };
    let present = present(reader, standing).await?;
    let fails = |compiled: &Compiled, variables: &Map<String, Value>| compiled.render(variables).err();
    // What fails already is no reason to stay.
    let mut first: Option<RenderError> = None;
    for variables in &inputs {
        let works = present.as_ref().is_none_or(|present| fails(present, variables).is_none());
        if let Some(error) = fails(&target, variables).filter(|_| works) {
            tried.failed += 1;
            first.get_or_insert(error);
        }
    }
    if let Some(error) = first {
        let refusal = render::refusal(error);
        let row = &chosen.version;
        let number = number_text(row.major, row.minor, row.patch, &row.pre);
        let detail = format!(
            "{number} cannot be rendered with what callers sent lately ({} of {}): {}",
            tried.failed, tried.executions, refusal.detail
        );
        tried.problem = Some(("render_failed", Refusal { detail, ..refusal }));
    }
    for sample in reader.samples(&standing.prompt.id).await? {
        let Ok(variables) = serde_json::from_str::<Map<String, Value>>(&sample.variables) else { continue };
        tried.samples += 1;
        tried.failed += u64::from(fails(&target, &variables).is_some());
    }
    Ok(tried)
}

/// What is served now. None: it does not compile.
async fn present(reader: &mut ProjectReader<'_>, standing: &Standing) -> Outcome<Option<Compiled>> {
    let Some(present) = &standing.present else { return Ok(None) };
    let Some(row) = reader.version(&present.version_id).await? else { return Ok(None) };
    let includes = deployments::stored_includes(reader, &row.id, &present.build_hash).await?;
    Ok(compiled(standing, &row, &includes).ok())
}

fn compiled(standing: &Standing, row: &VersionRow, includes: &[Included]) -> Outcome<Compiled> {
    let stored = Stored {
        kind: &standing.prompt.kind,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
    };
    serving::compile(&stored, includes).map_err(|wrong| Refusal::violations(Code::Invalid, wrong))
}
