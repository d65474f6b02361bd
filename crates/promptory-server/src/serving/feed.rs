//! Following the database: loads a project once, then applies its changes, several in one swap.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::{Included, Loaded, LoadedLatest, LoadedLive, ProjectHead, PromptRow, Result, Store};
use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::{
    About, Build, Environment, Label, Latest, PAST_BUILDS, Past, ProjectServing, PromptEntry, Serving,
    Snapshot, Text,
    build::Parts,
    changes::{Builds, Names, apply, key_entry, takes_back},
    entry::{labelled_build, provider, searchable, with_time},
    history::{Seen, gapless},
    prices::{listed, reread},
    project::Next,
    rollouts::put_loaded,
};
use crate::{
    ids::{IdGen, new_epoch},
    numbers::number_text,
};

/// Applies changes. One task runs [`Feed::poll`]; anybody may [`Feed::wake`] it.
pub struct Feed {
    store: Store,
    serving: Arc<Serving>,
    /// For a new epoch.
    ids: Arc<dyn IdGen>,
    wake: Notify,
    /// Why the next look was asked for.
    woken: std::sync::Mutex<Woken>,
    /// When changes were last read, for readiness. Microseconds.
    polled_at: AtomicI64,
    /// Something was taken back, and is served no more here.
    took_back: Notify,
    /// Names by prompt id, for applying changes: only the feed's task takes this lock.
    names: tokio::sync::Mutex<Names>,
}

