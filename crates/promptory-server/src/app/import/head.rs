//! What belongs to the prompt itself: metadata, former names, labels, samples, whether it is archived.

use std::collections::HashMap;

use promptory_api::prompt::PutSample;
use promptory_core::{
    access::Permission,
    limits,
    name::{PromptName, check_label},
};
use promptory_files::{Prompt, Refused, Sample};
use promptory_store::{Naming, PromptMetadata, PromptRow, WriteTx};

use super::{
    Import,
    prompt::{Present, Work, as_new, micros},
};
use crate::{
    app::{Ctx, Outcome, approvals, authority, deployments::not_rolling_out, prompts, samples},
    check::json_text,
    ids::uuid_v7,
    refusal::{Code, Refusal},
};

/// # Errors
/// The name, the kind or a field breaks a rule.
pub(super) fn check(prompt: &Prompt) -> Outcome<PromptName> {
    if let Some(about) = &prompt.about {
        micros(about.created_at.as_deref(), "/created_at")?;
    }
    prompts::check_new(&as_new(prompt))
}

fn metadata(prompt: &Prompt) -> PromptMetadata {
    let about = prompt.about.clone().unwrap_or_default();
    PromptMetadata {
        description: about.description,
        category: about.category,
        owner: about.owner,
        tags: json_text(&about.tags),
        metadata: json_text(&about.metadata),
    }
}

fn same(row: &PromptRow, wanted: &PromptMetadata) -> bool {
    (&row.description, &row.category, &row.owner, &row.tags, &row.metadata)
        == (&wanted.description, &wanted.category, &wanted.owner, &wanted.tags, &wanted.metadata)
}

/// Whether anything beside versions has to be written.
pub(super) fn differs(present: &Present, prompt: &Prompt, ids: &HashMap<String, String>) -> bool {
    let samples = prompt.samples.iter().any(|sample| !has_sample(present, sample));
    let Some(about) = &prompt.about else { return samples };
    samples
        || !same(&present.prompt, &metadata(prompt))
        || present.prompt.archived_at.is_some() != about.archived
        || about.former_names.iter().any(|name| !present.former_names.contains(name))
        || about.labels.iter().any(|(name, number)| !has_label(present, name, ids.get(number)))
}

fn has_sample(present: &Present, sample: &Sample) -> bool {
    let variables = json_text(&sample.variables);
    present.samples.iter().any(|row| {
        row.name == sample.name && row.description == sample.description && row.variables == variables
    })
}

fn has_label(present: &Present, name: &str, version_id: Option<&String>) -> bool {
    present.labels.iter().any(|row| row.name == name && Some(&row.version_id) == version_id)
}

pub(super) async fn create(ctx: &Ctx, tx: &mut WriteTx, work: &Work) -> Outcome<PromptRow> {
    prompts::free(&mut tx.project(), &work.name, None).await?;
    let new = promptory_store::NewPrompt {
        id: uuid_v7(&*ctx.app.ids, tx.at()),
        name: work.name.as_str().to_owned(),
        name_folded: work.name.folded(),
        kind: work.prompt.kind.clone(),
        metadata: metadata(&work.prompt),
        created_by: ctx.caller.name.to_string(),
    };
    let taken = || Refusal::new(Code::NameTaken, format!("There is a prompt called {} already.", work.name));
    let row = tx.insert_prompt(&new).await?.ok_or_else(taken)?;
    if let Some(about) = &work.prompt.about {
        let at = micros(about.created_at.as_deref(), "/created_at")?;
        tx.set_prompt_source(&row.id, about.author.as_deref(), at).await?;
    }
    Ok(row)
}

/// An archived prompt takes nothing; where the files say that it is in use, it is taken out again, or that is asked for:
/// how many have to agree then.
pub(super) async fn restore(
    ctx: &Ctx,
    tx: &mut WriteTx,
    row: PromptRow,
    prompt: &Prompt,
) -> Outcome<(PromptRow, usize)> {
    let wanted = prompt.about.as_ref().is_some_and(|about| !about.archived);
    if row.archived_at.is_none() || !wanted {
        return Ok((row, 0));
    }
    let pending = approvals::archive(ctx, tx, &row, false).await?;
    if pending.is_empty() {
        return Ok((PromptRow { archived_at: None, ..row }, 0));
    }
    Ok((row, pending.len()))
}

/// The row as it is afterwards, and whether it changed.
pub(super) async fn update(tx: &mut WriteTx, row: PromptRow, prompt: &Prompt) -> Outcome<(PromptRow, bool)> {
    let wanted = metadata(prompt);
    if prompt.about.is_none() || same(&row, &wanted) {
        return Ok((row, false));
    }
    Ok((tx.update_prompt(&row, &wanted).await?, true))
}

