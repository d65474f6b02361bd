//! The change feed: what a server follows leads where a fresh load leads.

use std::collections::BTreeMap;

use promptory_core::id::ProjectId;
use promptory_store::{Archive, ChangeRow, Loaded, LoadedLive, StoreError, WriteTx};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::{
    harness::Db,
    story::{about, activation, at, key_facts, new_key, new_prompt, new_version},
};

/// What is served of a project, from a load or from changes.
#[derive(Debug, Default, Clone, PartialEq)]
struct Served {
    /// Name → position and production.
    environments: BTreeMap<String, Value>,
    keys: BTreeMap<String, Value>,
    prompts: BTreeMap<String, Value>,
    /// (prompt, environment) → build.
    live: BTreeMap<(String, String), Value>,
}

fn environment(name: &str, position: i64, production: bool) -> (String, Value) {
    (name.to_owned(), json!({"name": name, "position": position, "production": production}))
}

fn loaded(from: &Loaded<LoadedLive>) -> Served {
    let archived = |at: Option<i64>| at.is_some();
    Served {
        environments: from
            .environments
            .iter()
            .map(|row| environment(&row.name, row.position, row.production))
            .collect(),
        keys: from.keys.iter().map(|key| (key.id.clone(), key_facts(key))).collect(),
        prompts: from
            .prompts
            .iter()
            .map(|row| {
                let facts = json!({"id": row.id, "name": row.name, "kind": row.kind,
                    "archived": archived(row.archived_at)});
                (row.id.clone(), facts)
            })
            .collect(),
        live: from
            .live
            .iter()
            .map(|row| {
                let facts = json!({
                    "deployment": row.deployment_id, "build": row.build_hash, "revision": row.revision,
                    "version": row.version_id, "sequence": row.sequence,
                    "number": [row.major, row.minor, row.patch], "pre": row.pre, "content": row.content,
                    "template": row.template, "variables": row.variables, "settings": row.settings,
                    "hash": row.content_hash, "archived": archived(row.archived_at),
                });
                ((row.prompt_id.clone(), row.environment.clone()), facts)
            })
            .collect(),
    }
}

impl Served {
    fn apply(&mut self, row: &ChangeRow) {
        let detail: Value = serde_json::from_str(&row.detail).expect("JSON");
        let text = |name: &str| detail[name].as_str().expect("a text").to_owned();
        match row.kind.as_str() {
            "prompt" => {
                self.prompts.insert(text("id"), detail);
            }
            "version" => {
                let archived = &detail["archived"];
                for build in self.live.values_mut().filter(|build| build["version"] == detail["version"]) {
                    build["archived"] = archived.clone();
                }
            }
            "live" => {
                let prompt = row.prompt_id.clone().expect("a prompt");
                let environment = row.environment.clone().expect("an environment");
                self.live.insert((prompt, environment), build(row));
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
            "other" => {}
            kind => panic!("an unknown kind {kind}"),
        }
    }
}

fn build(row: &ChangeRow) -> Value {
    json!({
        "deployment": row.deployment_id, "build": row.build_hash, "revision": row.revision,
        "version": row.version_id, "sequence": row.sequence,
        "number": [row.major, row.minor, row.patch], "pre": row.pre, "content": row.content,
        "template": row.template, "variables": row.variables, "settings": row.settings,
        "hash": row.content_hash, "archived": row.archived_at.is_some(),
    })
}

#[derive(Debug, Clone)]
enum Step {
    Prompt,
    Describe(Index),
    ArchivePrompt(Index, bool),
    Version(Index),
    ArchiveVersion(Index, bool),
    Correct(Index),
    Deprecate(Index),
    Activate(Index, Index),
    Key,
    Revoke(Index),
    Environment(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let any_index = any::<Index>;
    prop_oneof![
        2 => Just(Step::Prompt),
        1 => any_index().prop_map(Step::Describe),
        1 => (any_index(), any::<bool>()).prop_map(|(n, archived)| Step::ArchivePrompt(n, archived)),
        3 => any_index().prop_map(Step::Version),
        2 => (any_index(), any::<bool>()).prop_map(|(n, archived)| Step::ArchiveVersion(n, archived)),
        1 => any_index().prop_map(Step::Correct),
        1 => any_index().prop_map(Step::Deprecate),
        5 => (any_index(), any_index()).prop_map(|(version, environment)| Step::Activate(version, environment)),
        1 => Just(Step::Key),
        1 => any_index().prop_map(Step::Revoke),
        1 => any_index().prop_map(Step::Environment),
    ]
}

/// What the steps have made so far, to choose from.
struct World<'a> {
    project: &'a ProjectId,
    prompts: Vec<String>,
    versions: Vec<(String, String)>,
    environments: Vec<String>,
    keys: Vec<String>,
    deployments: usize,
}

fn chosen<'a, T>(all: &'a [T], index: &Index) -> Option<&'a T> {
    (!all.is_empty()).then(|| index.get(all))
}

