//! Versions: list and show, and what may be changed of them later.

use promptory_api::{
    page::{Page, PageQuery},
    version::{Version, VersionPatch},
};
use promptory_store::{Archive, ProjectReader, PromptRow, VersionRow, WriteTx};
use serde_json::json;

pub use super::versions_change::create;
use super::{Ctx, Outcome, prompts::about, references, wire};
use crate::{
    check::{Checks, json_text},
    numbers::number_text,
    page,
    refusal::{Code, Refusal},
};

/// Rows read at once.
const STEP: i64 = 8;
/// Content on a page; beyond it the page ends early.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// # Errors
/// No such prompt or version.
pub async fn show(ctx: &Ctx, name: &str, reference: &str) -> Outcome<Version> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let row = references::version(ctx, &mut reader, &prompt, reference).await?;
    one(&mut reader, &prompt, row).await
}

pub(super) async fn one(
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    row: VersionRow,
) -> Outcome<Version> {
    let facts = reader.version_facts(&row.id).await?;
    let latest = reader.version_latest(&prompt.id).await?.is_some_and(|latest| latest.id == row.id);
    wire::version(row, (&prompt.name, &prompt.kind), facts, latest)
}

/// Newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, name: &str, query: &PageQuery) -> Outcome<Page<Version>> {
    let limit = page::limit(query.limit)?;
    let before = page::decode_number(query.cursor.as_deref(), i64::MAX)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let total = reader.count_versions(&prompt.id).await?;
    let (rows, next_cursor) = page_of(&mut reader, &prompt.id, before, limit).await?;
    let (last, first) =
        (rows.first().map_or(0, |row| row.sequence), rows.last().map_or(0, |row| row.sequence));
    let mut facts = reader.versions_facts(&prompt.id, first, last).await?;
    let newest = reader.version_latest(&prompt.id).await?.map(|row| row.id);
    let items = rows
        .into_iter()
        .map(|row| {
            let is_latest = newest.as_deref() == Some(row.id.as_str());
            let facts = facts.remove(&row.id).unwrap_or_default();
            wire::version(row, (&prompt.name, &prompt.kind), facts, is_latest)
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Page { items, next_cursor, total: Some(total) })
}

/// Read in small steps, so that a page of large versions ends early and memory stays bounded.
async fn page_of(
    reader: &mut ProjectReader<'_>,
    prompt_id: &str,
    before: i64,
    limit: i64,
) -> Outcome<(Vec<VersionRow>, Option<String>)> {
    let (mut rows, mut bytes) = (Vec::<VersionRow>::new(), 0_usize);
    loop {
        let before = rows.last().map_or(before, |row| row.sequence);
        let taken = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let step = reader.versions(prompt_id, before, STEP.min(limit - taken) + 1).await?;
        let more = i64::try_from(step.len()).unwrap_or(0) > STEP.min(limit - taken);
        let keep = step.len() - usize::from(more);
        bytes += step.iter().take(keep).map(|row| row.content.len()).sum::<usize>();
        rows.extend(step.into_iter().take(keep));
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit || bytes > PAGE_BYTES;
        if !more || full {
            let next = rows.last().filter(|_| more).map(|row| page::encode(&row.sequence.to_string()));
            return Ok((rows, next));
        }
    }
}

/// What may happen to a stored version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Archive,
    Restore,
    Deprecate,
}

impl Mark {
    const fn action(self) -> &'static str {
        match self {
            Self::Archive => "version.archive",
            Self::Restore => "version.restore",
            Self::Deprecate => "version.deprecate",
        }
    }
}

/// # Errors
/// No such version; it is to be archived while it is live; or the key is bound to one environment.
pub async fn mark(ctx: &Ctx, name: &str, reference: &str, mark: Mark) -> Outcome<Version> {
    if mark != Mark::Deprecate {
        // An archived version is served nowhere, pinned or not.
        ctx.unbound()?;
    }
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let row = references::version(ctx, &mut tx.project(), &prompt, reference).await?;
    let number = number_text(row.major, row.minor, row.patch, &row.pre);
    let changed = apply(&mut tx, &row, &number, mark).await?;
    let sequence = row.sequence;
    let row = tx.project().version(&row.id).await?.unwrap_or(row);
    let version = one(&mut tx.project(), &prompt, row).await?;
    if !changed {
        return Ok(version);
    }
    ctx.remember(&mut tx, 200, &version).await?;
    let detail = json!({"version": number, "sequence": sequence, "content_hash": version.content_hash});
    let audit = about(ctx, mark.action(), &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(version)
}

/// Answers false when there is nothing to do.
async fn apply(tx: &mut WriteTx, row: &VersionRow, number: &str, mark: Mark) -> Outcome<bool> {
    let (prompt_id, id) = (row.prompt_id.as_str(), row.id.as_str());
    match mark {
        Mark::Archive if row.archived_at.is_none() => {
            let live = tx.project().version_facts(id).await?.live_in;
            if !live.is_empty() {
                return Err(Refusal::new(
                    Code::VersionLive,
                    format!("{number} is live in {}; activate another version there first.", live.join(", ")),
                ));
            }
            tx.apply_archive(&Archive::Version { prompt_id, id, archived: true }).await?;
        }
        Mark::Restore if row.archived_at.is_some() => {
            tx.apply_archive(&Archive::Version { prompt_id, id, archived: false }).await?;
        }
        Mark::Deprecate if row.deprecated_at.is_none() => tx.deprecate_version(prompt_id, id).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Corrects note, tags and metadata; nothing else of a version ever changes.
///
/// # Errors
/// No such version, or a field that breaks a rule.
pub async fn correct(ctx: &Ctx, name: &str, reference: &str, patch: &VersionPatch) -> Outcome<Version> {
    let mut checks = Checks::under("");
    checks.note("/note", patch.note.as_ref().and_then(Option::as_deref), false);
    checks.tags(patch.tags.as_ref().and_then(Option::as_deref));
    checks.metadata(patch.metadata.as_ref().and_then(Option::as_ref));
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let row = references::version(ctx, &mut tx.project(), &prompt, reference).await?;
    let before = json!({"note": row.note, "tags": row.tags, "metadata": row.metadata});
    let note = patch.note.clone().map_or(row.note, Option::unwrap_or_default);
    let tags = patch.tags.clone().map_or(row.tags, |tags| json_text(&tags.unwrap_or_default()));
    let metadata = patch.metadata.clone().map_or(row.metadata, |given| json_text(&given.unwrap_or_default()));
    tx.correct_version(&prompt.id, &row.id, (&note, &tags, &metadata)).await?;
    let row = tx.project().version(&row.id).await?.ok_or_else(|| wire::damaged("version", &row.id))?;
    let version = one(&mut tx.project(), &prompt, row).await?;
    ctx.remember(&mut tx, 200, &version).await?;
    let after = json!({"note": note, "tags": tags, "metadata": metadata});
    let detail = json!({"version": version.version, "before": before, "after": after});
    let audit = about(ctx, "version.correct", &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(version)
}
