//! What a server follows leads where a fresh load leads, whatever is changed in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use promptory_core::id::ProjectId;
use promptory_store::{ChangeRow, EnvironmentRow, Loaded, LoadedLive, PromptRow, StoreError, WriteTx};
use proptest::collection::vec;
use serde_json::{Value, json};

use crate::{
    harness::Db,
    steps::{World, step},
    story::{at, key_facts},
};

/// What is served of a project, from a load or from changes.
#[derive(Debug, Default, Clone, PartialEq)]
struct Served {
    environments: BTreeMap<String, Value>,
    keys: BTreeMap<String, Value>,
    prompts: BTreeMap<String, Value>,
    /// Prompt → newest version.
    latest: BTreeMap<String, Value>,
    /// (prompt, label) → version.
    labels: BTreeMap<(String, String), Value>,
    /// (prompt, environment) → build.
    live: BTreeMap<(String, String), Value>,
}

/// Former names are a set: those of one change have the same time.
fn prompt(row: &PromptRow, former: BTreeSet<(String, i64)>) -> Value {
    json!({
        "id": row.id, "name": row.name, "kind": row.kind, "description": row.description,
        "category": row.category, "owner": row.owner, "tags": row.tags, "metadata": row.metadata,
        "created_by": row.created_by, "created_at": row.created_at, "updated_at": row.updated_at,
        "archived_at": row.archived_at, "former": former,
    })
}

/// The fields that loaded and followed versions share.
macro_rules! version_facts {
    ($row:expr, $archived:expr) => {
        json!({
            "revision": $row.revision, "version": $row.version_id, "sequence": $row.sequence,
            "number": [$row.major, $row.minor, $row.patch], "pre": $row.pre, "content": $row.content,
            "template": $row.template, "variables": $row.variables, "settings": $row.settings,
            "hash": $row.content_hash, "archived": $archived,
        })
    };
}

macro_rules! latest_facts {
    ($row:expr) => {
        json!({
            "version": $row.version_id, "sequence": $row.sequence, "pre": $row.pre,
            "number": [$row.major, $row.minor, $row.patch], "content": $row.content,
            "settings": $row.settings, "created_at": $row.created_at,
        })
    };
}

fn with_build(mut facts: Value, deployment: Option<&str>, build: Option<&str>) -> Value {
    facts["deployment"] = json!(deployment);
    facts["build"] = json!(build);
    facts
}

fn loaded(from: Loaded<LoadedLive>) -> Served {
    let environment = |row: &EnvironmentRow| {
        let facts = json!({
            "name": row.name, "position": row.position, "production": row.production, "rollback": row.rollback,
            "stages": row.asks(), "pin_idle_s": row.pin_idle_s,
        });
        (row.name.clone(), facts)
    };
    let mut former: BTreeMap<String, BTreeSet<(String, i64)>> = BTreeMap::new();
    for row in from.former_names {
        former.entry(row.prompt_id).or_default().insert((row.name, row.created_at));
    }
    let environments = from.environments.iter();
    let with_former = |row: PromptRow| {
        let former = former.remove(&row.id).unwrap_or_default();
        (row.id.clone(), prompt(&row, former))
    };
    Served {
        environments: environments.map(environment).collect(),
        keys: from.keys.iter().map(|key| (key.id.clone(), key_facts(key))).collect(),
        prompts: from.prompts.into_iter().map(with_former).collect(),
        latest: from
            .latest
            .iter()
            .map(|row| {
                let mut facts = latest_facts!(row);
                // The text of one that is live is not loaded a second time.
                let live = from.live.iter().find(|l| l.until.is_none() && l.version_id == row.version_id);
                assert_eq!(row.content.is_none(), live.is_some(), "{}", row.version_id);
                if let Some(live) = live {
                    facts["content"] = json!(live.content);
                }
                (row.prompt_id.clone(), facts)
            })
            .collect(),
        labels: from
            .labels
            .iter()
            .map(|row| {
                let facts = version_facts!(row, row.archived_at.is_some());
                ((row.prompt_id.clone(), row.name.clone()), facts)
            })
            .collect(),
        live: from
            .live
            .iter()
            .map(|row| {
                let facts = version_facts!(row, row.archived_at.is_some());
                let facts = with_build(facts, Some(&row.deployment_id), Some(&row.build_hash));
                ((row.prompt_id.clone(), row.environment.clone()), facts)
            })
            .collect(),
    }
}

impl Served {
    fn apply(&mut self, row: &ChangeRow) {
        let detail: Value = serde_json::from_str(&row.detail).expect("JSON");
        let text = |name: &str| detail[name].as_str().expect("a text").to_owned();
        let of = || row.prompt_id.clone().expect("a prompt");
        let archived = row.archived_at.is_some();
        match row.kind.as_str() {
            "prompt" if detail["deleted"] == true => {
                self.prompts.remove(&of());
                self.latest.remove(&of());
                self.labels.retain(|(prompt, _), _| *prompt != of());
            }
            "prompt" => {
                self.prompts.insert(of(), with_sorted_names(detail));
            }
            "version" => self.apply_version(&of(), row, &detail),
            "label" if row.version_id.is_none() => {
                self.labels.remove(&(of(), text("name")));
            }
            "label" => {
                self.labels.insert((of(), text("name")), version_facts!(row, archived));
            }
            "live" => {
                let facts = version_facts!(row, archived);
                let facts = with_build(facts, row.deployment_id.as_deref(), row.build_hash.as_deref());
                self.live.insert((of(), row.environment.clone().expect("an environment")), facts);
            }
            "key" if detail["revoked"] == true => {
                self.keys.remove(&text("id"));
            }
            "key" => {
                self.keys.insert(text("id"), detail);
            }
            "environment" => {
                self.environments.insert(text("name"), detail);
            }
            "sample" | "member" | "other" => {}
            kind => panic!("an unknown kind {kind}"),
        }
    }

