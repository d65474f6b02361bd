//! Which line an execution belongs to: from the token of its resolution, or from prompt and version.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{
    analytics::short,
    numbering::{Number, Reference, parse_reference},
};
use promptory_store::VersionRow;

use super::lines::Line;
use crate::{
    app::{Ctx, Outcome},
    numbers::{column, number_text},
    serving::{PromptEntry, Snapshot},
};

/// A line, and what the version says of its model.
#[derive(Debug)]
pub struct Attribution {
    pub line: Arc<Line>,
    pub provider: Option<Box<str>>,
    pub model: Option<Box<str>>,
}

/// What an execution says of who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Said<'a> {
    pub resolution: Option<&'a str>,
    pub prompt: Option<&'a str>,
    pub version: Option<&'a str>,
    pub environment: Option<&'a str>,
}

/// Prompt, version, environment and deployment.
type Parts = (Box<str>, Box<str>, Box<str>, Box<str>);

/// A prompt and what was sent as the version.
type Numbered = (Box<str>, Box<str>);

/// What was found out before, by project and parts, and versions by prompt and number as of a revision: one may be
/// deleted, and its number given again.
#[derive(Default)]
pub struct Attributions {
    known: papaya::HashMap<Parts, Arc<Attribution>>,
    versions: papaya::HashMap<Numbered, (i64, Box<str>)>,
    names: papaya::HashMap<Box<str>, Box<str>>,
}

/// The outer error is the request's, the inner one this execution's.
pub type Attributed = Outcome<Result<Arc<Attribution>, String>>;

/// Remembers within one request.
#[derive(Default)]
pub struct Seen<'a>(HashMap<Said<'a>, Result<Arc<Attribution>, String>>);

impl<'a> Seen<'a> {
    pub async fn attribute(&mut self, ctx: &Ctx, said: Said<'a>) -> Attributed {
        if let Some(known) = self.0.get(&said) {
            return Ok(known.clone());
        }
        let found = attribute(ctx, &said).await?;
        // Tokens differ from call to call.
        if said.resolution.is_none() {
            self.0.insert(said, found.clone());
        }
        Ok(found)
    }
}

async fn attribute(ctx: &Ctx, said: &Said<'_>) -> Attributed {
    match said.resolution {
        Some(token) => by_token(ctx, token, said).await,
        None => by_name(ctx, said).await,
    }
}

async fn by_token(ctx: &Ctx, token: &str, said: &Said<'_>) -> Attributed {
    let snapshot = Arc::clone(&ctx.project.snapshot());
    let Some(read) = ctx.app.tokens.read(token) else {
        return Ok(Err("The resolution is no token of this server.".to_owned()));
    };
    let Some(entry) = entry_of(ctx, &snapshot, &read.prompt_id()) else {
        return Ok(Err("The resolution is of a prompt that this project does not have.".to_owned()));
    };
    let environment = snapshot.environments.iter().find(|one| read.is_of_environment(&one.name));
    let Some(environment) = environment.map(|one| one.name.as_str()) else {
        return Ok(Err("The resolution is of an environment that is not there any more.".to_owned()));
    };
    let differs = |what: &str, given: &str| {
        Ok(Err(format!(
            "The resolution is of another {what} than {given:?}. Leave {what} out, or send the right one."
        )))
    };
    if let Some(given) =
        said.prompt.filter(|given| snapshot.prompt(given).is_none_or(|one| one.id != entry.id))
    {
        return differs("prompt", given);
    }
    if let Some(given) = said.environment.filter(|given| *given != environment) {
        return differs("environment", given);
    }
    if ctx.environment(Some(environment)).is_err() {
        return Ok(Err(format!("The key is not for the environment {environment:?} of the resolution.")));
    }
    let found = attribution(ctx, &entry, &read.version_id(), environment).await?;
    let other = match (&found, said.version) {
        (Ok(found), Some(given)) if *found.line.version != *given => {
            let id = version_id(ctx, &entry, environment, given).await?;
            id.as_deref() != Some(&*found.line.version_id)
        }
        _ => false,
    };
    if other { differs("version", said.version.unwrap_or_default()) } else { Ok(found) }
}

async fn by_name(ctx: &Ctx, said: &Said<'_>) -> Attributed {
    let (Some(prompt), Some(version)) = (said.prompt, said.version) else {
        return Ok(Err(
            "Say which version answered: `resolution` as `resolve` gave it, or `prompt` and `version`."
                .to_owned(),
        ));
    };
    let snapshot = Arc::clone(&ctx.project.snapshot());
    let Some(entry) = snapshot.prompt(prompt) else {
        return Ok(Err(format!("There is no prompt {prompt:?} in this project.")));
    };
    let environment = match ctx.environment(said.environment) {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(refusal.detail)),
    };
    if snapshot.environment(&environment).is_none() {
        return Ok(Err(format!("There is no environment {environment:?} in this project.")));
    }
    let Some(version_id) = version_id(ctx, entry, &environment, version).await? else {
        return Ok(Err(format!(
            "The prompt {prompt:?} has no version {version:?}. Send its number, such as 1.2.0, or its sequence number."
        )));
    };
    attribution(ctx, entry, &version_id, &environment).await
}

