//! Prompts: create, list, show, change, archive, restore.

use promptory_api::{
    prompt::{NewPrompt, Prompt, PromptPatch},
    version::ChangeQuery,
};
use promptory_core::{limits, name::PromptName};
use promptory_store::{Naming, NewAudit, ProjectReader, PromptMetadata, PromptRow, WriteTx};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    Ctx, Outcome, approvals, authority, deployments::not_rolling_out, references, versions_change, wire,
};
use crate::{
    check::{Checks, json_text},
    ids::hex,
    refusal::{Code, Refusal},
};

/// A prompt and the mark of its state for `If-Match`.
pub struct Marked {
    pub prompt: Prompt,
    pub mark: String,
}

/// # Errors
/// The body breaks a rule, the name is taken, or the first version is refused.
pub async fn create(ctx: &Ctx, new: &NewPrompt) -> Outcome<Prompt> {
    let name = check_new(new)?;
    let kind = wire::kind(&new.kind, "/kind")?;
    let first = match &new.version {
        Some(version) => {
            let mut draft = versions_change::check(ctx, kind, version, "/version")?;
            draft.look_at_includes(ctx, name.as_str()).await?;
            Some(draft)
        }
        None => None,
    };
    let mut tx = ctx.write().await?;
    let row = promptory_store::NewPrompt {
        id: ctx.new_id(),
        name: name.as_str().to_owned(),
        name_folded: name.folded(),
        kind: new.kind.clone(),
        metadata: PromptMetadata {
            description: new.description.clone().unwrap_or_default(),
            category: new.category.clone().unwrap_or_default(),
            owner: new.owner.clone().unwrap_or_default(),
            tags: json_text(&new.tags.as_deref().unwrap_or_default()),
            metadata: json_text(&new.metadata.clone().unwrap_or_default()),
        },
        created_by: ctx.caller.name.to_string(),
    };
    free(&mut tx.project(), &name, None).await?;
    let taken = || Refusal::new(Code::NameTaken, format!("There is a prompt called {name} already."));
    let prompt = tx.insert_prompt(&row).await?.ok_or_else(taken)?;
    let mut detail = json!({"kind": new.kind});
    if let Some(first) = first {
        let emergency = first.emergency.clone();
        let created = versions_change::insert(ctx, &mut tx, &prompt, None, first).await?;
        detail["version"] = versions_change::audit_detail(&created, emergency.as_ref());
    }
    let answer = with_state(&mut tx.project(), prompt).await?;
    if new.version.as_ref().is_some_and(|version| version.dry_run == Some(true)) {
        return Ok(Prompt { dry_run: true, ..answer });
    }
    ctx.remember(&mut tx, 201, &answer).await?;
    let audit = about(ctx, "prompt.create", &answer.id, &answer.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(answer)
}

/// # Errors
/// Another prompt has the name, or had it and still gets its callers.
pub(super) async fn free(
    reader: &mut ProjectReader<'_>,
    name: &PromptName,
    own: Option<&str>,
) -> Outcome<()> {
    let folded = name.folded();
    let other = |row: &PromptRow| own.is_none_or(|own| row.id != own);
    if let Some(row) = reader.prompt(&folded).await?.filter(other) {
        return Err(Refusal::new(
            Code::NameTaken,
            format!("There is a prompt called {:?} already (case does not count).", row.name),
        ));
    }
    if let Some(row) = reader.prompt_by_former_name(&folded).await?.filter(other) {
        let detail = format!(
            "{:?} was the name of what is now {:?}, and its callers still get that. Choose another name, or delete the \
             former name first.",
            name.as_str(),
            row.name
        );
        return Err(Refusal::new(Code::NameTaken, detail));
    }
    Ok(())
}

pub(super) fn check_new(new: &NewPrompt) -> Outcome<PromptName> {
    let mut checks = Checks::under("");
    let name = PromptName::parse(&new.name);
    if let Err(why) = &name {
        checks.add("name", "/name", why.clone());
    }
    if let Err(refusal) = wire::kind(&new.kind, "/kind") {
        checks.extend(refusal);
    }
    checks.text("/description", new.description.as_deref(), limits::DESCRIPTION_BYTES);
    checks.text("/category", new.category.as_deref(), limits::SHORT_TEXT_BYTES);
    checks.text("/owner", new.owner.as_deref(), limits::SHORT_TEXT_BYTES);
    checks.tags(new.tags.as_deref());
    checks.metadata(new.metadata.as_ref());
    checks.finish()?;
    name.map_err(|why| Refusal::invalid("/name", why))
}

pub(super) fn about(ctx: &Ctx, action: &str, id: &str, name: &str, detail: &serde_json::Value) -> NewAudit {
    NewAudit { prompt_id: Some(id.to_owned()), prompt: Some(name.to_owned()), ..ctx.audit(action, detail) }
}

async fn with_state(reader: &mut ProjectReader<'_>, row: PromptRow) -> Outcome<Prompt> {
    let live = reader.prompt_live(&row.id).await?.into_iter().map(wire::live).collect();
    let latest = reader.prompt_latest(&row.id).await?.as_ref().map(wire::latest);
    let former = reader.former_names(&row.id).await?.into_iter().map(|row| row.name).collect();
    wire::prompt(row, live, latest, former)
}

/// # Errors
/// No such prompt.
pub async fn show(ctx: &Ctx, name: &str) -> Outcome<Marked> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let row = references::prompt(&mut reader, name).await?;
    let marked = marked(with_state(&mut reader, row).await?);
    let renamed_to = (marked.prompt.name != name).then(|| marked.prompt.name.clone());
    Ok(Marked { prompt: Prompt { renamed_to, ..marked.prompt }, ..marked })
}

