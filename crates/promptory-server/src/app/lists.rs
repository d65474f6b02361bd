//! Lists and search of prompts, from memory: the same on both databases, and no load for them.
//!
//! A page is cut by a key that the cursor carries. Where that key changes (a prompt is renamed, or changed again),
//! rows are ordered by what it was when the walk began, so that a walk meets every prompt that was there throughout
//! exactly once, whatever is written meanwhile.

use std::{cmp::Ordering, sync::Arc};

use promptory_api::{
    page::Page,
    prompt::{LatestVersion, Prompt, PromptQuery},
};
use promptory_core::limits;
use serde::{Deserialize, Serialize};

use super::{Ctx, Outcome, wire};
use crate::{
    page,
    refusal::Refusal,
    serving::{PromptEntry, Snapshot, fold_into},
};

/// # Errors
/// A filter or cursor that makes no sense.
pub fn prompts(ctx: &Ctx, query: &PromptQuery) -> Outcome<Page<Prompt>> {
    let limit = usize::try_from(page::limit(query.limit)?).unwrap_or(1);
    let snapshot = ctx.project.snapshot();
    let filter = Filter::new(&snapshot, query)?;
    let sort = Sort::parse(query.sort.as_deref())?;
    let start = Cursor { began: ctx.now.micros(), after: None };
    let cursor = query.cursor.as_deref().map(Cursor::decode).transpose()?.unwrap_or(start);
    let mut found: Vec<(Key, &Arc<PromptEntry>)> = snapshot
        .entries()
        .filter(|entry| filter.takes(entry))
        .map(|entry| (sort.key(entry, cursor.began), entry))
        .collect();
    let total = i64::try_from(found.len()).ok();
    if let Some(after) = &cursor.after {
        found.retain(|(key, _)| sort.order(key, after) == Ordering::Greater);
    }
    let more = found.len() > limit;
    if more {
        // Only the page is put in order, not all that follows it.
        found.select_nth_unstable_by(limit - 1, |a, b| sort.order(&a.0, &b.0));
        found.truncate(limit);
    }
    found.sort_unstable_by(|a, b| sort.order(&a.0, &b.0));
    let next_cursor = match found.last() {
        Some((key, _)) if more => Some(Cursor { after: Some(key.clone()), ..cursor }.encode()),
        _ => None,
    };
    let items = found.iter().map(|(_, entry)| shown(entry)).collect::<Outcome<Vec<_>>>()?;
    Ok(Page { items, next_cursor, total })
}

/// What rows are ordered by; the id tells equal ones apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    text: String,
    time: i64,
    id: String,
}

/// When the walk began, in microseconds, and the last row of the page before.
#[derive(Clone, Serialize, Deserialize)]
struct Cursor {
    began: i64,
    after: Option<Key>,
}

impl Cursor {
    fn encode(&self) -> String {
        page::encode(&crate::check::json_text(self))
    }

    fn decode(text: &str) -> Outcome<Self> {
        serde_json::from_str(&page::decode(text)?)
            .map_err(|_| Refusal::invalid("", "cursor: use the `next_cursor` of the page before, unchanged."))
    }
}

#[derive(Clone, Copy)]
enum By {
    Name,
    Created,
    Changed,
}

#[derive(Clone, Copy)]
struct Sort {
    by: By,
    down: bool,
}

impl Sort {
    fn parse(text: Option<&str>) -> Outcome<Self> {
        let text = text.unwrap_or("name");
        let (word, down) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
        let by = match word {
            "name" => By::Name,
            "created" => By::Created,
            "changed" => By::Changed,
            _ => {
                let detail = format!("sort={text}: use name, created or changed, or - and one of them.");
                return Err(Refusal::invalid("", detail));
            }
        };
        Ok(Self { by, down })
    }

    fn key(self, entry: &PromptEntry, began: i64) -> Key {
        let (text, time) = match self.by {
            By::Name => (name_at(entry, began), 0),
            By::Created => (String::new(), entry.about.created_at),
            By::Changed => (String::new(), changed_at(entry, began)),
        };
        Key { text, time, id: entry.id.to_string() }
    }

    fn order(self, a: &Key, b: &Key) -> Ordering {
        if self.down { b.cmp(a) } else { a.cmp(b) }
    }
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The name that it had then.
fn name_at(entry: &PromptEntry, at: i64) -> String {
    let then = entry.about.former.iter().find(|(_, until)| *until > at);
    folded(then.map_or(&*entry.name, |(name, _)| name))
}

/// When it had last changed then.
fn changed_at(entry: &PromptEntry, at: i64) -> i64 {
    let then = entry.changed.iter().rev().find(|time| **time <= at);
    // Of more changes since than are remembered, the oldest that is known.
    then.or(entry.changed.first()).copied().unwrap_or(entry.about.created_at)
}

struct Filter<'a> {
    query: &'a PromptQuery,
    words: Vec<String>,
    changed_since: Option<i64>,
    production: Option<String>,
}

