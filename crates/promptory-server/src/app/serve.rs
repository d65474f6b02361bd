//! The data path: what is live, and which version answers a request.

use bytes::Bytes;
use promptory_api::serving::Resolve;
use promptory_core::{limits, template::Rendered, time::Timestamp};
use promptory_store::LiveRow;

use super::{Ctx, Outcome, references, render, wire};
use crate::{
    numbers::number_text,
    refusal::{Code, Refusal},
    serving::{Ask, Build, Miss, Parts, Reason, Subject, resolve},
};

/// # Errors
/// No such prompt or environment, or nothing is live.
pub fn active<T>(ctx: &Ctx, name: &str, environment: &str, take: impl FnOnce(&Build) -> T) -> Outcome<T> {
    let snapshot = ctx.project.snapshot();
    match resolve(&snapshot, &Ask { prompt: name, environment, version: None }) {
        Ok(choice) => Ok(take(choice.build)),
        Err(miss) => Err(refusal(miss, name, environment)),
    }
}

fn refusal(miss: Miss, name: &str, environment: &str) -> Refusal {
    match miss {
        Miss::NoPrompt | Miss::NotInMemory => Refusal::no_prompt(name),
        Miss::NoEnvironment => Refusal::no_environment(environment),
        Miss::Archived => {
            Refusal::new(Code::NothingLive, format!("{name:?} is archived and not served; restore it first."))
        }
        Miss::NothingLive => Refusal::new(
            Code::NothingLive,
            format!("Nothing of {name:?} is live in {environment:?}; activate a version there."),
        ),
    }
}

/// What was live then, from the database.
///
/// # Errors
/// A time that cannot be read, no such prompt or environment, or nothing was live.
pub async fn active_at(ctx: &Ctx, name: &str, environment: &str, at: &str) -> Outcome<Bytes> {
    let at = Timestamp::parse_rfc3339(at)
        .ok_or_else(|| Refusal::invalid("", "at: use RFC 3339, such as 2026-11-20T10:00:00Z."))?;
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
        revision: live.revision,
    });
    Ok(build.body)
}

/// The answer of `resolve`, written by hand from the build's prebuilt front.
///
/// # Errors
/// No such prompt, environment or version; variables that do not fit; a template that fails.
pub async fn resolved(ctx: &Ctx, name: &str, body: &Resolve) -> Outcome<Bytes> {
    if body.key.as_ref().is_some_and(|key| key.len() > limits::SHORT_TEXT_BYTES) {
        return Err(Refusal::invalid(
            "/key",
            format!("A key has at most {} bytes.", limits::SHORT_TEXT_BYTES),
        ));
    }
    let environment = ctx.environment(body.environment.as_deref())?;
    let ask = Ask { prompt: name, environment: &environment, version: body.version.as_deref() };
    let in_memory = {
        let snapshot = ctx.project.snapshot();
        match resolve(&snapshot, &ask) {
            Ok(choice) => Some((choice.entry.id.clone(), choice.build.clone(), choice.reason)),
            Err(Miss::NotInMemory) => None,
            Err(miss) => return Err(refusal(miss, name, &environment)),
        }
    };
    if let Some((prompt_id, build, reason)) = in_memory {
        let facts = Facts { prompt_id: &prompt_id, build: &build, reason, from_database: false };
        return answer(ctx, &environment, body, &facts);
    }
    let reference = body.version.as_deref().unwrap_or_default();
    if ctx.project.snapshot().environment(reference).is_some() {
        // Before the cache, which does not know keys: one bound elsewhere may not see what is live there.
        ctx.environment(Some(reference))?;
    }
    // Boxed, so that the usual answer does not carry room for this one along.
    let pinned = Box::pin(ctx.app.pins.get(ctx, name, &environment, reference)).await?;
    let facts = Facts {
        prompt_id: &pinned.prompt_id,
        build: &pinned.build,
        reason: Reason::Pinned,
        from_database: true,
    };
    answer(ctx, &environment, body, &facts)
}

struct Facts<'a> {
    prompt_id: &'a str,
    build: &'a Build,
    reason: Reason,
    from_database: bool,
}

fn answer(ctx: &Ctx, environment: &str, body: &Resolve, facts: &Facts<'_>) -> Outcome<Bytes> {
    let build = facts.build;
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
    if let Some(id) = build.deployment_id.as_deref() {
        out.extend_from_slice(b",\"deployment_id\":");
        json_string(&mut out, id);
    }
    out.extend_from_slice(format!(",\"revision\":{}", build.revision).as_bytes());
    out.extend_from_slice(b",\"resolution\":\"");
    let subject = Subject {
        prompt_id: facts.prompt_id,
        version_id: &build.version_id,
        environment,
        unit: body.key.as_deref(),
        at: ctx.now,
    };
    ctx.app.tokens.write(&subject, &mut out);
    out.push(b'"');
    if facts.from_database {
        out.extend_from_slice(b",\"source\":\"database\"");
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