/// Strong: over all that the answer says, what is live included.
fn marked(prompt: Prompt) -> Marked {
    let digest = Sha256::digest(json_text(&prompt));
    Marked { mark: format!("\"{}\"", hex(&digest[..16])), prompt }
}

/// # Errors
/// No such prompt, a field that breaks a rule, or the prompt changed since `if_match` was read.
pub async fn update(ctx: &Ctx, name: &str, patch: &PromptPatch, if_match: Option<&str>) -> Outcome<Marked> {
    check_patch(patch)?;
    let mut tx = ctx.write().await?;
    let row = references::prompt(&mut tx.project(), name).await?;
    if let Some(wanted) = if_match.filter(|wanted| *wanted != "*") {
        let now = marked(with_state(&mut tx.project(), row.clone()).await?);
        if now.mark != wanted {
            return Err(Refusal::new(Code::Changed, "The prompt changed since you read it. Read it again."));
        }
    }
    let before = fields(&row);
    let text = |new: &Option<Option<String>>, old: &str| match new {
        None => old.to_owned(),
        Some(value) => value.clone().unwrap_or_default(),
    };
    let metadata = PromptMetadata {
        description: text(&patch.description, &row.description),
        category: text(&patch.category, &row.category),
        owner: text(&patch.owner, &row.owner),
        tags: patch.tags.as_ref().map_or(row.tags.clone(), |t| json_text(&t.clone().unwrap_or_default())),
        metadata: patch
            .metadata
            .as_ref()
            .map_or(row.metadata.clone(), |m| json_text(&m.clone().unwrap_or_default())),
    };
    let mut row = tx.update_prompt(&row, &metadata).await?;
    if let Some(new) = patch.name.as_deref().filter(|new| *new != row.name) {
        row = rename(ctx, &mut tx, row, new).await?;
    }
    let detail = json!({"before": before, "after": fields(&row)});
    let marked = marked(with_state(&mut tx.project(), row).await?);
    if patch.dry_run == Some(true) {
        return Ok(Marked { prompt: Prompt { dry_run: true, ..marked.prompt }, ..marked });
    }
    let prompt = &marked.prompt;
    ctx.remember(&mut tx, 200, prompt).await?;
    let audit = about(ctx, "prompt.update", &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(marked)
}

/// A name concerns every environment, so the key must not be bound to one.
async fn rename(ctx: &Ctx, tx: &mut WriteTx, row: PromptRow, new: &str) -> Outcome<PromptRow> {
    ctx.unbound()?;
    takes_changes(&row)?;
    let name = PromptName::parse(new).map_err(|why| Refusal::invalid("/name", why))?;
    free(&mut tx.project(), &name, Some(&row.id)).await?;
    if tx.project().former_names(&row.id).await?.len() >= limits::FORMER_NAMES {
        let detail = format!("A prompt keeps at most {} former names; delete some.", limits::FORMER_NAMES);
        return Err(Refusal::invalid("/name", detail));
    }
    authority::name(tx, &row, Naming::Rename(name.as_str())).await?;
    references::prompt(&mut tx.project(), name.as_str()).await
}

/// A former name leads nowhere any more, and may be given to another prompt.
///
/// # Errors
/// No such prompt, or it never had that name; the key is bound to one environment.
pub async fn forget_name(ctx: &Ctx, name: &str, former: &str, query: &ChangeQuery) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let row = references::prompt(&mut tx.project(), name).await?;
    let folded = PromptName::parse(former).map(|name| name.folded()).unwrap_or_default();
    if !authority::name(&mut tx, &row, Naming::Forget(&folded)).await? {
        return Err(Refusal::new(Code::NotFound, format!("{:?} never had the name {former:?}.", row.name)));
    }
    if query.dry_run == Some(true) {
        return Ok(());
    }
    ctx.remember(&mut tx, 204, &()).await?;
    let audit = about(ctx, "prompt.forget_name", &row.id, &row.name, &json!({"former_name": former}));
    ctx.commit(tx, audit).await?;
    Ok(())
}

