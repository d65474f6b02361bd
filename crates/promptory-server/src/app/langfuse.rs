//! What Langfuse clients ask: prompts by label or sequence, with includes put in as text.

use std::{collections::BTreeMap, sync::Arc};

use promptory_api::langfuse::{
    LangfuseContent, LangfuseExtra, LangfuseGraph, LangfuseMessage, LangfuseOrganization, LangfuseProject,
    LangfuseProjects, LangfusePrompt, LangfusePromptQuery, LangfuseReference,
};
use promptory_core::{
    build,
    definition::{Content, Definition, Part},
    template,
    violation::Violation,
};

use super::{Ctx, Outcome, serve, wire};
use crate::{
    refusal::{Code, Refusal},
    serving::{Ask, Asker, Build, Miss, PromptEntry, resolve},
};

/// # Errors
/// No such prompt, label or version, nothing live, or an environment that the key may not see.
pub async fn prompt(ctx: &Ctx, name: &str, query: &LangfusePromptQuery) -> Outcome<LangfusePrompt> {
    let label = query.label.as_deref().filter(|label| !label.is_empty());
    if label.is_some() && query.version.is_some() {
        return Err(Refusal::invalid("", "Send either version or label, not both."));
    }
    let sequence = query.version.map(|version| version.to_string());
    // What is live in an environment is asked for by the environment's name.
    let named = label.filter(|label| ctx.project.snapshot().environment(label).is_some());
    let environment = ctx.environment(named)?;
    let version = if named.is_some() { None } else { sequence.as_deref().or(label) };
    let ask = Ask { prompt: name, environment: &environment, version, asker: Asker::Anyone };
    let build = build_of(ctx, &ask).await?;
    let snapshot = ctx.project.snapshot();
    let entry = snapshot.prompt(name).ok_or_else(|| Refusal::no_prompt(name))?;
    serve::count(ctx, &build, &entry.id, &environment);
    shown(entry, &build, &environment, query.resolve.unwrap_or(true))
}

async fn build_of(ctx: &Ctx, ask: &Ask<'_>) -> Outcome<Arc<Build>> {
    {
        let snapshot = ctx.project.snapshot();
        match resolve(&snapshot, ask) {
            Ok(choice) => return Ok(Arc::clone(choice.build)),
            Err(Miss::NotInMemory) => {}
            Err(miss) => return Err(serve::refusal(&snapshot, miss, ask)),
        }
    }
    Ok(Arc::clone(&serve::from_database(ctx, ask).await?.build))
}

fn shown(entry: &PromptEntry, build: &Build, environment: &str, put_in: bool) -> Outcome<LangfusePrompt> {
    let damaged = |_| wire::damaged("version", &build.version_id);
    let (definition, included) = build.definitions().map_err(damaged)?;
    let included: Vec<&Definition> = included.iter().collect();
    let pairs =
        build::pair(&definition, &included).ok_or_else(|| wire::damaged("build", build.build_hash()))?;
    let composed = template::compose(&definition, &pairs);
    let compiles = composed.as_ref().is_ok_and(|composed| compiles(&definition, composed, &included));
    let too_large = |why: Violation| Refusal::violations(Code::IncludeFailed, vec![why]);
    let content = if put_in { composed.map_err(too_large)? } else { definition.content.clone() };
    Ok(LangfusePrompt {
        id: build.version_id.to_string(),
        name: entry.name.to_string(),
        version: build.sequence,
        kind: definition.kind.as_str().to_owned(),
        prompt: content_of(content),
        config: wire::raw("version", &build.version_id, build.stored_settings())?,
        labels: labels(entry, &build.version_id),
        tags: entry.about.tags.to_vec(),
        commit_message: None,
        resolution_graph: (put_in && !pairs.is_empty()).then(|| graph(entry, build, &definition, &pairs)),
        promptory: LangfuseExtra {
            version: build.number.to_string(),
            environment: environment.to_owned(),
            template: definition.language.as_str().to_owned(),
            build_hash: build.build_hash().to_owned(),
            compiles,
        },
    })
}

