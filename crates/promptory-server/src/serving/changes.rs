//! From the rows of the change feed to the next snapshot.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{access::Scopes, id::ProjectId, time::Timestamp};
use promptory_store::{ChangeRow, KeyRow};
use serde_json::Value;
use tracing::error;

use super::{Build, Environment, KeyEntry, ProjectServing, PromptEntry, Serving, Snapshot, build::Parts};
use crate::numbers::number_text;

/// Names by project and prompt id.
pub(super) type Names = HashMap<(ProjectId, Box<str>), Box<str>>;

/// The changes of one swap, gathered.
struct Pending<'a> {
    now: &'a Snapshot,
    entries: HashMap<Box<str>, PromptEntry>,
    environments: Option<Vec<Environment>>,
    keys: Vec<([u8; 32], KeyEntry)>,
    revoked: Vec<[u8; 32]>,
}

pub(super) fn apply(
    serving: &Serving,
    project: &Arc<ProjectServing>,
    now: &Snapshot,
    rows: &[ChangeRow],
    names: &mut Names,
) {
    let Some(last) = rows.last() else { return };
    let mut pending =
        Pending { now, entries: HashMap::new(), environments: None, keys: Vec::new(), revoked: Vec::new() };
    for row in rows {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
        match row.kind.as_str() {
            "prompt" => pending.prompt(project, row, &detail, names),
            "version" => pending.version(project, row, &detail, names),
            "live" => pending.live(project, row, names),
            "environment" => pending.environment(&detail),
            "key" => pending.key(project, &detail),
            _ => {}
        }
    }
    let environments = pending.environments.map(|mut list| {
        list.sort_by_key(|environment| environment.position);
        list.into()
    });
    // Keys first: a key that was revoked in this batch must not see what comes with it.
    serving.keys.change(pending.keys, &pending.revoked);
    project.swap(now.with(last.revision, environments, pending.entries.into_values().collect()));
}

impl Pending<'_> {
    /// The entry as far as this swap has it, else a copy of the present one.
    fn entry(
        &mut self,
        project: &ProjectServing,
        id: Option<&str>,
        names: &Names,
    ) -> Option<&mut PromptEntry> {
        let name = names.get(&(project.id.clone(), id?.into()))?;
        if !self.entries.contains_key(name) {
            let old = self.now.prompt(name)?;
            let copy = PromptEntry {
                id: old.id.clone(),
                name: old.name.clone(),
                kind: old.kind.clone(),
                archived: old.archived,
                touched: old.touched,
                live: old.live.clone(),
            };
            self.entries.insert(name.clone(), copy);
        }
        self.entries.get_mut(name)
    }

    fn prompt(&mut self, project: &ProjectServing, row: &ChangeRow, detail: &Value, names: &mut Names) {
        let text = |key: &str| detail[key].as_str().unwrap_or_default();
        let archived = detail["archived"].as_bool().unwrap_or(false);
        if let Some(entry) = self.entry(project, row.prompt_id.as_deref(), names) {
            entry.archived = archived;
            entry.touched = row.revision;
            return;
        }
        let (id, name) = (text("id"), text("name"));
        names.insert((project.id.clone(), id.into()), name.into());
        let entry = PromptEntry {
            id: id.into(),
            name: name.into(),
            kind: text("kind").into(),
            archived,
            touched: row.revision,
            live: Vec::new(),
        };
        self.entries.insert(name.into(), entry);
    }

    fn version(&mut self, project: &ProjectServing, row: &ChangeRow, _detail: &Value, names: &Names) {
        if let Some(entry) = self.entry(project, row.prompt_id.as_deref(), names) {
            entry.touched = row.revision;
        }
    }

    fn live(&mut self, project: &ProjectServing, row: &ChangeRow, names: &Names) {
        let Some(entry) = self.entry(project, row.prompt_id.as_deref(), names) else {
            error!(prompt = ?row.prompt_id, "a change of an unknown prompt");
            return;
        };
        let (name, kind) = (entry.name.clone(), entry.kind.clone());
        let Some(build) = changed_build(&name, &kind, row) else {
            error!(prompt = %name, revision = row.revision, "a change without its version");
            return;
        };
        let environment: Arc<str> = row.environment.as_deref().unwrap_or_default().into();
        entry.touched = row.revision;
        entry.live.retain(|(other, _)| *other != environment);
        entry.live.push((environment, Arc::new(build)));
    }

    fn environment(&mut self, detail: &Value) {
        let list = self.environments.get_or_insert_with(|| self.now.environments.to_vec());
        let name = detail["name"].as_str().unwrap_or_default();
        list.retain(|environment| environment.name != name);
        list.push(Environment {
            name: name.to_owned(),
            position: detail["position"].as_i64().unwrap_or(0),
            production: detail["production"].as_bool().unwrap_or(false),
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

fn changed_build(name: &str, kind: &str, row: &ChangeRow) -> Option<Build> {
    Some(Build::new(&Parts {
        prompt: name,
        kind,
        environment: row.environment.as_deref()?,
        version_id: row.version_id.as_deref()?,
        number: &number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?),
        sequence: row.sequence?,
        content: row.content.as_deref()?,
        template: row.template.as_deref()?,
        variables: row.variables.as_deref()?,
        settings: row.settings.as_deref()?,
        content_hash: row.content_hash.as_deref()?,
        build_hash: row.build_hash.as_deref()?,
        deployment_id: row.deployment_id.as_deref(),
        archived: row.archived_at.is_some(),
        revision: row.revision,
    }))
}

pub(super) fn key_entry(row: &KeyRow, project: &Arc<ProjectServing>) -> Option<([u8; 32], KeyEntry)> {
    let hash = crate::ids::unhex(&row.hash)?.try_into().ok()?;
    let entry = KeyEntry {
        id: Some(row.id.as_str().into()),
        name: row.name.as_str().into(),
        prefix: row.prefix.as_str().into(),
        scopes: Scopes::from_stored(&row.scopes),
        environment: row.environment.as_deref().map(Into::into),
        instance_admin: row.instance_admin,
        expires_at: row.expires_at.map(Timestamp::from_micros),
        project: Arc::clone(project),
        writes: KeyEntry::write_limiter(),
    };
    Some((hash, entry))
}
