//! The data path: what is live, and which version answers a request.

use std::sync::Arc;

use bytes::Bytes;
use promptory_api::serving::{Resolve, ResolveMany, ResolveOne};
use promptory_core::{bucketing::EmptyKey, limits, template::Rendered};
use promptory_store::LiveRow;

use super::{
    Ctx, Outcome,
    conversation::{Conversation, Dropped},
    deployments,
    pins::Pinned,
    references, render, wire,
};
use crate::{
    check::json_text,
    ids::drawn,
    numbers::number_text,
    page,
    refusal::{Code, Refusal, problem},
    serving::{Ask, Asker, Build, Choice, Miss, Parts, Reason, Snapshot, Subject, UsedIn, resolve},
};

/// # Errors
/// No such prompt or environment, or nothing is live.
pub fn active<T>(
    ctx: &Ctx,
    name: &str,
    environment: &str,
    take: impl FnOnce(&Choice<'_>) -> T,
) -> Outcome<T> {
    let snapshot = ctx.project.snapshot();
    let ask = Ask { prompt: name, environment, version: None, asker: Asker::Anyone };
    match resolve(&snapshot, &ask) {
        Ok(choice) => {
            count(ctx, choice.build, &choice.entry.id, environment);
            Ok(take(&choice))
        }
        Err(miss) => Err(refusal(&snapshot, miss, &ask)),
    }
}

pub(super) fn count(ctx: &Ctx, build: &Arc<Build>, prompt_id: &str, environment: &str) {
    // A person who looks is no application that uses it.
    if ctx.caller.session().is_some() {
        return;
    }
    ctx.app.uses.count(build, &ctx.caller, &UsedIn { project: &ctx.project.id, prompt_id, environment });
}

pub(super) fn refusal(snapshot: &Snapshot, miss: Miss, ask: &Ask<'_>) -> Refusal {
    let Ask { prompt, environment, version, .. } = *ask;
    match miss {
        Miss::NoPrompt | Miss::NotInMemory => Refusal::no_prompt(prompt),
        Miss::NoEnvironment => Refusal::no_environment(environment),
        Miss::Archived => Refusal::new(
            Code::NothingLive,
            format!("{prompt:?} is archived and not served; restore it first."),
        ),
        Miss::NothingLive => Refusal::new(
            Code::NothingLive,
            format!("Nothing of {prompt:?} is live in {environment:?}; activate a version there."),
        ),
        Miss::NotInRange => {
            let live = snapshot.prompt(prompt).and_then(|entry| entry.live_in(environment));
            let live = live.map(|build| &*build.number);
            Refusal::not_in_range(prompt, environment, version.unwrap_or_default(), live)
        }
    }
}

/// What was live then, from the database.
///
/// # Errors
/// A time that cannot be read, no such prompt or environment, or nothing was live.
pub async fn active_at(ctx: &Ctx, name: &str, environment: &str, at: &str) -> Outcome<Bytes> {
    let at = page::moment("at", at)?;
    if ctx.project.snapshot().environment(environment).is_none() {
        return Err(Refusal::no_environment(environment));
    }
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let nothing = || {
        let when = at.to_rfc3339();
        Refusal::new(Code::NothingLive, format!("Nothing of {name:?} was live in {environment:?} at {when}."))
    };
    let live: LiveRow = reader.live_at(&prompt.id, environment, at.micros()).await?.ok_or_else(nothing)?;
    let row = reader.version(&live.version_id).await?;
    let row = row.ok_or_else(|| wire::damaged("live", &live.deployment_id))?;
    let includes = deployments::stored_includes(&mut reader, &row.id, &live.build_hash).await?;
    let build = Build::new(&Parts {
        prompt: &prompt.name,
        kind: &prompt.kind,
        environment,
        version_id: &row.id,
        number: &number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
        content_hash: &row.content_hash,
        build_hash: &live.build_hash,
        deployment_id: Some(&live.deployment_id),
        archived: false,
        revision: live.revision.max(prompt.renamed_revision),
        includes: &includes,
        rollout: None,
    });
    Ok(build.body)
}

/// The answer of `resolve`, written by hand from the build's prebuilt front.
///
/// # Errors
/// No such prompt, environment or version; variables that do not fit; a template that fails.
pub async fn resolved(ctx: &Ctx, name: &str, body: &Resolve) -> Outcome<Bytes> {
    check_key(body.key.as_deref(), "/key")?;
    let environment = ctx.environment(body.environment.as_deref())?;
    let random = || drawn(&*ctx.app.ids);
    let asker = |pin| Asker::Unit { key: body.key.as_deref(), pin, random: &random };
    let ask =
        Ask { prompt: name, environment: &environment, version: body.version.as_deref(), asker: asker(None) };
    let (in_memory, pin_dropped) = {
        let snapshot = ctx.project.snapshot();
        let conversation = Conversation::of(ctx, &snapshot, &ask, body.pin.as_deref());
        let ask = Ask { asker: asker(conversation.pin()), ..ask };
        let dropped = |reason| conversation.dropped(&snapshot, &ask, reason);
        match resolve(&snapshot, &ask) {
            Ok(choice) => {
                let found = (Arc::clone(choice.entry), Arc::clone(choice.build), choice.reason);
                (Some(found), dropped(choice.reason))
            }
            Err(Miss::NotInMemory) => (None, dropped(Reason::Pinned)),
            Err(miss) => return Err(refusal(&snapshot, miss, &ask)),
        }
    };
    if let Some((entry, build, reason)) = in_memory {
        let renamed_to = (*entry.name != *name).then_some(&*entry.name);
        let rollout = match reason {
            Reason::Rollout => entry.rollout_in(&environment).map(|rollout| &*rollout.deployment_id),
            _ => None,
        };
        let deployment_id = rollout.or(build.deployment_id.as_deref());
        let facts = Facts {
            prompt_id: &entry.id,
            build: &build,
            deployment_id,
            reason,
            from_database: false,
            pin_dropped,
            renamed_to,
        };
        return answer(ctx, &environment, body, &facts);
    }
    // Boxed, so that the usual answer does not carry room for this one along.
    let pinned = Box::pin(from_database(ctx, &ask)).await?;
    let snapshot = ctx.project.snapshot();
    let entry = snapshot.prompt(name);
    let facts = Facts {
        prompt_id: &pinned.prompt_id,
        build: &pinned.build,
        deployment_id: pinned.build.deployment_id.as_deref(),
        reason: Reason::Pinned,
        from_database: true,
        pin_dropped,
        renamed_to: entry.filter(|entry| *entry.name != *name).map(|entry| &*entry.name),
    };
    answer(ctx, &environment, body, &facts)
}

/// A version that is not in memory.
///
/// # Errors
/// No such version, or the key may not see it.
pub(super) async fn from_database(ctx: &Ctx, ask: &Ask<'_>) -> Outcome<Arc<Pinned>> {
    let reference = ask.version.unwrap_or_default();
    if ctx.project.snapshot().environment(reference).is_some() {
        // Before the cache, which does not know keys: one bound elsewhere may not see what is live there.
        ctx.environment(Some(reference))?;
    }
    ctx.app.pins.get(ctx, ask.prompt, ask.environment, reference).await
}

pub(super) fn check_key(key: Option<&str>, pointer: &str) -> Outcome<()> {
    if key.is_some_and(str::is_empty) {
        return Err(Refusal::invalid(pointer, EmptyKey.to_string()));
    }
    if key.is_some_and(|key| key.len() > limits::SHORT_TEXT_BYTES) {
        let detail = format!("A key has at most {} bytes.", limits::SHORT_TEXT_BYTES);
        return Err(Refusal::invalid(pointer, detail));
    }
    Ok(())
}

/// One answer for each request, in their order.
///
/// # Errors
/// None, or too many requests.
pub async fn resolved_many(ctx: &Ctx, body: ResolveMany) -> Outcome<Bytes> {
    if !(1..=limits::RESOLVES_PER_REQUEST).contains(&body.requests.len()) {
        let detail = format!("{} requests; send 1 to {}.", body.requests.len(), limits::RESOLVES_PER_REQUEST);
        return Err(Refusal::invalid("/requests", detail));
    }
    let mut out = Vec::from(&b"{\"results\":["[..]);
    for (i, one) in body.requests.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let ResolveOne { prompt, environment, key, attributes, variables, version, pin } = one;
        let ask = Resolve { environment, key, attributes, variables, version, pin };
        match resolved(ctx, &prompt, &ask).await {
            Ok(answer) => out.extend_from_slice(&answer),
            Err(refusal) => {
                let error = problem(&refusal, &ctx.request_id);
                out.extend_from_slice(b"{\"prompt\":");
                json_string(&mut out, &prompt);
                out.extend_from_slice(b",\"error\":");
                out.extend_from_slice(json_text(&error).as_bytes());
                out.push(b'}');
            }
        }
    }
    out.extend_from_slice(b"]}");
    Ok(Bytes::from(out))
}

