//! Versions: list and show, and what may be changed of them later.

use std::collections::HashMap;

use promptory_api::{
    analytics::VersionFigures,
    page::Page,
    version::{ChangeQuery, Version, VersionPatch, VersionQuery},
};
use promptory_store::{ProjectReader, PromptRow, VersionRow, WriteTx};
use serde_json::json;

pub use super::versions_change::create;
use super::{
    Ctx, Outcome, analytics, authority,
    deployments::not_rolling_out,
    prompts::about,
    references,
    wire::{self, Pointing, written},
};
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
    let mut pointing = pointing(reader, prompt, row.sequence, row.sequence).await?;
    let pointing = pointing.remove(&row.id).unwrap_or_default();
    wire::version(row, (&prompt.name, &prompt.kind), facts, pointing)
}

/// Labels and dependencies of the versions with these sequences, both included, by version id.
async fn pointing(
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    first: i64,
    last: i64,
) -> Outcome<HashMap<String, Pointing>> {
    let mut all: HashMap<String, Pointing> = HashMap::new();
    for row in reader.labels(&prompt.id).await? {
        all.entry(row.version_id).or_default().labels.push(row.name);
    }
    if let Some(latest) = reader.version_latest(&prompt.id).await? {
        all.entry(latest.id).or_default().labels.push("latest".to_owned());
    }
    for row in reader.includes_of_versions(&prompt.id, first, last).await? {
        let dependency = written(&row.name, row.reference.as_deref());
        all.entry(row.version_id).or_default().dependencies.push(dependency);
    }
    Ok(all)
}

/// # Errors
/// No such prompt, a filter or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, name: &str, query: &VersionQuery) -> Outcome<Page<Version>> {
    let limit = page::limit(query.limit)?;
    let filter = Filter::new(query)?;
    let mut figures = match query.figures_since.as_deref() {
        None => None,
        Some(since) => Some(figures(ctx, name, since).await?),
    };
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let total = if filter.is_open() { Some(reader.count_versions(&prompt.id).await?) } else { None };
    let start = if filter.up { 0 } else { i64::MAX };
    let mut at = page::decode_number(query.cursor.as_deref(), start)?;
    let (mut items, mut bytes) = (Vec::new(), 0_usize);
    let next_cursor = loop {
        // One more than a step shows whether there is more behind it.
        let mut rows = match filter.up {
            true => reader.versions_up(&prompt.id, at, STEP + 1).await?,
            false => reader.versions(&prompt.id, at, STEP + 1).await?,
        };
        let more = i64::try_from(rows.len()).unwrap_or(0) > STEP;
        rows.truncate(usize::try_from(STEP).unwrap_or(usize::MAX));
        let Some((first, last)) = ends(&rows) else { break None };
        let mut facts = reader.versions_facts(&prompt.id, first, last).await?;
        let mut pointing = pointing(&mut reader, &prompt, first, last).await?;
        let seen = rows.len();
        let mut full = false;
        for (place, row) in rows.into_iter().enumerate() {
            at = row.sequence;
            bytes += row.content.len();
            let facts = facts.remove(&row.id).unwrap_or_default();
            let pointing = pointing.remove(&row.id).unwrap_or_default();
            let created_at = row.created_at;
            let mut version = wire::version(row, (&prompt.name, &prompt.kind), facts, pointing)?;
            if let Some(known) = &mut figures {
                version.figures = Some(known.remove(&version.version).unwrap_or_default());
            }
            if filter.takes(&version, created_at) {
                items.push(version);
            }
            full = i64::try_from(items.len()).unwrap_or(i64::MAX) >= limit || bytes > PAGE_BYTES;
            if full {
                full = more || place + 1 < seen;
                break;
            }
        }
        if full {
            break Some(page::encode(&at.to_string()));
        }
        if !more || i64::try_from(items.len()).unwrap_or(i64::MAX) >= limit || bytes > PAGE_BYTES {
            break None;
        }
    };
    Ok(Page { items, next_cursor, total })
}

async fn figures(ctx: &Ctx, name: &str, since: &str) -> Outcome<HashMap<String, VersionFigures>> {
    if page::time("figures_since", Some(since))?.is_some_and(|since| since >= ctx.now.micros()) {
        return Err(Refusal::invalid("", format!("figures_since={since}: that time is yet to come.")));
    }
    analytics::of_versions(ctx, name, since).await
}

/// Lowest and highest sequence.
fn ends(rows: &[VersionRow]) -> Option<(i64, i64)> {
    let (first, last) = (rows.first()?.sequence, rows.last()?.sequence);
    Some((first.min(last), first.max(last)))
}

/// Which versions a list shows, and in which order.
struct Filter<'a> {
    query: &'a VersionQuery,
    since: Option<i64>,
    until: Option<i64>,
    /// Oldest first.
    up: bool,
}

impl<'a> Filter<'a> {
    fn new(query: &'a VersionQuery) -> Outcome<Self> {
        const STATUSES: [&str; 5] = ["draft", "testing", "production", "deprecated", "archived"];
        if let Some(other) = query.status.as_deref().filter(|status| !STATUSES.contains(status)) {
            return Err(Refusal::invalid("", format!("status={other}: use one of {}.", STATUSES.join(", "))));
        }
        let up = match query.sort.as_deref() {
            None | Some("-sequence") => false,
            Some("sequence") => true,
            Some(other) => {
                return Err(Refusal::invalid("", format!("sort={other}: use sequence or -sequence.")));
            }
        };
        let since = page::time("since", query.since.as_deref())?;
        let until = page::time("until", query.until.as_deref())?;
        Ok(Self { query, since, until, up })
    }

    fn is_open(&self) -> bool {
        let VersionQuery { status, author, tag, since, until, .. } = self.query;
        [status, author, tag, since, until].into_iter().all(Option::is_none)
    }

    fn takes(&self, version: &Version, created_at: i64) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(&self.query.status, &version.status)
            && is(&self.query.author, &version.author)
            && self.query.tag.as_ref().is_none_or(|tag| version.tags.contains(tag))
            && self.since.is_none_or(|since| created_at >= since)
            && self.until.is_none_or(|until| created_at < until)
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
pub async fn mark(
    ctx: &Ctx,
    name: &str,
    reference: &str,
    mark: Mark,
    query: &ChangeQuery,
) -> Outcome<Version> {
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
    if query.dry_run.unwrap_or(false) {
        return Ok(Version { dry_run: true, ..version });
    }
    if !changed {
        return ctx.nothing_changed(tx, 200, version, 0).await;
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
            not_rolling_out(tx, prompt_id, Some(id)).await?;
            authority::archive_version(tx, prompt_id, id, true).await?;
        }
        Mark::Restore if row.archived_at.is_some() => {
            authority::archive_version(tx, prompt_id, id, false).await?;
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
