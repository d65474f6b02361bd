//! Rendering for authors: a stored version or a draft with given variables.

use promptory_api::version::{Message, NewVersion, RenderDraft, RenderInput, RenderOutput};
use promptory_core::{
    build::Stored,
    cost::Usage,
    definition::{Definition, Kind},
    template::{Compiled, RenderError, Rendered, estimate_tokens},
    violation::Violation,
};
use promptory_store::{Included, ProjectReader, PromptRow};
use serde_json::{Map, Number, Value};

use super::{
    Ctx, Outcome,
    builds::{self, Root},
    deployments, prices, references, samples, versions_change, wire,
};
use crate::{
    numbers::number,
    refusal::{Code, Refusal},
    serving,
};

/// # Errors
/// No such version or sample, variables that do not fit, an include that cannot be resolved, or a template that fails.
pub async fn stored(ctx: &Ctx, name: &str, reference: &str, input: &RenderInput) -> Outcome<RenderOutput> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let variables =
        samples::variables(&mut reader, &prompt.id, input.sample.as_deref(), Some(&input.variables)).await?;
    let subject = subject(ctx, &mut reader, &prompt, reference, input.environment.as_deref()).await?;
    subject.render(ctx, &variables, Vec::new())
}

/// What is rendered: a definition and what it includes.
pub(super) struct Subject {
    pub definition: Definition,
    pub includes: Vec<Included>,
}

impl Subject {
    pub(super) fn compile(&self) -> Result<Compiled, Vec<Violation>> {
        let definition = &self.definition;
        let stored = Stored {
            kind: definition.kind.as_str(),
            content: &definition.content_json(),
            template: definition.language.as_str(),
            variables: &definition.variables_json(),
            settings: &definition.settings_json(),
        };
        serving::compile(&stored, &self.includes)
    }

    fn render(
        &self,
        ctx: &Ctx,
        variables: &Map<String, Value>,
        warnings: Vec<String>,
    ) -> Outcome<RenderOutput> {
        let compiled = self.compile().map_err(|problems| Refusal::violations(Code::Invalid, problems))?;
        let rendered = compiled.render(variables).map_err(refusal)?;
        let tokens_estimate = estimate_tokens(&rendered);
        let cost_estimate_usd = self.cost_of_input(ctx, tokens_estimate);
        let (text, messages) = parts(rendered);
        Ok(RenderOutput { messages, text, tokens_estimate, cost_estimate_usd, warnings })
    }

    /// What sending so many tokens to the version's model costs, if it names one and that has a price.
    fn cost_of_input(&self, ctx: &Ctx, input: u64) -> Option<Number> {
        let setting = |name| self.definition.settings.get(name).and_then(Value::as_str);
        let usage = Usage { input, ..Usage::default() };
        let cost = ctx.prices().cost(setting("provider"), setting("model")?, ctx.now, &usage)?;
        cost.ok().map(|pico| prices::dollars(i128::from(pico)))
    }
}

/// A stored version with what its includes mean. Referred to by an environment it is the very build that is live
/// there; otherwise the includes are looked up in the environment given, or are the newest.
pub(super) async fn subject(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    reference: &str,
    environment: Option<&str>,
) -> Outcome<Subject> {
    let row = references::version(ctx, reader, prompt, reference).await?;
    let definition = wire::definition(&prompt.kind, &row)?;
    if let Some(live) = reader.live(&prompt.id, reference).await?
        && ctx.project.snapshot().environment(reference).is_some()
    {
        let includes = deployments::stored_includes(reader, &row.id, &live.build_hash).await?;
        return Ok(Subject { definition, includes });
    }
    let number = number(row.major, row.minor, row.patch, &row.pre);
    let root = Root { name: &prompt.name, number, definition: &definition };
    let includes = builds::make(ctx, reader, &root, given(ctx, environment)?.as_deref()).await?.includes;
    Ok(Subject { definition, includes })
}

/// An environment that may be left out.
pub(super) fn given(ctx: &Ctx, environment: Option<&str>) -> Outcome<Option<String>> {
    let Some(name) = environment else { return Ok(None) };
    let name = ctx.environment(Some(name))?;
    if ctx.project.snapshot().environment(&name).is_none() {
        return Err(Refusal::no_environment(&name));
    }
    Ok(Some(name))
}

/// # Errors
/// The draft is not valid, an include cannot be resolved, variables do not fit, or the template fails.
pub async fn draft(ctx: &Ctx, input: &RenderDraft) -> Outcome<RenderOutput> {
    let new = &input.version;
    let guessed = if new.content.is_array() { "chat" } else { "text" };
    let kind = wire::kind(input.kind.as_deref().unwrap_or(guessed), "/kind")?;
    let (subject, warnings) =
        drafted(ctx, (DRAFT, kind), new, "/version", input.environment.as_deref()).await?;
    subject.render(ctx, &input.variables, warnings)
}

/// What a draft without a prompt is called where includes are looked at.
const DRAFT: &str = "draft";

/// An unsaved version with what its includes mean, and warnings.
pub(super) async fn drafted(
    ctx: &Ctx,
    (name, kind): (&str, Kind),
    new: &NewVersion,
    prefix: &str,
    environment: Option<&str>,
) -> Outcome<(Subject, Vec<String>)> {
    // Activation is not looked at: nothing is stored.
    let new = NewVersion { activate: None, ..new.clone() };
    let mut draft = versions_change::check(ctx, kind, &new, prefix)?;
    draft.look_at_includes(ctx, name).await?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let root = Root { name, number: builds::unnumbered(), definition: &draft.definition };
    let includes = builds::make(ctx, &mut reader, &root, given(ctx, environment)?.as_deref()).await?.includes;
    Ok((Subject { definition: draft.definition, includes }, draft.warnings))
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