impl Feed {
    pub fn new(store: Store, serving: Arc<Serving>, ids: Arc<dyn IdGen>) -> Self {
        Self {
            store,
            serving,
            ids,
            wake: Notify::new(),
            woken: std::sync::Mutex::default(),
            polled_at: AtomicI64::new(i64::MIN),
            took_back: Notify::new(),
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

    /// Waits until something that was taken back is served here no more.
    pub async fn took_back(&self) {
        self.took_back.notified().await;
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
        let heads = self.store.heads().await?;
        for head in &heads {
            let id = ProjectId::from(head.id.as_str());
            let Some(project) = self.serving.project(&id) else {
                self.load(&id, None, &mut names).await?;
                continue;
            };
            let seen = project.snapshot().seen(head);
            match seen {
                Seen::Same => {}
                Seen::Ahead => self.follow(&project, &mut names).await?,
                Seen::Replaced => {
                    warn!(project = %project.name, "the database was restored or replaced: reloading everything");
                    self.load(&id, Some(&project), &mut names).await?;
                }
                Seen::WentBack => self.went_back(&project, &mut names).await?,
            }
        }
        self.forget_all_but(&heads);
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
        if !now.continues_with(&rows) {
            return self.went_back(project, names).await;
        }
        let mut builds = Builds::new();
        for row in rows.iter().filter(|row| row.includes > 0) {
            if let (Some(version), Some(hash)) = (&row.version_id, &row.build_hash) {
                let included = self.store.build_includes(&project.id, version, hash).await?;
                builds.insert((version.clone(), hash.clone()), included);
            }
        }
        let prices = reread(&self.store, &project.id, &rows).await?;
        apply(&self.serving, project, (&rows, &builds, prices), names);
        if rows.iter().any(takes_back) {
            self.took_back.notify_one();
        }
        Ok(())
    }

    /// The database has lost changes that were served, as after a failover to an older copy. Clients cannot tell by
    /// its revisions, so it gets a new epoch; of several servers, the first to see it gives it one.
    async fn went_back(&self, project: &Arc<ProjectServing>, names: &mut Names) -> Result<()> {
        let epoch = Arc::clone(&project.snapshot().epoch);
        error!(project = %project.name, %epoch, "the database has lost changes: it gets a new epoch");
        self.store.replace_epoch(Some(&epoch), &new_epoch(&*self.ids)).await?;
        self.load(&project.id, Some(project), names).await?;
        // The other projects have another epoch now.
        self.wake();
        Ok(())
    }

    /// Projects that the database does not have any more. One without any is being restored right now.
    fn forget_all_but(&self, heads: &[ProjectHead]) {
        let known: HashSet<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        if known.is_empty() {
            return warn!("the database has no project; what is served stays as it is");
        }
        for project in self.serving.projects().iter().filter(|project| !known.contains(project.id.as_str())) {
            warn!(project = %project.name, "the database was restored without this project");
            self.serving.remove(&project.id);
            project.reset();
        }
    }

    async fn load(
        &self,
        id: &ProjectId,
        known: Option<&Arc<ProjectServing>>,
        names: &mut Names,
    ) -> Result<()> {
        let make = |prompt: &PromptRow, row: LoadedLive, includes: &[Included]| Live {
            build: Arc::new(loaded_build(prompt, &row, includes)),
            prompt_id: row.prompt_id,
            environment: row.environment,
            past: row.until.is_some(),
        };
        let past = i64::try_from(PAST_BUILDS).unwrap_or(i64::MAX);
        let Some(mut loaded) = self.store.load(id, past, make).await? else { return Ok(()) };
        let snapshot = snapshot_of(&mut loaded);
        names.retain(|(project, _), _| project != id);
        for prompt in &loaded.prompts {
            names.insert((id.clone(), prompt.id.as_str().into()), prompt.name.as_str().into());
        }
        info!(project = %loaded.head.name, revision = snapshot.revision, prompts = loaded.prompts.len(), "loaded");
        let project = match known {
            Some(project) => {
                project.swap(snapshot);
                project.reset();
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

/// A live or past version, built while the next one is read.
struct Live {
    prompt_id: String,
    environment: String,
    build: Arc<Build>,
    past: bool,
}

fn snapshot_of(loaded: &mut Loaded<Live>) -> Snapshot {
    let epoch: Arc<str> = loaded.head.epoch.as_str().into();
    let environments: Vec<Environment> = loaded
        .environments
        .iter()
        .map(|row| Environment {
            name: row.name.clone(),
            position: row.position,
            production: row.production,
            fix_forward: row.rollback == "fix_forward",
            pin_idle: row.pin_idle_s.saturating_mul(1_000_000),
            asks: row.asks(),
        })
        .collect();
    let mut entries = entries(loaded);
    let shared: HashMap<&str, Arc<str>> =
        loaded.environments.iter().map(|row| (row.name.as_str(), Arc::from(row.name.as_str()))).collect();
    for row in std::mem::take(&mut loaded.live) {
        let (Some(environment), Some(entry)) =
            (shared.get(row.environment.as_str()), entries.get_mut(row.prompt_id.as_str()))
        else {
            continue;
        };
        let environment = Arc::clone(environment);
        if !row.past {
            entry.live.push((environment, row.build));
        } else {
            entry.past.push(Past { environment, archived: row.build.archived, build: row.build });
        }
    }
    put_loaded(std::mem::take(&mut loaded.rollouts), &loaded.prompts, &mut entries);
    for row in std::mem::take(&mut loaded.latest) {
        if let Some(entry) = entries.get_mut(&row.prompt_id) {
            let changed = entry.about.updated_at.max(row.created_at);
            entry.changed = with_time(&entry.changed, changed);
            entry.latest = Some(Arc::new(loaded_latest(entry, row)));
        }
    }
    let mut former = HashMap::new();
    for entry in entries.values() {
        let names = entry.about.former.iter();
        former.extend(names.map(|(name, _)| (Box::from(name.as_str()), entry.name.clone())));
    }
    Snapshot::empty(&epoch).with(Next {
        revision: loaded.head.revision,
        at: loaded.head.last_at,
        environments: Some(environments.into()),
        former: Some(former),
        prices: Some(listed(&loaded.prices)),
        gone: Vec::new(),
        entries: entries.into_values().collect(),
    })
}

/// Every prompt without what is live of it, by id.
fn entries(loaded: &mut Loaded<Live>) -> HashMap<String, PromptEntry> {
    let mut former: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    for row in std::mem::take(&mut loaded.former_names) {
        former.entry(row.prompt_id).or_default().push((row.name, row.created_at));
    }
    let mut entries: HashMap<String, PromptEntry> = HashMap::with_capacity(loaded.prompts.len());
    for prompt in &loaded.prompts {
        let former = former.remove(&prompt.id).unwrap_or_default();
        entries.insert(prompt.id.clone(), loaded_entry(prompt, former, loaded.head.revision));
    }
    for row in std::mem::take(&mut loaded.labels) {
        if let Some(entry) = entries.get_mut(&row.prompt_id) {
            let build = labelled_build(entry, &row);
            entry.labels.push(Label {
                build: (!build.has_includes()).then(|| Arc::new(build)),
                archived: row.archived_at.is_some(),
                name: row.name.into(),
                version_id: row.version_id.into(),
            });
        }
    }
    entries
}

fn loaded_latest(entry: &PromptEntry, row: LoadedLatest) -> Latest {
    let served = entry.live.iter().find(|(_, build)| *build.version_id == *row.version_id);
    Latest {
        number: number_text(row.major, row.minor, row.patch, &row.pre).into(),
        sequence: row.sequence,
        created_at: row.created_at,
        provider: provider(&row.settings),
        text: match (served, row.content) {
            (Some((_, build)), _) => Text::Served(Arc::clone(build)),
            (None, content) => Text::Own(searchable(&content.unwrap_or_default())),
        },
        version_id: row.version_id.into(),
    }
}

fn loaded_entry(prompt: &PromptRow, former: Vec<(String, i64)>, revision: i64) -> PromptEntry {
    PromptEntry {
        id: prompt.id.as_str().into(),
        name: prompt.name.as_str().into(),
        kind: prompt.kind.as_str().into(),
        archived: prompt.archived_at.is_some(),
        touched: revision,
        live: Vec::new(),
        rollouts: Vec::new(),
        past: Vec::new(),
        labels: Vec::new(),
        about: Arc::new(About {
            description: prompt.description.as_str().into(),
            category: prompt.category.as_str().into(),
            owner: prompt.owner.as_str().into(),
            tags: serde_json::from_str(&prompt.tags).unwrap_or_default(),
            metadata: prompt.metadata.as_str().into(),
            created_by: prompt.created_by.as_str().into(),
            created_at: prompt.created_at,
            updated_at: prompt.updated_at,
            former: former.into(),
        }),
        latest: None,
        changed: Arc::new([prompt.updated_at]),
    }
}

fn loaded_build(prompt: &PromptRow, row: &LoadedLive, includes: &[Included]) -> Build {
    Build::new(&Parts {
        prompt: &prompt.name,
        kind: &prompt.kind,
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
        revision: row.revision.max(prompt.renamed_revision),
        includes,
        rollout: None,
    })
}
