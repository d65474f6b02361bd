//! From the rows of the change feed to the next snapshot.

use std::{collections::HashMap, sync::Arc};

use promptory_api::serving::StreamChange;
use promptory_core::{access::Scopes, cost::Prices, id::ProjectId, limits, time::Timestamp};
use promptory_store::{ChangeRow, Included, KeyRow};
use serde_json::Value;
use tracing::error;

use super::{
    Build, Caller, Commits, Environment, Event, Label, Latest, ProjectServing, PromptEntry, Serving,
    Snapshot, Who,
    build::Parts,
    entry::{about_of, latest_of, with_time},
    project::Next,
    rollouts::rolled_out,
};
use crate::numbers::number_text;

/// Names by project and prompt id.
pub(super) type Names = HashMap<(ProjectId, Box<str>), Box<str>>;

/// The changes of one swap, gathered.
struct Pending<'a> {
    now: &'a Snapshot,
    project: &'a Arc<ProjectServing>,
    builds: &'a Builds,
    entries: HashMap<Box<str>, PromptEntry>,
    gone: Vec<Box<str>>,
    former: Option<HashMap<Box<str>, Box<str>>>,
    environments: Option<Vec<Environment>>,
    keys: Vec<([u8; 32], Caller)>,
    revoked: Vec<[u8; 32]>,
    events: Vec<Event>,
}

/// What the builds among the changes include, by version and build hash; read before they are applied.
pub(super) type Builds = HashMap<(String, String), Vec<Included>>;

pub(super) fn apply(
    serving: &Serving,
    project: &Arc<ProjectServing>,
    (rows, builds, prices): (&[ChangeRow], &Builds, Option<Arc<Prices>>),
    names: &mut Names,
) {
    let Some(last) = rows.last() else { return };
    let now = Arc::clone(&project.snapshot());
    let mut pending = Pending {
        now: &now,
        project,
        builds,
        entries: HashMap::new(),
        gone: Vec::new(),
        former: None,
        environments: None,
        keys: Vec::new(),
        revoked: Vec::new(),
        events: Vec::new(),
    };
    let mut commits = Commits::default();
    for row in rows {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
        let before = pending.named(row, names);
        match row.kind.as_str() {
            "prompt" => pending.prompt(row, &detail, names),
            "version" => pending.version(row, &detail, names),
            "live" => pending.live(row, &detail, names),
            "rollout" => pending.rollout(row, &detail, names),
            "label" => pending.label(row, &detail, names),
            "environment" => pending.environment(&detail),
            "key" => pending.key(project, &detail),
            _ => {}
        }
        // Both: it may have been renamed.
        let named = [before, pending.named(row, names)];
        let what = (row.kind.as_str(), row.environment.as_deref());
        commits.add(row.revision, what, named.iter().flatten().map(|name| &**name));
    }
    let environments = pending.environments.map(|mut list| {
        list.sort_by_key(|environment| environment.position);
        list.into()
    });
    // Keys first: a key that was revoked in this batch must not see what comes with it.
    serving.keys.change(pending.keys, &pending.revoked);
    project.swap(now.with(Next {
        revision: last.revision,
        at: last.at,
        environments,
        former: pending.former,
        prices,
        gone: pending.gone,
        entries: pending.entries.into_values().collect(),
    }));
    for event in with_lasts(pending.events) {
        project.tell(event);
    }
    for news in commits.finish() {
        project.report(news);
    }
}

/// Going back, or the end of a rollout: somebody may wait to hear that this server has it.
pub(super) fn takes_back(row: &ChangeRow) -> bool {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
    match row.kind.as_str() {
        "live" => detail["back"].as_bool().unwrap_or(false),
        "rollout" => detail["share_ppm"] == 0,
        _ => false,
    }
}

/// Marks the last event of each revision.
pub(crate) fn with_lasts(mut events: Vec<Event>) -> Vec<Event> {
    let mut after = None;
    for event in events.iter_mut().rev() {
        if let Event::Change { revision, last, .. } = event {
            *last = after != Some(*revision);
            after = Some(*revision);
        }
    }
    events
}