impl World<'_> {
    async fn take(&mut self, tx: &mut WriteTx, step: &Step) -> Result<(), StoreError> {
        match step {
            Step::Prompt => {
                let id = format!("{}/{}", self.project, self.prompts.len());
                tx.insert_prompt(&new_prompt(&id, &id)).await?;
                self.prompts.push(id);
            }
            Step::Describe(n) => {
                let Some(id) = chosen(&self.prompts, n) else { return Ok(()) };
                tx.update_prompt(id, &about("again", "[]")).await?;
            }
            Step::ArchivePrompt(n, archived) => {
                let Some(id) = chosen(&self.prompts, n) else { return Ok(()) };
                let archive = Archive::Prompt { id, name: id, kind: "text", archived: *archived };
                tx.apply_archive(&archive).await?;
            }
            Step::Environment(n) => {
                let name = format!("e{}", self.environments.len());
                tx.add_environment(&name, n.index(self.environments.len()) as i64 + 1).await?;
                self.environments.push(name);
            }
            Step::Key => {
                let id = format!("{}-key-{}", self.project, self.keys.len());
                tx.insert_key(&new_key(&id)).await?;
                self.keys.push(id);
            }
            Step::Revoke(n) => {
                let Some(id) = chosen(&self.keys, n) else { return Ok(()) };
                let key = tx.project().key(id).await?.expect("there");
                tx.revoke_key(&key).await?;
            }
            of_a_version => self.take_version(tx, of_a_version).await?,
        }
        Ok(())
    }

    async fn take_version(&mut self, tx: &mut WriteTx, step: &Step) -> Result<(), StoreError> {
        if let Step::Version(n) = step {
            let Some(prompt) = chosen(&self.prompts, n).cloned() else { return Ok(()) };
            let last = tx.project().version_latest(&prompt).await?.map_or(0, |row| row.sequence);
            let new = new_version(&prompt, last + 1, (1, last, 0, ""));
            tx.insert_version(&new).await?;
            self.versions.push((prompt, new.id));
            return Ok(());
        }
        let (Step::ArchiveVersion(n, _) | Step::Correct(n) | Step::Deprecate(n) | Step::Activate(n, _)) =
            step
        else {
            unreachable!("{step:?} is not about a version");
        };
        let Some((prompt, id)) = chosen(&self.versions, n) else { return Ok(()) };
        match step {
            Step::ArchiveVersion(_, archived) => {
                tx.apply_archive(&Archive::Version { prompt_id: prompt, id, archived: *archived }).await
            }
            Step::Correct(_) => tx.correct_version(prompt, id, ("note", "[]", "{}")).await,
            Step::Activate(_, environment) => {
                let environment = environment.get(&self.environments);
                let from = tx.project().live(prompt, environment).await?.map(|row| row.version_id);
                self.deployments += 1;
                let deployment = format!("{}-d{}", self.project, self.deployments);
                tx.apply_activation(&activation(&deployment, environment, id, from.as_deref())).await
            }
            _ => tx.deprecate_version(prompt, id).await,
        }
    }
}

async fn load(db: &Db, project: &ProjectId) -> (i64, Served) {
    let all = db.store.load(project, |_, row| row).await.expect("readable").expect("there");
    (all.head.revision, loaded(&all))
}