fn content_of(content: Content) -> LangfuseContent {
    match content {
        Content::Text(text) => LangfuseContent::Text(text),
        Content::Chat(parts) => LangfuseContent::Chat(parts.into_iter().map(message).collect()),
    }
}

fn message(part: Part) -> LangfuseMessage {
    match part {
        Part::Message { role, content } => LangfuseMessage::ChatMessage { role, content },
        Part::Placeholder { name } => LangfuseMessage::Placeholder { name },
    }
}

/// These clients know neither logic nor defaults; and in a text without a template language that was put into a Jinja
/// one they would take for a variable what is none.
fn compiles(definition: &Definition, composed: &Content, included: &[&Definition]) -> bool {
    let texts: Vec<&str> = match composed {
        Content::Text(text) => vec![text],
        Content::Chat(parts) => parts.iter().filter_map(content_in).collect(),
    };
    let all = || included.iter().copied().chain([definition]);
    let plain = |inner: &Definition| match &inner.content {
        Content::Text(text) => {
            inner.language == definition.language || template::only_names(inner.language, text)
        }
        Content::Chat(_) => false,
    };
    texts.into_iter().all(|text| template::only_names(definition.language, text))
        && all().all(|one| one.variables.iter().all(|variable| variable.default.is_none()))
        && included.iter().all(|inner| plain(inner))
}

fn content_in(part: &Part) -> Option<&str> {
    match part {
        Part::Message { content, .. } => Some(content),
        Part::Placeholder { .. } => None,
    }
}

/// Environments first, in no order that means anything, then labels, then `latest`.
pub(super) fn labels(entry: &PromptEntry, version_id: &str) -> Vec<String> {
    let live = entry.live.iter().filter(|(_, build)| *build.version_id == *version_id);
    let named = entry.labels.iter().filter(|label| *label.version_id == *version_id);
    let latest = entry.latest.iter().filter(|latest| *latest.version_id == *version_id);
    let mut labels: Vec<String> = live.map(|(environment, _)| environment.to_string()).collect();
    labels.sort_unstable();
    labels.extend(named.map(|label| label.name.to_string()));
    labels.extend(latest.map(|_| "latest".to_owned()));
    labels
}

fn graph(
    entry: &PromptEntry,
    build: &Build,
    definition: &Definition,
    pairs: &[(String, &Definition)],
) -> LangfuseGraph {
    let nodes: Vec<LangfuseReference> = build.includes().iter().map(reference).collect();
    let children = |of: &Definition| -> Vec<LangfuseReference> {
        let places = of.includes().into_iter().filter_map(|include| {
            let written = include.written();
            pairs.iter().position(|(known, _)| *known == written)
        });
        let mut found: Vec<LangfuseReference> = Vec::new();
        for place in places {
            if let Some(node) = nodes.get(place).filter(|node| !found.contains(node)) {
                found.push(node.clone());
            }
        }
        found
    };
    let root = LangfuseReference {
        id: build.version_id.to_string(),
        name: entry.name.to_string(),
        version: build.sequence,
    };
    let mut dependencies = BTreeMap::from([(root.id.clone(), children(definition))]);
    for (node, (_, definition)) in nodes.iter().zip(pairs) {
        let found = children(definition);
        if !found.is_empty() {
            dependencies.insert(node.id.clone(), found);
        }
    }
    LangfuseGraph { root, dependencies }
}

fn reference(include: &promptory_store::Included) -> LangfuseReference {
    LangfuseReference {
        id: include.version.id.clone(),
        name: include.name.clone(),
        version: include.version.sequence,
    }
}

/// The project that the key works in.
pub fn projects(ctx: &Ctx) -> LangfuseProjects {
    let organization = LangfuseOrganization { id: "promptory".to_owned(), name: "Promptory".to_owned() };
    let project = LangfuseProject {
        id: ctx.project.id.to_string(),
        name: ctx.project.name.clone(),
        organization,
        metadata: BTreeMap::new(),
    };
    LangfuseProjects { data: vec![project] }
}
