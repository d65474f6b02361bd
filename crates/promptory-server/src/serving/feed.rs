//! Following the database: loads a project once, then applies its changes, several in one swap.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::{ChangeRow, Loaded, LoadedLive, LoadedPrompt, ProjectHead, Result, Store};
use tokio::sync::Notify;
use tracing::{info, warn};

use super::{
    Build, Environment, ProjectServing, PromptEntry, Serving, Snapshot,
    build::Parts,
    changes::{Names, apply, key_entry},
};
use crate::numbers::number_text;

/// Applies changes. One task runs [`Feed::poll`]; anybody may [`Feed::wake`] it.
pub struct Feed {
    store: Store,
    serving: Arc<Serving>,
    wake: Notify,
    /// Why the next look was asked for.
    woken: std::sync::Mutex<Woken>,
    /// When changes were last read, for readiness. Microseconds.
    polled_at: AtomicI64,
    /// Names by prompt id, for applying changes: only the feed's task takes this lock.
    names: tokio::sync::Mutex<Names>,
}

impl Feed {
    pub fn new(store: Store, serving: Arc<Serving>) -> Self {
        Self {
            store,
            serving,
            wake: Notify::new(),
            woken: std::sync::Mutex::default(),
            polled_at: AtomicI64::new(i64::MIN),
            names: tokio::sync::Mutex::default(),
        }
    }

    /// Something changed, or may have.
    pub fn wake(&self) {
        self.note(|woken| woken.any = true);
    }

    /// A project has reached this revision.
    pub fn wake_at(&self, project: &ProjectId, revision: i64) {
        self.note(|woken| {
            let known = woken.reached.entry(project.clone()).or_insert(revision);
            *known = revision.max(*known);
        });
    }

    fn note(&self, note: impl FnOnce(&mut Woken)) {
        if let Ok(mut woken) = self.woken.lock() {
            note(&mut woken);
        }
        self.wake.notify_one();
    }

    /// Waits for a wake.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// After a wake: just the projects that are known to have changed, or all of them when nobody said which.
    ///
    /// # Errors
    /// The database could not be read; what is served stays as it is.
    pub async fn look(&self, now: Timestamp) -> Result<()> {
        let woken = self.woken.lock().map(|mut woken| std::mem::take(&mut *woken)).unwrap_or_default();
        if woken.any || woken.reached.is_empty() {
            return self.poll(now).await;
        }
        let mut names = self.names.lock().await;
        for (id, revision) in woken.reached {
            match self.serving.project(&id) {
                Some(project) if project.snapshot().revision >= revision => {}
                Some(project) => self.follow(&project, &mut names).await?,
                None => self.load(&id, None, &mut names).await?,
            }
        }
        self.polled_at.store(now.micros(), Ordering::Relaxed);
        Ok(())
    }

    pub fn polled_at(&self) -> Option<Timestamp> {
        let at = self.polled_at.load(Ordering::Relaxed);
        (at != i64::MIN).then(|| Timestamp::from_micros(at))
    }

    /// Brings every project up to the database.
    ///
    /// # Errors
    /// The database could not be read; what is served stays as it is.
    pub async fn poll(&self, now: Timestamp) -> Result<()> {
        let mut names = self.names.lock().await;
        for head in self.store.heads().await? {
            let id = ProjectId::from(head.id.as_str());
            match self.serving.project(&id) {
                Some(project) if in_step(&project, &head) => {}
                Some(project) if behind(&project, &head) => self.follow(&project, &mut names).await?,
                Some(project) => {
                    warn!(project = %project.name, "the database was restored or replaced: reloading everything");
                    self.load(&id, Some(&project), &mut names).await?;
                }
                None => self.load(&id, None, &mut names).await?,
            }
        }
        self.polled_at.store(now.micros(), Ordering::Relaxed);
        Ok(())
    }

    async fn follow(&self, project: &Arc<ProjectServing>, names: &mut Names) -> Result<()> {
        let now = Arc::clone(&project.snapshot());
        let rows = self.store.changes(&project.id, now.revision, i64::MAX).await?;
        if !gapless(&rows, now.revision) {
            warn!(project = %project.name, after = now.revision, "changes are missing: reloading everything");
            return self.load(&project.id, Some(project), names).await;
        }
        apply(&self.serving, project, &now, &rows, names);
        Ok(())
    }