/// Numbers and sequence numbers only: what else refers to a version means another one tomorrow.
async fn version_id(
    ctx: &Ctx,
    entry: &PromptEntry,
    environment: &str,
    version: &str,
) -> Outcome<Option<Box<str>>> {
    if let Some(live) = entry.live_in(environment).filter(|live| *live.number == *version) {
        return Ok(Some(live.version_id.clone()));
    }
    let revision = ctx.project.snapshot().revision;
    let key = (entry.id.clone(), Box::from(version));
    if let Some((_, known)) =
        ctx.app.recording.attributions.versions.pin().get(&key).filter(|(as_of, _)| *as_of == revision)
    {
        return Ok(Some(known.clone()));
    }
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let row = match parse_reference(version) {
        Reference::Sequence(n) => reader.version_by_sequence(&entry.id, n).await?,
        Reference::Number(Number { major, minor, patch, pre }) => {
            let number = (column(major), column(minor), column(patch), pre.as_str());
            reader.version_by_number(&entry.id, number).await?
        }
        _ => None,
    };
    let Some(row) = row else { return Ok(None) };
    let id: Box<str> = row.id.into();
    ctx.app.recording.attributions.versions.pin().insert(key, (revision, id.clone()));
    Ok(Some(id))
}

/// The prompt with this id; its name is remembered, so that not all are looked through each time.
fn entry_of(ctx: &Ctx, snapshot: &Snapshot, id: &str) -> Option<Arc<PromptEntry>> {
    let names = ctx.app.recording.attributions.names.pin();
    let known = names.get(id).and_then(|name| snapshot.prompt(name)).filter(|entry| *entry.id == *id);
    if let Some(known) = known {
        return Some(Arc::clone(known));
    }
    let entry = snapshot.entries().find(|entry| *entry.id == *id)?;
    names.insert(id.into(), entry.name.clone());
    Some(Arc::clone(entry))
}

async fn attribution(ctx: &Ctx, entry: &PromptEntry, version_id: &str, environment: &str) -> Attributed {
    let live = entry.live_in(environment).filter(|live| *live.version_id == *version_id);
    let rolled_out = entry.rollout_in(environment).map(|rollout| &rollout.build);
    let serving = live.or_else(|| rolled_out.filter(|build| *build.version_id == *version_id));
    let deployment = serving.and_then(|build| build.deployment_id.as_deref()).unwrap_or_default();
    let parts: Parts = (entry.id.clone(), version_id.into(), environment.into(), deployment.into());
    let all = &ctx.app.recording.attributions;
    if let Some(known) = all.known.pin().get(&parts) {
        return Ok(Ok(Arc::clone(known)));
    }
    let mut reader = ctx.app.store.read().await?;
    let row = reader.project(&ctx.project.id).version(version_id).await?;
    let Some(row) = row.filter(|row| *row.prompt_id == *entry.id) else {
        return Ok(Err("The version was deleted.".to_owned()));
    };
    let made = Arc::new(Attribution {
        line: Arc::new(line(ctx, entry, &row, (environment, deployment))),
        provider: setting(&row, "provider"),
        model: setting(&row, "model"),
    });
    ctx.app.recording.lines.add(&ctx.project.id, &made.line);
    all.known.pin().insert(parts, Arc::clone(&made));
    Ok(Ok(made))
}

fn line(ctx: &Ctx, entry: &PromptEntry, row: &VersionRow, (environment, deployment): (&str, &str)) -> Line {
    let parts = [&*entry.id, &row.id, environment, deployment, "", ""];
    Line {
        id: Line::number(&ctx.project.id, parts),
        prompt_id: entry.id.clone(),
        prompt: short(&entry.id),
        version_id: row.id.as_str().into(),
        version: number_text(row.major, row.minor, row.patch, &row.pre).into(),
        environment: environment.into(),
        deployment_id: deployment.into(),
        experiment_id: Box::default(),
        variant: Box::default(),
    }
}

fn setting(row: &VersionRow, name: &str) -> Option<Box<str>> {
    let settings: serde_json::Value = serde_json::from_str(&row.settings).ok()?;
    settings.get(name)?.as_str().map(Box::from)
}

/// For a score of a version: a line without an environment.
pub async fn version_line(ctx: &Ctx, prompt: &str, version: &str) -> Outcome<Result<Arc<Line>, String>> {
    let snapshot = Arc::clone(&ctx.project.snapshot());
    let Some(entry) = snapshot.prompt(prompt) else {
        return Ok(Err(format!("There is no prompt {prompt:?} in this project.")));
    };
    let Some(id) = version_id(ctx, entry, "", version).await? else {
        return Ok(Err(format!("The prompt {prompt:?} has no version {version:?}.")));
    };
    Ok(attribution(ctx, entry, &id, "").await?.map(|found| Arc::clone(&found.line)))
}
