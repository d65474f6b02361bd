//! Rendering for authors: a stored version or a draft with given variables.

use promptory_api::version::{Message, RenderDraft, RenderInput, RenderOutput};
use promptory_core::{
    definition::{Definition, NewDefinition},
    template::{Compiled, RenderError, Rendered, estimate_tokens},
};
use serde_json::{Map, Value};

use super::{Ctx, Outcome, references, wire};
use crate::refusal::{Code, Refusal};

/// # Errors
/// No such version, variables that do not fit, or a template that fails.
pub async fn stored(ctx: &Ctx, name: &str, reference: &str, input: &RenderInput) -> Outcome<RenderOutput> {
    let row = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, name).await?;
        let row = references::version(ctx, &mut reader, &prompt, reference).await?;
        (prompt.kind, row)
    };
    let (kind, row) = row;
    let definition =
        Definition::from_stored(&kind, &row.content, &row.template, &row.variables, &row.settings)
            .map_err(|_| wire::damaged("version", &row.id))?;
    render(&definition, &input.variables, Vec::new())
}

/// # Errors
/// The draft is not valid, variables do not fit, or the template fails.
pub fn draft(input: &RenderDraft) -> Outcome<RenderOutput> {
    let new = &input.version;
    let guessed = if new.content.is_array() { "chat" } else { "text" };
    let checked = Definition::check(&NewDefinition {
        kind: wire::kind(input.kind.as_deref().unwrap_or(guessed), "/kind")?,
        content: &new.content,
        template: new.template.as_deref(),
        variables: new.variables.as_ref(),
        settings: new.settings.as_ref(),
        allow_secret: new.allow_secret.is_some(),
    })
    .map_err(|violations| {
        let mut refusal = Refusal::violations(Code::Invalid, violations);
        for problem in &mut refusal.errors {
            problem.pointer.insert_str(0, "/version");
        }
        refusal
    })?;
    render(&checked.definition, &input.variables, checked.warnings)
}

fn render(
    definition: &Definition,
    variables: &Map<String, Value>,
    warnings: Vec<String>,
) -> Outcome<RenderOutput> {
    let compiled =
        Compiled::new(definition).map_err(|problems| Refusal::violations(Code::Invalid, problems))?;
    let rendered = compiled.render(variables).map_err(refusal)?;
    let tokens_estimate = estimate_tokens(&rendered);
    let (text, messages) = parts(rendered);
    Ok(RenderOutput { messages, text, tokens_estimate, cost_estimate_usd: None, warnings })
}

fn parts(rendered: Rendered) -> (Option<String>, Option<Vec<Message>>) {
    match rendered {
        Rendered::Text(text) => (Some(text), None),
        Rendered::Chat(messages) => {
            let messages =
                messages.into_iter().map(|m| Message { role: m.role, content: m.content }).collect();
            (None, Some(messages))
        }
    }
}

pub(super) fn refusal(error: RenderError) -> Refusal {
    match error {
        RenderError::Variables(problems) => Refusal::violations(Code::InvalidVariables, problems),
        RenderError::Template(problem) => Refusal::violations(Code::RenderFailed, vec![problem]),
    }
}