    async fn load(
        &self,
        id: &ProjectId,
        known: Option<&Arc<ProjectServing>>,
        names: &mut Names,
    ) -> Result<()> {
        let make = |prompt: &LoadedPrompt, row: LoadedLive| Live {
            build: Arc::new(loaded_build(&prompt.name, &prompt.kind, &row)),
            prompt_id: row.prompt_id,
            environment: row.environment,
        };
        let Some(mut loaded) = self.store.load(id, make).await? else { return Ok(()) };
        let snapshot = snapshot_of(&mut loaded);
        names.retain(|(project, _), _| project != id);
        for prompt in &loaded.prompts {
            names.insert((id.clone(), prompt.id.as_str().into()), prompt.name.as_str().into());
        }
        info!(project = %loaded.head.name, revision = snapshot.revision, prompts = loaded.prompts.len(), "loaded");
        let project = match known {
            Some(project) => {
                project.swap(snapshot);
                Arc::clone(project)
            }
            None => Arc::new(ProjectServing::new(id.clone(), loaded.head.name.clone(), snapshot)),
        };
        let keys = loaded.keys.iter().filter_map(|row| key_entry(row, &project)).collect();
        self.serving.keys.replace(id, keys);
        if known.is_none() {
            self.serving.add(project);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Woken {
    /// Nobody said which project.
    any: bool,
    /// Projects that have reached a revision.
    reached: HashMap<ProjectId, i64>,
}

fn in_step(project: &ProjectServing, head: &ProjectHead) -> bool {
    let now = project.snapshot();
    now.revision == head.revision && *now.epoch == *head.epoch
}

fn behind(project: &ProjectServing, head: &ProjectHead) -> bool {
    let now = project.snapshot();
    now.revision < head.revision && *now.epoch == *head.epoch
}

/// Every commit has at least one change row, so a missing revision means that rows were swept.
fn gapless(rows: &[ChangeRow], after: i64) -> bool {
    let mut last = after;
    for row in rows {
        if row.revision > last + 1 {
            return false;
        }
        last = row.revision;
    }
    last > after
}

/// A live version, built while the next one is read.
struct Live {
    prompt_id: String,
    environment: String,
    build: Arc<Build>,
}

fn snapshot_of(loaded: &mut Loaded<Live>) -> Snapshot {
    let epoch: Arc<str> = loaded.head.epoch.as_str().into();
    let environments: Vec<Environment> = loaded
        .environments
        .iter()
        .map(|row| Environment { name: row.name.clone(), position: row.position, production: row.production })
        .collect();
    let shared: HashMap<&str, Arc<str>> =
        loaded.environments.iter().map(|row| (row.name.as_str(), Arc::from(row.name.as_str()))).collect();
    let mut live: HashMap<String, Vec<_>> = HashMap::new();
    for row in std::mem::take(&mut loaded.live) {
        if let Some(environment) = shared.get(row.environment.as_str()) {
            live.entry(row.prompt_id).or_default().push((Arc::clone(environment), row.build));
        }
    }
    let entries = loaded
        .prompts
        .iter()
        .map(|prompt| PromptEntry {
            id: prompt.id.as_str().into(),
            name: prompt.name.as_str().into(),
            kind: prompt.kind.as_str().into(),
            archived: prompt.archived_at.is_some(),
            touched: loaded.head.revision,
            live: live.remove(prompt.id.as_str()).unwrap_or_default(),
        })
        .collect();
    Snapshot::empty(&epoch).with(loaded.head.revision, Some(environments.into()), entries)
}

fn loaded_build(prompt: &str, kind: &str, row: &LoadedLive) -> Build {
    Build::new(&Parts {
        prompt,
        kind,
        environment: &row.environment,
        version_id: &row.version_id,
        number: &number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
        content_hash: &row.content_hash,
        build_hash: &row.build_hash,
        deployment_id: Some(&row.deployment_id),
        archived: row.archived_at.is_some(),
        revision: row.revision,
    })
}
