//! Labels: free names of versions, per prompt. Environments move by activation only; `latest` moves by itself.

use promptory_api::{
    page::Page,
    prompt::{Label, PutLabel},
    version::ChangeQuery,
};
use promptory_core::{limits, name::check_label};
use promptory_store::LabelledRow;
use serde_json::json;

use super::{
    Ctx, Outcome, authority,
    prompts::{self, about},
    references, wire,
};
use crate::{
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// In order of their names; `latest` is not among them.
///
/// # Errors
/// No such prompt.
pub async fn list(ctx: &Ctx, name: &str) -> Outcome<Page<Label>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let items: Vec<Label> = reader.labels(&prompt.id).await?.into_iter().map(label).collect();
    let total = i64::try_from(items.len()).ok();
    Ok(Page { items, next_cursor: None, total })
}

fn label(row: LabelledRow) -> Label {
    Label {
        name: row.name,
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        updated_by: row.updated_by,
        updated_at: wire::time(row.updated_at),
        dry_run: false,
    }
}

/// Points a label to a version; one that exists moves.
///
/// # Errors
/// The name is no label's, is an environment's, or there are too many; no such version; an archived one; the key is
/// bound to one environment, and a label is served in all of them.
pub async fn put(ctx: &Ctx, name: &str, wanted: &str, body: &PutLabel) -> Outcome<Label> {
    ctx.unbound()?;
    check_label(wanted).map_err(|why| Refusal::invalid("/label", why))?;
    let mut tx = ctx.write().await?;
    if tx.project().environments().await?.iter().any(|environment| environment.name == wanted) {
        return Err(Refusal::new(
            Code::NameTaken,
            format!("{wanted:?} is an environment: activate a version there instead."),
        ));
    }
    let prompt = references::prompt(&mut tx.project(), name).await?;
    prompts::takes_changes(&prompt)?;
    let version = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    if version.archived_at.is_some() {
        return Err(Refusal::new(Code::VersionArchived, format!("{number} is archived; restore it first.")));
    }
    let labels = tx.project().labels(&prompt.id).await?;
    let before = labels.iter().find(|row| row.name == wanted);
    if before.is_none() && labels.len() >= limits::LABELS_PER_PROMPT {
        let detail = format!("A prompt has at most {} labels.", limits::LABELS_PER_PROMPT);
        return Err(Refusal::invalid("", detail));
    }
    let dry_run = body.dry_run.unwrap_or(false);
    if let Some(same) = before.filter(|row| row.version_id == version.id) {
        let answer = Label { dry_run, ..label(same.clone()) };
        return if dry_run { Ok(answer) } else { ctx.nothing_changed(tx, 200, answer, 0).await };
    }
    let was = before.map(|row| number_text(row.major, row.minor, row.patch, &row.pre));
    let by = &ctx.caller.name;
    authority::label(&mut tx, &prompt.id, wanted, Some(&version.id), by).await?;
    let answer = Label {
        name: wanted.to_owned(),
        version: number,
        sequence: version.sequence,
        updated_by: ctx.caller.name.to_string(),
        updated_at: tx.at().to_rfc3339(),
        dry_run,
    };
    if dry_run {
        return Ok(answer);
    }
    ctx.remember(&mut tx, 200, &answer).await?;
    let detail =
        json!({"label": wanted, "from": was, "to": answer.version, "content_hash": version.content_hash});
    ctx.commit(tx, about(ctx, "label.put", &prompt.id, &prompt.name, &detail)).await?;
    Ok(answer)
}

/// # Errors
/// No such prompt or label, or the key is bound to one environment.
pub async fn delete(ctx: &Ctx, name: &str, wanted: &str, query: &ChangeQuery) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let labels = tx.project().labels(&prompt.id).await?;
    let Some(before) = labels.into_iter().find(|row| row.name == wanted) else {
        return Err(Refusal::new(Code::NotFound, format!("{:?} has no label {wanted:?}.", prompt.name)));
    };
    if query.dry_run.unwrap_or(false) {
        return Ok(());
    }
    authority::label(&mut tx, &prompt.id, wanted, None, &ctx.caller.name).await?;
    ctx.remember(&mut tx, 204, &()).await?;
    let was = number_text(before.major, before.minor, before.patch, &before.pre);
    let audit = about(ctx, "label.delete", &prompt.id, &prompt.name, &json!({"label": wanted, "from": was}));
    ctx.commit(tx, audit).await?;
    Ok(())
}
