//! The list of prompts as Langfuse clients page through it: by number.

use std::sync::Arc;

use promptory_api::langfuse::{LangfuseList, LangfuseListQuery, LangfuseMeta, LangfusePage};
use promptory_store::{NumberRow, ProjectReader};

use super::{Ctx, Outcome, langfuse::labels, wire};
use crate::{page, refusal::Refusal, serving::PromptEntry};

const LIMIT: usize = 50;
const LIMIT_MOST: usize = 100;

/// Prompts that have versions, by name; archived ones are not there.
///
/// # Errors
/// A filter that cannot be used, or the database is not available.
pub async fn list(ctx: &Ctx, query: &LangfuseListQuery) -> Outcome<LangfuseList> {
    let filter = Filter::new(query)?;
    let (page, limit) = (at_least_one("page", query.page, 1)?, at_least_one("limit", query.limit, LIMIT)?);
    let limit = limit.min(LIMIT_MOST);
    let mut found: Vec<Arc<PromptEntry>> =
        ctx.project.snapshot().entries().filter(|entry| filter.takes(entry)).cloned().collect();
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let total_items = found.len();
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let mut data = Vec::new();
    for entry in found.iter().skip((page - 1).saturating_mul(limit)).take(limit) {
        data.extend(meta(&mut reader, entry, &filter).await?);
    }
    let total_pages = total_items.div_ceil(limit);
    Ok(LangfuseList { data, meta: LangfusePage { page, limit, total_items, total_pages } })
}

fn at_least_one(name: &str, given: Option<i64>, otherwise: usize) -> Outcome<usize> {
    let Some(given) = given else { return Ok(otherwise) };
    let number = usize::try_from(given).ok().filter(|number| *number > 0);
    number.ok_or_else(|| Refusal::invalid("", format!("{name}={given}: it begins with 1.")))
}

struct Filter<'a> {
    query: &'a LangfuseListQuery,
    label: Option<&'a str>,
    from: Option<i64>,
    to: Option<i64>,
}

impl<'a> Filter<'a> {
    fn new(query: &'a LangfuseListQuery) -> Outcome<Self> {
        if query.filter.is_some() {
            let detail = "filter is not supported; use name, label, tag, fromUpdatedAt and toUpdatedAt.";
            return Err(Refusal::invalid("", detail));
        }
        Ok(Self {
            query,
            label: query.label.as_deref(),
            from: page::time("fromUpdatedAt", query.from_updated_at.as_deref())?,
            to: page::time("toUpdatedAt", query.to_updated_at.as_deref())?,
        })
    }

    fn takes(&self, entry: &PromptEntry) -> bool {
        let LangfuseListQuery { name, tag, .. } = self.query;
        let changed = changed(entry);
        entry.latest.is_some()
            && !entry.archived
            && name.as_deref().is_none_or(|name| *entry.name == *name)
            && tag.as_ref().is_none_or(|tag| entry.about.tags.contains(tag))
            && self.label.is_none_or(|label| !labelled(entry, label).is_empty())
            && self.from.is_none_or(|from| changed >= from)
            && self.to.is_none_or(|to| changed < to)
    }
}

fn changed(entry: &PromptEntry) -> i64 {
    entry.changed.last().copied().unwrap_or(entry.about.updated_at)
}

/// The version that is live in this environment, has this label, or is the latest.
fn labelled<'a>(entry: &'a PromptEntry, label: &str) -> Vec<&'a str> {
    let live = entry.live_in(label).map(|build| &*build.version_id);
    let named = entry.label(label).map(|label| &*label.version_id);
    let latest = entry.latest.as_deref().filter(|_| label == "latest").map(|latest| &*latest.version_id);
    live.or(named).or(latest).into_iter().collect()
}

/// None: the versions went away since.
async fn meta(
    reader: &mut ProjectReader<'_>,
    entry: &PromptEntry,
    filter: &Filter<'_>,
) -> Outcome<Option<LangfuseMeta>> {
    let only = match filter.label.map(|label| labelled(entry, label)) {
        Some(ids) => match ids.first() {
            Some(id) => reader.version(id).await?,
            None => return Ok(None),
        },
        None => None,
    };
    let mut versions = match &only {
        Some(row) => vec![row.sequence],
        None => reader.usable_numbers(&entry.id).await?.iter().map(|row: &NumberRow| row.sequence).collect(),
    };
    versions.sort_unstable();
    let newest = match (&only, versions.last()) {
        (Some(row), _) => Some(row.clone()),
        (None, Some(sequence)) => reader.version_by_sequence(&entry.id, *sequence).await?,
        (None, None) => None,
    };
    let Some(newest) = newest else { return Ok(None) };
    let labels = match &only {
        Some(row) => labels(entry, &row.id),
        None => all_labels(entry),
    };
    Ok(Some(LangfuseMeta {
        name: entry.name.to_string(),
        kind: entry.kind.to_string(),
        versions,
        labels,
        tags: entry.about.tags.to_vec(),
        last_updated_at: wire::time(changed(entry)),
        last_config: wire::raw("version", &newest.id, &newest.settings)?,
    }))
}

fn all_labels(entry: &PromptEntry) -> Vec<String> {
    let live = entry.live.iter().map(|(environment, _)| environment.to_string());
    let named = entry.labels.iter().map(|label| label.name.to_string());
    let mut labels: Vec<String> = live.chain(named).collect();
    labels.sort_unstable();
    labels.push("latest".to_owned());
    labels
}
