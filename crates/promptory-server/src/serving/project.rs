//! One project's snapshot and where it stands.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use arc_swap::{ArcSwap, Guard};
use http::HeaderValue;
use promptory_core::id::ProjectId;
use tokio::sync::watch;

use super::Build;

/// A change copies one shard, not the map.
const SHARDS: usize = 256;

type Shard = HashMap<Box<str>, Arc<PromptEntry>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub name: String,
    pub position: i64,
    pub production: bool,
}

/// One prompt as it is served.
pub struct PromptEntry {
    pub id: Box<str>,
    pub name: Box<str>,
    pub kind: Box<str>,
    pub archived: bool,
    /// Of the last change to the prompt or any of its versions: what was cached before is void.
    pub touched: i64,
    /// What is live, by environment.
    pub live: Vec<(Arc<str>, Arc<Build>)>,
}

impl PromptEntry {
    pub fn live_in(&self, environment: &str) -> Option<&Arc<Build>> {
        self.live.iter().find(|(name, _)| &**name == environment).map(|(_, build)| build)
    }
}

/// An immutable state of one project.
#[derive(Clone)]
pub struct Snapshot {
    pub epoch: Arc<str>,
    pub revision: i64,
    /// `<epoch>:<revision>`, ready to send.
    pub revision_header: HeaderValue,
    pub environments: Arc<[Environment]>,
    hasher: RandomState,
    shards: Arc<[Arc<Shard>]>,
}

impl Snapshot {
    pub fn empty(epoch: &Arc<str>) -> Self {
        Self {
            epoch: Arc::clone(epoch),
            revision: 0,
            revision_header: revision_header(epoch, 0),
            environments: Arc::new([]),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Arc::new(Shard::new())).collect(),
        }
    }

    pub fn prompt(&self, name: &str) -> Option<&Arc<PromptEntry>> {
        self.shards[self.shard(name)].get(name)
    }

    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    pub fn production(&self) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.production)
    }

    pub fn prompts(&self) -> usize {
        self.shards.iter().map(|shard| shard.len()).sum()
    }

    fn shard(&self, name: &str) -> usize {
        usize::try_from(self.hasher.hash_one(name) % SHARDS as u64).unwrap_or(0)
    }

    /// The next state: several changes in one, copying only the shards that they touch.
    pub(super) fn with(
        &self,
        revision: i64,
        environments: Option<Arc<[Environment]>>,
        entries: Vec<PromptEntry>,
    ) -> Self {
        let mut shards: Vec<Arc<Shard>> = self.shards.to_vec();
        for entry in entries {
            let shard = Arc::make_mut(&mut shards[self.shard(&entry.name)]);
            shard.insert(entry.name.clone(), Arc::new(entry));
        }
        Self {
            epoch: Arc::clone(&self.epoch),
            revision,
            revision_header: revision_header(&self.epoch, revision),
            environments: environments.unwrap_or_else(|| Arc::clone(&self.environments)),
            hasher: self.hasher.clone(),
            shards: shards.into(),
        }
    }
}

fn revision_header(epoch: &str, revision: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("{epoch}:{revision}")).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A project that is being served.
pub struct ProjectServing {
    pub id: ProjectId,
    pub name: String,
    snapshot: ArcSwap<Snapshot>,
    /// Follows the snapshot's revision; writers and `Promptory-Min-Revision` wait on it.
    applied: watch::Sender<i64>,
}

impl ProjectServing {
    pub fn new(id: ProjectId, name: String, snapshot: Snapshot) -> Self {
        let applied = watch::Sender::new(snapshot.revision);
        Self { id, name, snapshot: ArcSwap::from_pointee(snapshot), applied }
    }

    pub fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    pub(super) fn swap(&self, next: Snapshot) {
        let revision = next.revision;
        // The old snapshot is dropped here, off the serving threads, unless one of them still reads it.
        drop(self.snapshot.swap(Arc::new(next)));
        self.applied.send_replace(revision);
    }

    /// Waits until the snapshot has this revision. The caller bounds the wait.
    pub async fn reached(&self, revision: i64) {
        let mut applied = self.applied.subscribe();
        // An error would mean that the sender is gone, which lives as long as `self`.
        let _ = applied.wait_for(|now| *now >= revision).await;
    }
}