/// Behind the versions: what points to them, and the archive.
pub(super) async fn finish(
    import: &mut Import<'_>,
    tx: &mut WriteTx,
    row: &PromptRow,
    work: &mut Work,
    before: Option<&Present>,
) -> Outcome<()> {
    for sample in std::mem::take(&mut work.prompt.samples) {
        if before.is_some_and(|before| has_sample(before, &sample)) {
            continue;
        }
        let put = put_sample(import.ctx, tx, row, &sample).await;
        work.updated |= import.noted(&sample.path, put)?.is_some() && before.is_some();
    }
    let Some(about) = work.prompt.about.clone() else { return Ok(()) };
    let path = work.prompt.path.clone();
    for former in &about.former_names {
        if before.is_none_or(|before| !before.former_names.contains(former)) {
            let put = put_former_name(tx, row, former).await;
            work.updated |= import.noted(&path, put)?.is_some() && before.is_some();
        }
    }
    for (label, number) in &about.labels {
        let Some(id) = work.ids.get(number) else {
            let detail = format!("The label {label:?} points to {number}, which is not there.");
            import.refuse([Refused::new(&path, detail)]);
            continue;
        };
        if before.is_none_or(|before| !has_label(before, label, Some(id))) {
            let put = put_label(import.ctx, tx, row, label, id).await;
            work.updated |= import.noted(&path, put)?.is_some() && before.is_some();
        }
    }
    if about.archived && row.archived_at.is_none() {
        not_rolling_out(tx, &row.id, None).await?;
        let pending = approvals::archive(import.ctx, tx, row, true).await?;
        import.report.pending += u64::try_from(pending.len()).unwrap_or(0);
        work.updated |= before.is_some();
    }
    Ok(())
}

async fn put_sample(ctx: &Ctx, tx: &mut WriteTx, row: &PromptRow, sample: &Sample) -> Outcome<()> {
    let body = PutSample {
        description: Some(sample.description.clone()),
        variables: sample.variables.clone(),
        name: None,
        updated_by: None,
        updated_at: None,
    };
    samples::check(&sample.name, &body)?;
    if tx.project().samples(&row.id).await?.len() >= limits::SAMPLES_PER_PROMPT {
        return Err(Refusal::invalid(
            "",
            format!("A prompt has at most {} samples.", limits::SAMPLES_PER_PROMPT),
        ));
    }
    let text = json_text(&sample.variables);
    tx.put_sample(&row.id, (&sample.name, &sample.description, &text), &ctx.caller.name).await?;
    Ok(())
}

async fn put_former_name(tx: &mut WriteTx, row: &PromptRow, former: &str) -> Outcome<()> {
    let name = PromptName::parse(former).map_err(|why| Refusal::invalid("/former_names", why))?;
    prompts::free(&mut tx.project(), &name, None).await?;
    if tx.project().former_names(&row.id).await?.len() >= limits::FORMER_NAMES {
        let detail = format!("A prompt keeps at most {} former names.", limits::FORMER_NAMES);
        return Err(Refusal::invalid("/former_names", detail));
    }
    authority::name(tx, row, Naming::Former(name.as_str())).await?;
    Ok(())
}

/// A label is served, so who moves one needs the right to deploy.
async fn put_label(
    ctx: &Ctx,
    tx: &mut WriteTx,
    row: &PromptRow,
    label: &str,
    version_id: &str,
) -> Outcome<()> {
    if !Permission::Deploy.allows(ctx.caller.scopes, ctx.caller.instance_admin) {
        let detail = format!("To point the label {label:?}, a key needs {}.", Permission::Deploy.needs());
        return Err(Refusal::new(Code::Forbidden, detail));
    }
    check_label(label).map_err(|why| Refusal::invalid("/labels", why))?;
    if tx.project().environments().await?.iter().any(|environment| environment.name == label) {
        let detail =
            format!("{label:?} is an environment here; import with activation to make a version live there.");
        return Err(Refusal::new(Code::NameTaken, detail));
    }
    let labels = tx.project().labels(&row.id).await?;
    if labels.len() >= limits::LABELS_PER_PROMPT && !labels.iter().any(|known| known.name == label) {
        return Err(Refusal::invalid(
            "/labels",
            format!("A prompt has at most {} labels.", limits::LABELS_PER_PROMPT),
        ));
    }
    authority::label(tx, &row.id, label, Some(version_id), &ctx.caller.name).await?;
    Ok(())
}