impl Pending<'_> {
    /// The prompt's name as far as this swap has come.
    fn named(&self, row: &ChangeRow, names: &Names) -> Option<Box<str>> {
        let id = row.prompt_id.as_deref()?;
        names.get(&(self.project.id.clone(), id.into())).cloned()
    }

    /// The entry as far as this swap has it, else a copy of the present one.
    fn entry(&mut self, row: &ChangeRow, names: &Names) -> Option<&mut PromptEntry> {
        let name = self.named(row, names)?;
        if !self.entries.contains_key(&name) {
            let copy = PromptEntry::clone(self.now.prompt(&name)?);
            self.entries.insert(name.clone(), copy);
        }
        let entry = self.entries.get_mut(&name)?;
        entry.touched = row.revision;
        entry.changed = with_time(&entry.changed, row.at);
        Some(entry)
    }

    fn tell(&mut self, row: &ChangeRow, change: StreamChange) {
        let environment = row.environment.as_deref().map(Arc::from);
        let change = Box::new(change);
        self.events.push(Event::Change { revision: row.revision, environment, change, last: false });
    }

    fn prompt(&mut self, row: &ChangeRow, detail: &Value, names: &mut Names) {
        let text = |key: &str| detail[key].as_str().unwrap_or_default();
        let (id, name) = (text("id"), text("name"));
        let known = (self.project.id.clone(), Box::from(id));
        if detail["deleted"].as_bool().unwrap_or(false) {
            if let Some(name) = names.remove(&known) {
                self.entries.remove(&name);
                self.rename(&name, None, &[]);
                self.gone.push(name);
            }
            return;
        }
        let archived = !detail["archived_at"].is_null();
        let about = about_of(detail);
        let before = self.entry(row, names).map(|entry| (entry.name.clone(), entry.archived));
        let Some((old, was_archived)) = before else {
            names.insert(known, name.into());
            self.gone.retain(|gone| **gone != *name);
            let entry = PromptEntry {
                id: id.into(),
                name: name.into(),
                kind: text("kind").into(),
                archived,
                touched: row.revision,
                live: Vec::new(),
                rollouts: Vec::new(),
                past: Vec::new(),
                labels: Vec::new(),
                about: Arc::new(about),
                latest: None,
                changed: Arc::new([row.at]),
            };
            self.entries.insert(name.into(), entry);
            return;
        };
        let Some(mut entry) = self.entries.remove(&old) else { return };
        let renamed = *old != *name;
        if renamed || entry.about.former != about.former {
            self.rename(&old, Some(name), &about.former);
        }
        if renamed {
            names.insert(known, name.into());
            self.gone.push(old.clone());
            self.gone.retain(|gone| **gone != *name);
            entry.renamed(name, row.revision);
        }
        entry.archived = archived;
        entry.about = Arc::new(about);
        self.entries.insert(name.into(), entry);
        if renamed {
            self.tell(row, StreamChange { renamed_from: Some(old.into()), ..of(row, "renamed", name) });
        }
        if was_archived != archived {
            self.tell(row, of(row, if archived { "archived" } else { "restored" }, name));
        }
    }

    /// Former names lead to `new`; without one they lead nowhere.
    fn rename(&mut self, old: &str, new: Option<&str>, former: &[(String, i64)]) {
        let map = self.former.get_or_insert_with(|| HashMap::clone(&self.now.former));
        map.retain(|_, name| **name != *old);
        if let Some(new) = new {
            map.extend(former.iter().map(|(name, _)| (Box::from(name.as_str()), Box::from(new))));
        }
    }

    fn version(&mut self, row: &ChangeRow, detail: &Value, names: &Names) {
        let (id, archived) = (detail["version"].as_str().unwrap_or_default(), detail["archived"].as_bool());
        let deleted = detail["deleted"].as_bool().unwrap_or(false);
        let latest = latest_of(row);
        let Some(entry) = self.entry(row, names) else { return };
        let newer = |latest: &Latest| entry.latest.as_ref().is_none_or(|old| old.sequence <= latest.sequence);
        let known =
            |latest: &Latest| entry.latest.as_ref().is_some_and(|old| old.version_id == latest.version_id);
        if (deleted || latest.as_ref().is_some_and(newer)) && !latest.as_ref().is_some_and(known) {
            entry.latest = latest.map(Arc::new);
        }
        if let Some(archived) = archived {
            for past in entry.past.iter_mut().filter(|past| *past.build.version_id == *id) {
                past.archived = archived;
            }
            for label in entry.labels.iter_mut().filter(|label| *label.version_id == *id) {
                label.archived = archived;
            }
        }
    }

    fn live(&mut self, row: &ChangeRow, detail: &Value, names: &Names) {
        let key = (row.version_id.clone().unwrap_or_default(), row.build_hash.clone().unwrap_or_default());
        let includes = self.builds.get(&key).map_or(&[][..], Vec::as_slice);
        let Some(entry) = self.entry(row, names) else {
            error!(prompt = ?row.prompt_id, "a change of an unknown prompt");
            return;
        };
        let name = entry.name.clone();
        let environment = row.environment.as_deref().unwrap_or_default();
        let Some(build) = changed_build(&name, &entry.kind, environment, row, includes) else {
            error!(prompt = %name, revision = row.revision, "a change without its version");
            return;
        };
        entry.put_live(environment, Arc::new(build), detail["back"].as_bool().unwrap_or(false));
        self.tell(row, of(row, "live", &name));
    }

    fn rollout(&mut self, row: &ChangeRow, detail: &Value, names: &Names) {
        let key = (row.version_id.clone().unwrap_or_default(), row.build_hash.clone().unwrap_or_default());
        let includes = self.builds.get(&key).map_or(&[][..], Vec::as_slice);
        let Some(entry) = self.entry(row, names) else { return };
        let (name, environment) = (entry.name.clone(), row.environment.as_deref().unwrap_or_default());
        let Some(rollout) = rolled_out(entry, environment, row, detail, includes) else {
            error!(prompt = %name, revision = row.revision, "a rollout without its version");
            return;
        };
        entry.put_rollout(environment, rollout, row.revision);
        self.tell(row, of(row, "rollout", &name));
    }

    fn label(&mut self, row: &ChangeRow, detail: &Value, names: &Names) {
        let label = detail["name"].as_str().unwrap_or_default();
        let Some(entry) = self.entry(row, names) else { return };
        entry.labels.retain(|other| *other.name != *label);
        let name = entry.name.clone();
        if let Some(version_id) = row.version_id.as_deref() {
            let build = changed_build(&name, &entry.kind, "", row, &[]).filter(|build| !build.has_includes());
            entry.labels.push(Label {
                name: label.into(),
                version_id: version_id.into(),
                build: build.map(Arc::new),
                archived: row.archived_at.is_some(),
            });
        }
        self.tell(row, StreamChange { label: Some(label.to_owned()), ..of(row, "label", &name) });
    }

    fn environment(&mut self, detail: &Value) {
        let list = self.environments.get_or_insert_with(|| self.now.environments.to_vec());
        let name = detail["name"].as_str().unwrap_or_default();
        // A release that knows no approval says nothing of it.
        let asked = list.iter().any(|environment| environment.name == name && environment.asks);
        list.retain(|environment| environment.name != name);
        list.push(Environment {
            name: name.to_owned(),
            position: detail["position"].as_i64().unwrap_or(0),
            production: detail["production"].as_bool().unwrap_or(false),
            fix_forward: detail["rollback"] == "fix_forward",
            // Changes of servers before this one do not say it.
            pin_idle: detail["pin_idle_s"].as_i64().unwrap_or(limits::PIN_IDLE_S).saturating_mul(1_000_000),
            asks: detail["stages"].as_bool().unwrap_or(asked),
        });
    }

    fn key(&mut self, project: &Arc<ProjectServing>, detail: &Value) {
        let text = |key: &str| detail[key].as_str().map(str::to_owned);
        let Some(row) = text("hash").map(|hash| KeyRow {
            id: text("id").unwrap_or_default(),
            name: text("name").unwrap_or_default(),
            prefix: text("prefix").unwrap_or_default(),
            hash,
            scopes: text("scopes").unwrap_or_default(),
            environment: text("environment"),
            instance_admin: detail["instance_admin"].as_bool().unwrap_or(false),
            created_by: String::new(),
            created_at: 0,
            expires_at: detail["expires_at"].as_i64(),
            revoked_at: None,
            person_id: text("person_id"),
            granted: None,
        }) else {
            return;
        };
        let Some((hash, entry)) = key_entry(&row, project) else { return };
        self.keys.retain(|(other, _)| *other != hash);
        if detail["revoked"].as_bool().unwrap_or(false) {
            self.revoked.push(hash);
        } else {
            self.keys.push((hash, entry));
        }
    }
}

