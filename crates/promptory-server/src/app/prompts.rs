//! Prompts: create, list, show, change, archive, restore.

use std::collections::{BTreeMap, HashMap};

use promptory_api::{
    page::Page,
    prompt::{NewPrompt, Prompt, PromptPatch, PromptQuery},
};
use promptory_core::{limits, name::PromptName};
use promptory_store::{
    Archive, NewAudit, ProjectReader, PromptFilter, PromptLatest, PromptMetadata, PromptRow,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Ctx, Outcome, references, versions_change, wire};
use crate::{
    check::{Checks, json_text},
    ids::hex,
    page,
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
        Some(version) => Some(versions_change::check(ctx, kind, version, "/version")?),
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
        created_by: ctx.key.name.to_string(),
    };
    if !tx.insert_prompt(&row).await? {
        return Err(Refusal::new(
            Code::NameTaken,
            format!("There is a prompt called {:?} already (case does not count).", new.name),
        ));
    }
    let prompt = references::prompt(&mut tx.project(), name.as_str()).await?;
    let mut detail = json!({"kind": new.kind});
    if let Some(first) = first {
        let created = versions_change::insert(ctx, &mut tx, &prompt, None, first).await?;
        detail["version"] = versions_change::audit_detail(&created);
    }
    let answer = with_state(&mut tx.project(), prompt).await?;
    ctx.remember(&mut tx, 201, &answer).await?;
    let audit = about(ctx, "prompt.create", &answer.id, &answer.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(answer)
}

fn check_new(new: &NewPrompt) -> Outcome<PromptName> {
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
    let folded = PromptName::parse(&row.name).map_err(|_| wire::damaged("prompt", &row.id))?.folded();
    let live = reader.live_between(&folded, &folded).await?.into_iter().map(wire::live).collect();
    let latest = reader.latest_between(&folded, &folded).await?.first().map(wire::latest);
    wire::prompt(row, live, latest)
}

/// # Errors
/// No such prompt.
pub async fn show(ctx: &Ctx, name: &str) -> Outcome<Marked> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let row = references::prompt(&mut reader, name).await?;
    Ok(marked(with_state(&mut reader, row).await?))
}

/// Strong: over all that the answer says, what is live included.
fn marked(prompt: Prompt) -> Marked {
    let digest = Sha256::digest(json_text(&prompt));
    Marked { mark: format!("\"{}\"", hex(&digest[..16])), prompt }
}

/// In order of the name, without regard to case.
///
/// # Errors
/// A filter or cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &PromptQuery) -> Outcome<Page<Prompt>> {
    let limit = page::limit(query.limit)?;
    let archived = match query.status.as_deref() {
        None | Some("active") => Some(false),
        Some("archived") => Some(true),
        Some("all") => None,
        Some(other) => {
            return Err(Refusal::invalid("", format!("status={other}: use active, archived or all.")));
        }
    };
    if let Some(other) = query.sort.as_deref().filter(|sort| *sort != "name") {
        return Err(Refusal::invalid("", format!("sort={other}: prompts are sorted by name.")));
    }
    let filter = PromptFilter {
        contains: query.query.as_ref().filter(|text| !text.is_empty()).cloned(),
        tag: query.tag.clone(),
        category: query.category.clone(),
        owner: query.owner.clone(),
        archived,
    };
    let after = query.cursor.as_deref().map(page::decode).transpose()?.unwrap_or_default();
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let total = reader.count_prompts(&filter).await?;
    let mut rows = reader.prompts(&filter, &after, limit + 1).await?;
    let folded = |row: &PromptRow| PromptName::parse(&row.name).map(|name| name.folded()).unwrap_or_default();
    let next_cursor = page::cut(&mut rows, limit, folded);
    let (first, last) =
        (rows.first().map(folded).unwrap_or_default(), rows.last().map(folded).unwrap_or_default());
    let mut live: HashMap<String, BTreeMap<String, String>> = HashMap::new();
    for row in reader.live_between(&first, &last).await? {
        let (environment, version) = wire::live(row.clone());
        live.entry(row.prompt_id).or_default().insert(environment, version);
    }
    let latest: HashMap<String, PromptLatest> = reader
        .latest_between(&first, &last)
        .await?
        .into_iter()
        .map(|row| (row.prompt_id.clone(), row))
        .collect();
    let items = rows
        .into_iter()
        .map(|row| {
            let (live, latest) =
                (live.remove(&row.id).unwrap_or_default(), latest.get(&row.id).map(wire::latest));
            wire::prompt(row, live, latest)
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Page { items, next_cursor, total: Some(total) })
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
    tx.update_prompt(&row.id, &metadata).await?;
    let row = references::prompt(&mut tx.project(), name).await?;
    let detail = json!({"before": before, "after": fields(&row)});
    let marked = marked(with_state(&mut tx.project(), row).await?);
    let prompt = &marked.prompt;
    ctx.remember(&mut tx, 200, prompt).await?;
    let audit = about(ctx, "prompt.update", &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(marked)
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

fn fields(row: &PromptRow) -> serde_json::Value {
    json!({
        "description": row.description, "category": row.category, "owner": row.owner, "tags": row.tags,
        "metadata": row.metadata,
    })
}

/// Archives or restores. An archived prompt is not served; what was live is live again when it is restored.
///
/// # Errors
/// No such prompt; or the key is bound to one environment.
pub async fn archive(ctx: &Ctx, name: &str, archived: bool) -> Outcome<Prompt> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let row = references::prompt(&mut tx.project(), name).await?;
    let unchanged = row.archived_at.is_some() == archived;
    if !unchanged {
        tx.apply_archive(&Archive::Prompt { id: &row.id, name: &row.name, kind: &row.kind, archived })
            .await?;
    }
    let row = references::prompt(&mut tx.project(), name).await?;
    let live = tx.project().live_environments(&row.id).await?;
    let prompt = with_state(&mut tx.project(), row).await?;
    if unchanged {
        return Ok(prompt);
    }
    ctx.remember(&mut tx, 200, &prompt).await?;
    let action = if archived { "prompt.archive" } else { "prompt.restore" };
    let audit = about(ctx, action, &prompt.id, &prompt.name, &json!({"live_in": live}));
    ctx.commit(tx, audit).await?;
    Ok(prompt)
}