const STATUSES: [&str; 7] = ["active", "draft", "testing", "production", "ahead", "archived", "all"];

impl<'a> Filter<'a> {
    fn new(snapshot: &Snapshot, query: &'a PromptQuery) -> Outcome<Self> {
        if let Some(other) = query.status.as_deref().filter(|status| !STATUSES.contains(status)) {
            return Err(Refusal::invalid("", format!("status={other}: use one of {}.", STATUSES.join(", "))));
        }
        let words: Vec<String> =
            query.query.as_deref().unwrap_or_default().split_whitespace().map(folded).collect();
        if words.len() > limits::SEARCH_WORDS {
            return Err(Refusal::invalid("", format!("query: at most {} words.", limits::SEARCH_WORDS)));
        }
        Ok(Self {
            query,
            words,
            changed_since: page::time("changed_since", query.changed_since.as_deref())?,
            production: snapshot.production().map(|environment| environment.name.clone()),
        })
    }

    fn takes(&self, entry: &PromptEntry) -> bool {
        let PromptQuery { tag, category, owner, provider, kind, .. } = self.query;
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let latest = entry.latest.as_deref();
        self.status(entry)
            && is(category, &entry.about.category)
            && is(owner, &entry.about.owner)
            && is(kind, &entry.kind)
            && tag.as_ref().is_none_or(|tag| entry.about.tags.contains(tag))
            && provider.as_deref().is_none_or(|wanted| {
                latest.and_then(|latest| latest.provider.as_deref()).is_some_and(|found| found == wanted)
            })
            && self.changed_since.is_none_or(|since| entry.changed.last().is_some_and(|at| *at >= since))
            && self.words.iter().all(|word| mentions(entry, word))
    }

    fn status(&self, entry: &PromptEntry) -> bool {
        let in_production = || self.production.as_deref().is_some_and(|name| entry.live_in(name).is_some());
        match self.query.status.as_deref() {
            None | Some("active") => !entry.archived,
            Some("archived") => entry.archived,
            Some("draft") => !entry.archived && entry.live.is_empty(),
            Some("production") => !entry.archived && in_production(),
            Some("ahead") => !entry.archived && self.ahead(entry),
            Some("testing") => !entry.archived && !entry.live.is_empty() && !in_production(),
            _ => true,
        }
    }

    /// Something was written that production does not have yet.
    fn ahead(&self, entry: &PromptEntry) -> bool {
        let live = self.production.as_deref().and_then(|name| entry.live_in(name));
        entry.latest.as_ref().is_some_and(|latest| live.is_none_or(|live| live.sequence < latest.sequence))
    }
}

/// The word is folded.
fn mentions(entry: &PromptEntry, word: &str) -> bool {
    let within = |text: &str| folded(text).contains(word);
    within(&entry.name)
        || entry.latest.as_ref().is_some_and(|latest| latest.text.mentions(word))
        || within(&entry.about.description)
        || entry.about.tags.iter().any(|tag| within(tag))
        || entry.about.former.iter().any(|(name, _)| within(name))
}

fn shown(entry: &PromptEntry) -> Outcome<Prompt> {
    let about = &entry.about;
    let latest = entry.latest.as_deref().map(|latest| LatestVersion {
        version: latest.number.to_string(),
        sequence: latest.sequence,
        created_at: wire::time(latest.created_at),
    });
    Ok(Prompt {
        id: entry.id.to_string(),
        name: entry.name.to_string(),
        kind: entry.kind.to_string(),
        description: about.description.to_string(),
        category: about.category.to_string(),
        tags: about.tags.to_vec(),
        owner: about.owner.to_string(),
        metadata: serde_json::from_str(&about.metadata).map_err(|_| wire::damaged("prompt", &entry.id))?,
        archived: entry.archived,
        former_names: about.former.iter().map(|(name, _)| name.clone()).collect(),
        renamed_to: None,
        live: entry.live.iter().map(|(name, build)| (name.to_string(), build.number.to_string())).collect(),
        latest,
        created_by: about.created_by.to_string(),
        created_at: wire::time(about.created_at),
        updated_at: wire::time(about.updated_at),
        changed_at: entry.changed.last().map(|at| wire::time(*at)),
        pending: Vec::new(),
        dry_run: false,
    })
}