    fn apply_version(&mut self, prompt: &str, row: &ChangeRow, detail: &Value) {
        // A version that was deleted since is not there to be read.
        let known = row.sequence.map(|sequence| (sequence, latest_facts!(row)));
        if detail["deleted"] == true {
            self.latest.remove(prompt);
            self.latest.extend(known.map(|(_, facts)| (prompt.to_owned(), facts)));
            return;
        }
        let newest = self.latest.get(prompt).and_then(|old| old["sequence"].as_i64());
        self.latest.extend(
            known
                .filter(|(sequence, _)| newest <= Some(*sequence))
                .map(|(_, facts)| (prompt.to_owned(), facts)),
        );
        for facts in self.live.values_mut().chain(self.labels.values_mut()) {
            if facts["version"] == detail["version"] {
                facts["archived"] = detail["archived"].clone();
            }
        }
    }

    /// (environment, prompt) → deployment, without what is archived.
    fn answered(&self) -> BTreeMap<(String, String), String> {
        let named = |((prompt, environment), facts): (&(String, String), &Value)| {
            let prompt = &self.prompts[prompt];
            let name = prompt["name"].as_str()?.to_owned();
            let deployment = facts["deployment"].as_str()?.to_owned();
            prompt["archived_at"].is_null().then(|| ((environment.clone(), name), deployment))
        };
        self.live.iter().filter_map(named).collect()
    }
}

fn with_sorted_names(mut detail: Value) -> Value {
    let names = detail["former"].as_array().expect("a list").iter();
    let names: BTreeSet<(String, i64)> = names
        .map(|one| {
            let name = one["name"].as_str().expect("a text").to_owned();
            (name, one["until"].as_i64().expect("a time"))
        })
        .collect();
    detail["former"] = json!(names);
    detail
}

async fn load(db: &Db, project: &ProjectId) -> (i64, Served) {
    let all = db.store.load(project, 0, |_, row, _| row).await.expect("readable").expect("there");
    (all.head.revision, loaded(all))
}

/// What the environments served at a time, from the tables that history is read from.
async fn history(
    db: &Db,
    project: &ProjectId,
    served: &Served,
    now: i64,
) -> BTreeMap<(String, String), String> {
    let mut reader = db.reader().await;
    let mut found = BTreeMap::new();
    for environment in served.environments.keys() {
        let rows =
            reader.project(project).environment_at(environment, now, "", 1_000).await.expect("readable");
        found.extend(rows.into_iter().map(|row| ((environment.clone(), row.prompt), row.deployment_id)));
    }
    found
}

async fn taken(
    tx: &mut WriteTx,
    world: &mut World<'_>,
    steps: &[crate::steps::Step],
) -> Result<(), StoreError> {
    for step in steps {
        world.take(tx, step).await?;
    }
    Ok(())
}

// Some changes carry several steps; a server looks in now and then.
both_for_all!(following_leads_where_loading_leads, 12, vec(vec(step(), 1..4), 1..40), async |db, changes| {
    let project = db.project().await;
    let (_, start) = load(db, &project).await;
    let mut world = World::new(&project, start.environments.keys().cloned().collect());
    let (mut followed, mut revision) = (start.clone(), 0);
    let mut past = Vec::new();
    for (n, steps) in (0_i64..).zip(&changes) {
        let committed = db.change(&project, 10 * n, async |tx| taken(tx, &mut world, steps).await).await;
        if n % 3 == 0 {
            for row in db.store.changes(&project, revision, committed.revision).await.expect("changes") {
                followed.apply(&row);
            }
            revision = committed.revision;
            assert_eq!(load(db, &project).await, (revision, followed.clone()));
            past.push((at(10 * n + 9).micros(), followed.clone()));
        }
    }
    let (last, expected) = load(db, &project).await;
    assert_eq!(last, changes.len() as i64);
    for (from, mut state) in [(revision, followed), (0, start)] {
        let rows = db.store.changes(&project, from, last).await.expect("changes");
        for row in &rows {
            state.apply(row);
        }
        assert_eq!(state, expected, "from {from}");
        // What was applied twice does no harm.
        for row in &rows {
            state.apply(row);
        }
        assert_eq!(state, expected, "from {from}, twice");
    }
    // History says of each time what was served then, by present names.
    for (now, served) in past {
        let named = |((environment, _), deployment): ((String, String), String)| (environment, deployment);
        let then: BTreeSet<_> = served.answered().into_iter().map(named).collect();
        let found: BTreeSet<_> = history(db, &project, &expected, now).await.into_iter().map(named).collect();
        assert_eq!(found, then, "at {now}");
    }
    let now = at(10 * last).micros();
    assert_eq!(history(db, &project, &expected, now).await, expected.answered());
});