fn of(row: &ChangeRow, what: &str, prompt: &str) -> StreamChange {
    let number = || Some(number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?));
    StreamChange {
        change: what.to_owned(),
        prompt: prompt.to_owned(),
        environment: row.environment.clone(),
        version: number(),
        build_hash: row.build_hash.clone(),
        deployment_id: row.deployment_id.clone(),
        label: None,
        renamed_from: None,
        entry_revision: row.revision,
    }
}

pub(super) fn changed_build(
    name: &str,
    kind: &str,
    environment: &str,
    row: &ChangeRow,
    includes: &[Included],
) -> Option<Build> {
    let content_hash = row.content_hash.as_deref()?;
    let own_hash;
    let build_hash = match row.build_hash.as_deref() {
        Some(hash) => hash,
        None => {
            own_hash = promptory_core::definition::build_hash(content_hash, &[]);
            &own_hash
        }
    };
    Some(Build::new(&Parts {
        prompt: name,
        kind,
        environment,
        version_id: row.version_id.as_deref()?,
        number: &number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?),
        sequence: row.sequence?,
        content: row.content.as_deref()?,
        template: row.template.as_deref()?,
        variables: row.variables.as_deref()?,
        settings: row.settings.as_deref()?,
        content_hash,
        build_hash,
        deployment_id: row.deployment_id.as_deref(),
        archived: row.archived_at.is_some(),
        revision: row.revision,
        includes,
        rollout: None,
    }))
}

pub(super) fn key_entry(row: &KeyRow, project: &Arc<ProjectServing>) -> Option<([u8; 32], Caller)> {
    let hash = crate::ids::unhex(&row.hash)?.try_into().ok()?;
    let entry = Caller {
        serial: Caller::next_serial(),
        who: Who::Key { id: row.id.as_str().into(), owner: row.person_id.as_deref().map(Into::into) },
        name: row.name.as_str().into(),
        prefix: row.prefix.as_str().into(),
        scopes: Scopes::from_stored(&row.scopes),
        environment: row.environment.as_deref().map(Into::into),
        instance_admin: row.instance_admin,
        expires_at: row.expires_at.map(Timestamp::from_micros),
        project: Arc::clone(project),
        writes: Caller::write_limiter(),
    };
    Some((hash, entry))
}
