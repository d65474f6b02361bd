//! Comparing two versions, or a version with an unsaved draft. Nothing is written.

use promptory_api::compare as api;
use promptory_core::{
    compare::{self, Budget, Comparison, ContentDiff, JsonChange, Named, json_changes},
    definition::Definition,
    template::{Compiled, Rendered},
};
use promptory_store::{ProjectReader, PromptRow};
use serde_json::{Map, Value};

use super::{Ctx, Outcome, references, render, versions_change, wire};
use crate::{compare_wire as to_wire, numbers::number_text, refusal::Refusal};

/// One side of a comparison.
struct Side {
    shown: api::Side,
    definition: Definition,
    metadata: Value,
}

/// # Errors
/// No such prompt or version, a draft that is not valid, or not exactly one of `to` and `draft`.
pub async fn compare(ctx: &Ctx, name: &str, body: &api::Compare) -> Outcome<api::Comparison> {
    let (from, to) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, name).await?;
        let from = stored(ctx, &mut reader, &prompt, &body.from).await?;
        let to = match (&body.to, &body.draft) {
            (Some(reference), None) => stored(ctx, &mut reader, &prompt, reference).await?,
            (None, Some(draft)) => {
                let kind = wire::kind(&prompt.kind, "")?;
                let definition = versions_change::check(ctx, kind, draft, "/draft")?.definition;
                let metadata = Value::Object(draft.metadata.clone().unwrap_or_default());
                let content_hash = definition.content_hash();
                Side {
                    shown: api::Side { version: None, sequence: None, content_hash },
                    definition,
                    metadata,
                }
            }
            _ => return Err(Refusal::invalid("/to", "Give `to` or `draft`, one of the two.")),
        };
        (from, to)
    };
    let variables = body.variables.clone();
    // Large texts take a moment: not on the threads that serve.
    let done = tokio::task::spawn_blocking(move || both(from, to, variables.as_ref())).await;
    done.map_err(|error| {
        tracing::error!(%error, "a comparison failed");
        Refusal::new(crate::refusal::Code::Internal, "The comparison failed. The request id is in the log.")
    })
}

async fn stored(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    reference: &str,
) -> Outcome<Side> {
    let row = references::version(ctx, reader, prompt, reference).await?;
    let damaged = || wire::damaged("version", &row.id);
    let definition =
        Definition::from_stored(&prompt.kind, &row.content, &row.template, &row.variables, &row.settings)
            .map_err(|_| damaged())?;
    let metadata = serde_json::from_str(&row.metadata).map_err(|_| damaged())?;
    let version = Some(number_text(row.major, row.minor, row.patch, &row.pre));
    let shown = api::Side { version, sequence: Some(row.sequence), content_hash: row.content_hash };
    Ok(Side { shown, definition, metadata })
}

fn both(from: Side, to: Side, variables: Option<&Map<String, Value>>) -> api::Comparison {
    let found: Comparison = compare::compare(&from.definition, &to.definition, Budget::default());
    let metadata = json_changes(&from.metadata, &to.metadata).into_iter().map(json_change).collect();
    let rendered = variables.map(|variables| rendered(&from.definition, &to.definition, variables));
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
fn rendered(from: &Definition, to: &Definition, variables: &Map<String, Value>) -> api::RenderedDiff {
    let mut problems = Vec::new();
    let mut one = |side: &str, definition: &Definition| {
        let text = Compiled::new(definition)
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