fn check_patch(patch: &PromptPatch) -> Outcome<()> {
    let mut checks = Checks::under("");
    let text = |field: &Option<Option<String>>| field.clone().flatten();
    checks.text("/description", text(&patch.description).as_deref(), limits::DESCRIPTION_BYTES);
    checks.text("/category", text(&patch.category).as_deref(), limits::SHORT_TEXT_BYTES);
    checks.text("/owner", text(&patch.owner).as_deref(), limits::SHORT_TEXT_BYTES);
    checks.tags(patch.tags.as_ref().and_then(Option::as_deref));
    checks.metadata(patch.metadata.as_ref().and_then(Option::as_ref));
    checks.finish()
}

/// # Errors
/// The prompt is archived.
pub(super) fn takes_changes(row: &PromptRow) -> Outcome<()> {
    match row.archived_at {
        None => Ok(()),
        Some(_) => Err(Refusal::new(Code::PromptArchived, "The prompt is archived; restore it first.")),
    }
}

fn fields(row: &PromptRow) -> serde_json::Value {
    let stored = |text: &str| serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
    json!({
        "name": row.name, "description": row.description, "category": row.category, "owner": row.owner, "tags": stored(&row.tags),
        "metadata": stored(&row.metadata),
    })
}

/// Archives or restores. An archived prompt is not served; what was live is live again when it is restored.
///
/// # Errors
/// No such prompt; or the key is bound to one environment.
pub async fn archive(ctx: &Ctx, name: &str, archived: bool, query: &ChangeQuery) -> Outcome<Prompt> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let row = references::prompt(&mut tx.project(), name).await?;
    let unchanged = row.archived_at.is_some() == archived;
    let mut pending = Vec::new();
    if !unchanged {
        if archived {
            not_rolling_out(&mut tx, &row.id, None).await?;
        }
        pending = approvals::archive(ctx, &mut tx, &row, archived).await?;
    }
    let row = references::prompt(&mut tx.project(), name).await?;
    let live = tx.project().live_environments(&row.id).await?;
    let waits = !pending.is_empty();
    let approvals: Vec<String> = pending.iter().map(|pending| pending.id.clone()).collect();
    let prompt = Prompt { pending, ..with_state(&mut tx.project(), row).await? };
    if query.dry_run.unwrap_or(false) {
        return Ok(Prompt { dry_run: true, ..prompt });
    }
    if unchanged {
        return ctx.nothing_changed(tx, 200, prompt, 0).await;
    }
    ctx.remember(&mut tx, 200, &prompt).await?;
    let action = if archived { "prompt.archive" } else { "prompt.restore" };
    let detail = match waits {
        false => json!({"live_in": live}),
        true => json!({"approvals": approvals, "wanted": action}),
    };
    let action = if waits { "approval.open" } else { action };
    let audit = about(ctx, action, &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(prompt)
}