struct Facts<'a> {
    prompt_id: &'a str,
    build: &'a Arc<Build>,
    /// Of the rollout while one runs, else of what made it live.
    deployment_id: Option<&'a str>,
    reason: Reason,
    from_database: bool,
    pin_dropped: Option<Dropped>,
    /// When it was asked for by a former name.
    renamed_to: Option<&'a str>,
}

fn answer(ctx: &Ctx, environment: &str, body: &Resolve, facts: &Facts<'_>) -> Outcome<Bytes> {
    let build = facts.build;
    count(ctx, build, facts.prompt_id, environment);
    let rendered = body.variables.as_ref().map(|variables| build.render(variables)).transpose();
    let rendered = rendered.map_err(render::refusal)?;
    let front = build.front();
    let mut out = Vec::with_capacity(front.len() + 360 + rendered.as_ref().map_or(0, rendered_bytes));
    out.extend_from_slice(front);
    out.extend_from_slice(b",\"environment\":");
    json_string(&mut out, environment);
    out.extend_from_slice(b",\"reason\":\"");
    out.extend_from_slice(facts.reason.as_str().as_bytes());
    out.push(b'"');
    if let Some(id) = facts.deployment_id {
        out.extend_from_slice(b",\"deployment_id\":");
        json_string(&mut out, id);
    }
    out.extend_from_slice(format!(",\"revision\":{}", build.revision).as_bytes());
    out.extend_from_slice(b",\"resolution\":\"");
    let subject = Subject {
        prompt_id: facts.prompt_id,
        version_id: &build.version_id,
        build_hash: build.build_hash(),
        environment,
        unit: body.key.as_deref(),
        at: ctx.now,
    };
    ctx.app.tokens.write(&subject, &mut out);
    out.push(b'"');
    if facts.from_database {
        out.extend_from_slice(b",\"source\":\"database\"");
    }
    if let Some(why) = facts.pin_dropped {
        out.extend_from_slice(b",\"pin_dropped\":");
        json_string(&mut out, why.as_str());
    }
    if let Some(name) = facts.renamed_to {
        out.extend_from_slice(b",\"renamed_to\":");
        json_string(&mut out, name);
    }
    match &rendered {
        Some(Rendered::Text(text)) => {
            out.extend_from_slice(b",\"text\":");
            json_string(&mut out, text);
        }
        Some(Rendered::Chat(messages)) => {
            for (i, message) in messages.iter().enumerate() {
                out.extend_from_slice(if i == 0 { b",\"messages\":[{\"role\":" } else { b",{\"role\":" });
                json_string(&mut out, &message.role);
                out.extend_from_slice(b",\"content\":");
                json_string(&mut out, &message.content);
                out.push(b'}');
            }
            out.extend_from_slice(if messages.is_empty() { b",\"messages\":[]" } else { b"]" });
        }
        None => {}
    }
    out.push(b'}');
    Ok(Bytes::from(out))
}

fn rendered_bytes(rendered: &Rendered) -> usize {
    match rendered {
        Rendered::Text(text) => text.len() + text.len() / 8,
        Rendered::Chat(messages) => messages.iter().map(|m| m.content.len() + m.content.len() / 8 + 64).sum(),
    }
}

fn json_string(out: &mut Vec<u8>, text: &str) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(&mut *out, text);
}
