//! Comparing two versions, or a version with an unsaved draft. Nothing is written.

use promptory_api::compare as api;
use promptory_core::{
    compare::{self, Budget, Comparison, ContentDiff, JsonChange, Named, json_changes},
    template::Rendered,
};
use promptory_store::{ProjectReader, PromptRow};
use serde_json::{Map, Value};

use super::{Ctx, Outcome, analytics, references, render, samples, wire};
use crate::{compare_wire as to_wire, numbers::number_text, refusal::Refusal};

/// One side of a comparison.
struct Side {
    /// None: a draft.
    id: Option<String>,
    shown: api::Side,
    subject: render::Subject,
    metadata: Value,
}

/// # Errors
/// No such prompt or version, a draft that is not valid, or not exactly one of `to` and `draft`.
pub async fn compare(ctx: &Ctx, name: &str, body: &api::Compare) -> Outcome<api::Comparison> {
    let environment = body.environment.as_deref();
    let with_inputs = body.variables.is_some() || body.sample.is_some();
    let (from, to, variables, sides) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, name).await?;
        let from = stored(ctx, &mut reader, &prompt, (&body.from, environment), with_inputs).await?;
        let to = match (&body.to, &body.draft) {
            (Some(reference), None) => {
                stored(ctx, &mut reader, &prompt, (reference, environment), with_inputs).await?
            }
            (None, Some(draft)) => {
                let subject = (prompt.name.as_str(), wire::kind(&prompt.kind, "")?);
                let (subject, _) = render::drafted(ctx, subject, draft, "/draft", environment).await?;
                let metadata = Value::Object(draft.metadata.clone().unwrap_or_default());
                let content_hash = subject.definition.content_hash();
                let shown = api::Side { version: None, sequence: None, content_hash };
                Side { id: None, shown, subject, metadata }
            }
            _ => return Err(Refusal::invalid("/to", "Give `to` or `draft`, one of the two.")),
        };
        let variables = match with_inputs {
            true => Some(
                samples::variables(&mut reader, &prompt.id, body.sample.as_deref(), body.variables.as_ref())
                    .await?,
            ),
            false => None,
        };
        let sides = sides(ctx, &prompt, &from, &to);
        (from, to, variables, sides)
    };
    let performance = match sides {
        Some(sides) => analytics::compare_sides(ctx, &sides).await?,
        None => None,
    };
    // Large texts take a moment: not on the threads that serve.
    let done = tokio::task::spawn_blocking(move || both(from, to, variables.as_ref())).await;
    let compared = done.map_err(|error| {
        tracing::error!(%error, "a comparison failed");
        Refusal::new(crate::refusal::Code::Internal, "The comparison failed. The request id is in the log.")
    })?;
    let performance = performance.and_then(|figures| serde_json::to_value(figures).ok());
    Ok(api::Comparison { performance, ..compared })
}

/// Whose executions to compare: of two stored versions, where the key looks when it says nothing.
fn sides(ctx: &Ctx, prompt: &PromptRow, from: &Side, to: &Side) -> Option<analytics::Sides> {
    let environment = ctx.environment(None).ok()?;
    let version = |side: &Side| Some((side.id.clone()?, side.shown.version.clone()?));
    Some(analytics::Sides {
        prompt_id: prompt.id.clone(),
        prompt: prompt.name.clone(),
        versions: [version(from)?, version(to)?],
        environment,
    })
}

/// Includes are looked up only where both sides are rendered: one that is missing keeps nobody from comparing texts.
async fn stored(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    (reference, environment): (&str, Option<&str>),
    with_includes: bool,
) -> Outcome<Side> {
    let row = references::version(ctx, reader, prompt, reference).await?;
    let subject = if with_includes {
        render::subject(ctx, reader, prompt, reference, environment).await?
    } else {
        render::Subject { definition: wire::definition(&prompt.kind, &row)?, includes: Vec::new() }
    };
    let metadata = serde_json::from_str(&row.metadata).map_err(|_| wire::damaged("version", &row.id))?;
    let version = Some(number_text(row.major, row.minor, row.patch, &row.pre));
    let shown = api::Side { version, sequence: Some(row.sequence), content_hash: row.content_hash };
    Ok(Side { id: Some(row.id), shown, subject, metadata })
}

fn both(from: Side, to: Side, variables: Option<&Map<String, Value>>) -> api::Comparison {
    let found: Comparison =
        compare::compare(&from.subject.definition, &to.subject.definition, Budget::default());
    let metadata = json_changes(&from.metadata, &to.metadata).into_iter().map(json_change).collect();
    let rendered = variables.map(|variables| rendered(&from.subject, &to.subject, variables));
    let counts = found.counts;
    let (hunks, messages) = match found.content {
        ContentDiff::Text(diff) => (Some(to_wire::hunks(diff)), None),
        ContentDiff::Chat(parts) => (None, Some(parts.into_iter().map(to_wire::message).collect())),
    };
    api::Comparison {
        from: from.shown,
        to: to.shown,
        content: api::ContentDiff {
            added_lines: counts.added_lines,
            removed_lines: counts.removed_lines,
            added_chars: counts.added_chars,
            removed_chars: counts.removed_chars,
            coarse: found.coarse,
            hunks,
            messages,
        },
        template: found.language.map(|change| api::Difference {
            name: "template".to_owned(),
            before: Some(change.before.as_str().into()),
            after: Some(change.after.as_str().into()),
        }),
        variables: found.variables.into_iter().map(to_wire::variable).collect(),
        settings: found.settings.into_iter().map(setting).collect(),
        metadata,
        forward: to_wire::verdict(found.forward),
        backward: to_wire::verdict(found.backward),
        rendered,
        performance: None,
    }
}

fn setting(named: Named<Value>) -> api::Difference {
    api::Difference { name: named.name, before: named.before, after: named.after }
}

fn json_change(change: JsonChange) -> api::Difference {
    api::Difference { name: change.pointer, before: change.before, after: change.after }
}

/// What a model would see of both, as one text each.
fn rendered(
    from: &render::Subject,
    to: &render::Subject,
    variables: &Map<String, Value>,
) -> api::RenderedDiff {
    let mut problems = Vec::new();
    let mut one = |side: &str, subject: &render::Subject| {
        let text = subject
            .compile()
            .map_err(|violations| {
                violations.into_iter().map(|violation| violation.detail).collect::<Vec<_>>().join(" ")
            })
            .and_then(|compiled| compiled.render(variables).map_err(|error| render::refusal(error).detail));
        text.map(as_text).map_err(|why| problems.push(format!("{side}: {why}"))).ok()
    };
    let hunks = match (one("from", from), one("to", to)) {
        (Some(from), Some(to)) => to_wire::hunks(compare::diff_texts(&from, &to, Budget::default())),
        _ => Vec::new(),
    };
    api::RenderedDiff { hunks, problems }
}

fn as_text(rendered: Rendered) -> String {
    match rendered {
        Rendered::Text(text) => text,
        Rendered::Chat(messages) => {
            messages.iter().map(|message| format!("[{}]\n{}\n", message.role, message.content)).collect()
        }
    }
}