// Some changes carry several steps; a server looks in now and then.
both_for_all!(following_leads_where_loading_leads, 12, vec(vec(step(), 1..4), 1..25), async |db, changes| {
    let project = db.project().await;
    let (_, start) = load(db, &project).await;
    let environments = start.environments.keys().cloned().collect();
    let mut world = World {
        project: &project,
        prompts: vec![],
        versions: vec![],
        environments,
        keys: vec![],
        deployments: 0,
    };
    let (mut followed, mut revision) = (start.clone(), 0);
    for (n, steps) in changes.iter().enumerate() {
        let committed = db
            .change(&project, n as i64, async |tx| {
                for step in steps {
                    world.take(tx, step).await?;
                }
                Ok(())
            })
            .await;
        if n % 3 == 0 {
            for row in db.store.changes(&project, revision, committed.revision).await.expect("changes") {
                followed.apply(&row);
            }
            revision = committed.revision;
            assert_eq!(load(db, &project).await, (revision, followed.clone()));
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
});

both!(changes_come_in_order_with_the_content_of_what_is_live, async |db| {
    let project = db.project().await;
    let other = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.prompt(&other, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.change(&project, 10, async |tx| {
        tx.apply_activation(&activation("d1", "production", &version, None)).await?;
        tx.apply_activation(&activation("d2", "staging", &version, None)).await?;
        tx.insert_key(&new_key("k1")).await
    })
    .await;
    let rows = db.store.changes(&project, 0, 3).await.expect("changes");
    let seen: Vec<(i64, &str, Option<&str>)> =
        rows.iter().map(|row| (row.revision, row.kind.as_str(), row.environment.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (1, "prompt", None),
            (2, "version", None),
            (3, "live", Some("production")),
            (3, "live", Some("staging")),
            (3, "key", None),
        ]
    );
    let expected = new_version(&prompt, 1, (1, 1, 0, ""));
    for row in &rows[2..4] {
        assert_eq!(row.content.as_deref(), Some(expected.content.as_str()));
        assert_eq!(row.settings.as_deref(), Some(expected.settings.as_str()));
        assert_eq!((row.major, row.minor, row.sequence), (Some(1), Some(1), Some(1)));
        assert_eq!(
            (row.pre.as_deref(), row.build_hash.clone()),
            (Some(""), Some(format!("build-{version}")))
        );
    }
    assert!(rows[4].content.is_none() && rows[4].version_id.is_none());
    for (after, up_to, expected) in [(0, 0, 0), (0, 1, 1), (1, 2, 1), (2, 3, 3), (3, 9, 0), (0, i64::MAX, 5)]
    {
        let rows = db.store.changes(&project, after, up_to).await.expect("changes");
        assert_eq!(rows.len(), expected, "{after}..{up_to}");
    }
});

both!(heads_say_where_every_project_stands, async |db| {
    db.store.shared_value("epoch", "e1").await.expect("kept");
    let (one, two) = (db.project().await, db.project().await);
    db.change(&two, 0, async |_| Ok(())).await;
    let mut heads: Vec<_> = db.store.heads().await.expect("heads");
    heads.sort_by(|a, b| a.id.cmp(&b.id));
    let seen: Vec<_> =
        heads.iter().map(|head| (head.id.as_str(), head.revision, head.epoch.as_str())).collect();
    assert_eq!(seen, [(one.as_str(), 0, "e1"), (two.as_str(), 1, "e1")]);
    assert!(heads.iter().all(|head| head.name == head.id));
    assert!(db.store.load(&"nobody".into(), |_, row| row).await.expect("readable").is_none());
});

both!(old_changes_are_swept_of_one_project, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    for (n, project) in [&one, &two].into_iter().enumerate() {
        for now in [10, 20, 30] {
            let id = format!("{n} {now}");
            db.change(project, now, async |tx| tx.insert_prompt(&new_prompt(&id, &id)).await.map(drop)).await;
        }
    }
    assert_eq!(db.store.sweep_changes(&one, at(10).micros()).await.expect("swept"), 0);
    assert_eq!(db.store.sweep_changes(&one, at(21).micros()).await.expect("swept"), 2);
    let left = |rows: Vec<ChangeRow>| rows.into_iter().map(|row| row.revision).collect::<Vec<_>>();
    assert_eq!(left(db.store.changes(&one, 0, 9).await.expect("changes")), [3]);
    assert_eq!(left(db.store.changes(&two, 0, 9).await.expect("changes")), [1, 2, 3]);
    assert_eq!(db.store.heads().await.expect("heads").len(), 2);
});
