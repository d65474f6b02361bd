//! Sample inputs of a prompt: named variables that render, preview and compare use.

use promptory_api::{
    page::Page,
    prompt::{PutSample, Sample},
};
use promptory_core::{limits, name::check_sample_name};
use promptory_store::{ProjectReader, SampleRow};
use serde_json::{Map, Value, json};

use super::{
    Ctx, Outcome,
    prompts::{self, about},
    references, wire,
};
use crate::{
    check::{Checks, json_text},
    refusal::{Code, Refusal},
};

fn shown(row: SampleRow) -> Outcome<Sample> {
    Ok(Sample {
        variables: serde_json::from_str(&row.variables).map_err(|_| wire::damaged("sample", &row.name))?,
        name: row.name,
        description: row.description,
        updated_by: row.updated_by,
        updated_at: wire::time(row.updated_at),
    })
}

/// In order of their names.
///
/// # Errors
/// No such prompt.
pub async fn list(ctx: &Ctx, name: &str) -> Outcome<Page<Sample>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let items = reader.samples(&prompt.id).await?.into_iter().map(shown).collect::<Outcome<Vec<_>>>()?;
    let total = i64::try_from(items.len()).ok();
    Ok(Page { items, next_cursor: None, total })
}

/// # Errors
/// No such prompt or sample.
pub async fn show(ctx: &Ctx, name: &str, wanted: &str) -> Outcome<Sample> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    find(&mut reader, &prompt.id, wanted).await
}

async fn find(reader: &mut ProjectReader<'_>, prompt_id: &str, wanted: &str) -> Outcome<Sample> {
    match reader.sample(prompt_id, wanted).await? {
        Some(row) => shown(row),
        None => Err(Refusal::new(Code::NotFound, format!("The prompt has no sample {wanted:?}."))),
    }
}

/// The variables of a sample with those given in place of its own.
///
/// # Errors
/// No such sample.
pub(super) async fn variables(
    reader: &mut ProjectReader<'_>,
    prompt_id: &str,
    sample: Option<&str>,
    given: Option<&Map<String, Value>>,
) -> Outcome<Map<String, Value>> {
    let mut variables = match sample {
        Some(name) => find(reader, prompt_id, name).await?.variables,
        None => Map::new(),
    };
    variables.extend(given.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    Ok(variables)
}

/// # Errors
/// The name is no sample's, or a field breaks a rule.
pub(super) fn check(wanted: &str, body: &PutSample) -> Outcome<()> {
    let mut checks = Checks::strict();
    if let Err(why) = check_sample_name(wanted) {
        checks.add("name", "/name", why);
    }
    checks.text("/description", body.description.as_deref(), limits::DESCRIPTION_BYTES);
    checks.object("/variables", &body.variables);
    checks.secrets("/variables", Some(&Value::Object(body.variables.clone())));
    checks.finish()
}

/// Creates or replaces.
///
/// # Errors
/// A field that breaks a rule, too many samples, or no such prompt.
pub async fn put(ctx: &Ctx, name: &str, wanted: &str, body: &PutSample) -> Outcome<Sample> {
    check(wanted, body)?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    prompts::takes_changes(&prompt)?;
    let samples = tx.project().samples(&prompt.id).await?;
    let known = samples.iter().any(|row| row.name == wanted);
    if !known && samples.len() >= limits::SAMPLES_PER_PROMPT {
        let detail = format!("A prompt has at most {} samples.", limits::SAMPLES_PER_PROMPT);
        return Err(Refusal::invalid("", detail));
    }
    let description = body.description.clone().unwrap_or_default();
    let text = json_text(&body.variables);
    tx.put_sample(&prompt.id, (wanted, &description, &text), &ctx.caller.name).await?;
    let sample = Sample {
        name: wanted.to_owned(),
        description,
        variables: body.variables.clone(),
        updated_by: ctx.caller.name.to_string(),
        updated_at: tx.at().to_rfc3339(),
    };
    ctx.remember(&mut tx, 200, &sample).await?;
    // Values may be personal: the log names them only.
    let names: Vec<&String> = body.variables.keys().collect();
    let detail = json!({"sample": wanted, "variables": names, "new": !known});
    ctx.commit(tx, about(ctx, "sample.put", &prompt.id, &prompt.name, &detail)).await?;
    Ok(sample)
}

/// # Errors
/// No such prompt or sample.
pub async fn delete(ctx: &Ctx, name: &str, wanted: &str) -> Outcome<()> {
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    if !tx.delete_sample(&prompt.id, wanted).await? {
        return Err(Refusal::new(Code::NotFound, format!("The prompt has no sample {wanted:?}.")));
    }
    ctx.remember(&mut tx, 204, &()).await?;
    let audit = about(ctx, "sample.delete", &prompt.id, &prompt.name, &json!({"sample": wanted}));
    ctx.commit(tx, audit).await?;
    Ok(())
}
