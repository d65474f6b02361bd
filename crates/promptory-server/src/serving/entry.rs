//! How one prompt's entry comes about and changes.

use std::sync::Arc;

use promptory_core::definition::build_hash;
use promptory_store::{ChangeRow, LoadedLabel};
use serde_json::Value;

use super::{About, Build, Latest, PAST_BUILDS, Parts, Past, PromptEntry, Rollout, Text};
use crate::numbers::number_text;

impl PromptEntry {
    /// What was live there before is remembered, unless going back took it away.
    pub(super) fn put_live(&mut self, environment: &str, build: Arc<Build>, back: bool) {
        let before = self.live.iter().position(|(name, _)| &**name == environment);
        let (environment, before) = match before.map(|at| self.live.swap_remove(at)) {
            Some((environment, before)) => (environment, Some(before)),
            None => (Arc::from(environment), None),
        };
        if let Some(latest) = self.latest.as_ref().filter(|latest| latest.version_id == build.version_id) {
            let text = Text::Served(Arc::clone(&build));
            self.latest = Some(Arc::new(Latest { text, ..Latest::clone(latest) }));
        }
        let same = |a: &Build, b: &Build| a.version_id == b.version_id && a.build_hash() == b.build_hash();
        self.past.retain(|past| {
            past.environment != environment
                || !(same(&past.build, &build) || before.as_ref().is_some_and(|b| same(&past.build, b)))
        });
        if let Some(before) = before.filter(|before| !back && !same(before, &build)) {
            let before = if before.names_a_rollout() {
                let revision = before.revision;
                Arc::new(before.beside(None, revision))
            } else {
                before
            };
            self.past.insert(
                0,
                Past { environment: Arc::clone(&environment), archived: before.archived, build: before },
            );
        }
        let mut kept = 0;
        self.past.retain(|past| {
            kept += usize::from(past.environment == environment);
            past.environment != environment || kept <= PAST_BUILDS
        });
        self.live.push((environment, build));
    }

    /// A share of callers gets something beside what is live, or nobody does any more. The answer of what is live says so.
    pub(super) fn put_rollout(&mut self, environment: &str, rollout: Option<Rollout>, revision: i64) {
        self.rollouts.retain(|(name, _)| &**name != environment);
        let note = rollout.as_ref().map(Rollout::note);
        let live = self.live.iter_mut().find(|(name, _)| &**name == environment);
        let Some((name, build)) = live else { return };
        if note.is_some() || build.names_a_rollout() {
            *build = Arc::new(build.beside(note.as_deref(), revision));
        }
        self.rollouts.extend(rollout.map(|rollout| (Arc::clone(name), Arc::new(rollout))));
    }

    /// Every answer names the prompt: all of them are made anew.
    pub(super) fn renamed(&mut self, name: &str, revision: i64) {
        self.name = name.into();
        let again = |build: &mut Arc<Build>| *build = Arc::new(build.renamed(name, revision));
        self.live.iter_mut().for_each(|(_, build)| again(build));
        for (_, rollout) in &mut self.rollouts {
            let mut build = Arc::clone(&rollout.build);
            again(&mut build);
            *rollout = Arc::new(rollout.of(build, rollout.share));
        }
        self.past.iter_mut().for_each(|past| again(&mut past.build));
        self.labels.iter_mut().filter_map(|label| label.build.as_mut()).for_each(again);
    }
}

/// Times of changes that are kept for each prompt.
const TIMES: usize = 16;

pub(super) fn with_time(times: &[i64], at: i64) -> Arc<[i64]> {
    let from = (times.len() + 1).saturating_sub(TIMES);
    times[from..].iter().copied().filter(|time| *time != at).chain([at]).collect()
}

pub(super) fn about_of(detail: &Value) -> About {
    let text = |key: &str| detail[key].as_str().unwrap_or_default();
    let former =
        detail["former"].as_array().into_iter().flatten().map(|one| {
            (one["name"].as_str().unwrap_or_default().to_owned(), one["until"].as_i64().unwrap_or(0))
        });
    About {
        description: text("description").into(),
        category: text("category").into(),
        owner: text("owner").into(),
        tags: serde_json::from_str(text("tags")).unwrap_or_default(),
        metadata: text("metadata").into(),
        created_by: text("created_by").into(),
        created_at: detail["created_at"].as_i64().unwrap_or(0),
        updated_at: detail["updated_at"].as_i64().unwrap_or(0),
        former: former.collect(),
    }
}

pub(super) fn latest_of(row: &ChangeRow) -> Option<Latest> {
    Some(Latest {
        version_id: row.version_id.as_deref()?.into(),
        number: number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?).into(),
        sequence: row.sequence?,
        created_at: row.created_at?,
        provider: provider(row.settings.as_deref()?),
        text: Text::Own(searchable(row.content.as_deref()?)),
    })
}

/// `provider` of stored settings.
pub(super) fn provider(settings: &str) -> Option<Box<str>> {
    // Most have none: what cannot be there is not looked for.
    let settings: Value =
        settings.contains("\"provider\"").then(|| serde_json::from_str(settings).ok())??;
    settings["provider"].as_str().map(Into::into)
}

/// The texts of stored content, folded.
pub(super) fn searchable(content: &str) -> Box<str> {
    let mut out = String::with_capacity(content.len());
    match serde_json::from_str(content) {
        Ok(Value::String(text)) => fold_into(&text, &mut out),
        Ok(Value::Array(parts)) => {
            for text in parts.iter().filter_map(|part| part["content"].as_str()) {
                fold_into(text, &mut out);
                out.push('\n');
            }
        }
        _ => {}
    }
    out.into()
}

pub(crate) fn fold_into(text: &str, out: &mut String) {
    out.extend(text.chars().flat_map(char::to_lowercase));
}

pub(super) fn labelled_build(entry: &PromptEntry, row: &LoadedLabel) -> Build {
    Build::new(&Parts {
        prompt: &entry.name,
        kind: &entry.kind,
        environment: "",
        version_id: &row.version_id,
        number: &number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
        content_hash: &row.content_hash,
        build_hash: &build_hash(&row.content_hash, &[]),
        deployment_id: None,
        archived: row.archived_at.is_some(),
        revision: row.revision,
        includes: &[],
        rollout: None,
    })
}
