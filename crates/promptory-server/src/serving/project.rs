//! One project's snapshot and where it stands.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use arc_swap::{ArcSwap, Guard};
use http::HeaderValue;
use promptory_core::{bucketing::Share, cost::Prices, id::ProjectId, rollout::Unit};
use tokio::sync::{broadcast, watch};

use super::{Build, Event, News, fold_into};

/// A change copies one shard, not the map.
const SHARDS: usize = 256;

type Shard = HashMap<Box<str>, Arc<PromptEntry>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub name: String,
    pub position: i64,
    pub production: bool,
    /// Going back to an older version is refused; one reverts.
    pub fix_forward: bool,
    /// Somebody has to agree before it serves something new: references lead only to what it serves or served.
    pub asks: bool,
}

/// One prompt as it is served and listed.
#[derive(Clone)]
pub struct PromptEntry {
    pub id: Box<str>,
    pub name: Box<str>,
    pub kind: Box<str>,
    pub archived: bool,
    /// Of the last change to the prompt or any of its versions: what was cached before is void.
    pub touched: i64,
    /// What is live, by environment.
    pub live: Vec<(Arc<str>, Arc<Build>)>,
    /// What a share of callers gets beside it, by environment.
    pub rollouts: Vec<(Arc<str>, Arc<Rollout>)>,
    /// What was live and was not taken back, the most recent of an environment first.
    pub past: Vec<Past>,
    pub labels: Vec<Label>,
    pub about: Arc<About>,
    pub latest: Option<Arc<Latest>>,
    /// When it changed, oldest first; the times from before the start are lost but the last. For lists that are
    /// sorted by it and walked while it changes.
    pub changed: Arc<[i64]>,
}

/// What a share of callers gets.
pub struct Rollout {
    pub deployment_id: Box<str>,
    pub build: Arc<Build>,
    pub share: Share,
    pub seed: Box<str>,
    pub unit: Unit,
}

impl Rollout {
    /// The same with another share, or with its build made anew.
    pub fn of(&self, build: Arc<Build>, share: Share) -> Self {
        let (deployment_id, seed) = (self.deployment_id.clone(), self.seed.clone());
        Self { deployment_id, build, share, seed, unit: self.unit }
    }

    /// As the answer of what is live beside it says.
    pub fn note(&self) -> String {
        let id = serde_json::Value::from(&*self.deployment_id);
        let (version, percentage) = (serde_json::Value::from(&*self.build.number), self.share);
        format!("{{\"deployment_id\":{id},\"version\":{version},\"percentage\":{percentage}}}")
    }
}

/// A build that was live in an environment.
#[derive(Clone)]
pub struct Past {
    pub environment: Arc<str>,
    pub build: Arc<Build>,
    pub archived: bool,
}

#[derive(Clone)]
pub struct Label {
    pub name: Box<str>,
    pub version_id: Box<str>,
    /// None where what the version includes depends on the environment.
    pub build: Option<Arc<Build>>,
    pub archived: bool,
}

/// What people say of a prompt.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub description: Box<str>,
    pub category: Box<str>,
    pub owner: Box<str>,
    pub tags: Box<[String]>,
    /// JSON object.
    pub metadata: Box<str>,
    pub created_by: Box<str>,
    pub created_at: i64,
    pub updated_at: i64,
    /// Former names, and until when each was the name; oldest first.
    pub former: Box<[(String, i64)]>,
}

/// The newest version by sequence.
#[derive(Clone)]
pub struct Latest {
    pub version_id: Box<str>,
    pub number: Box<str>,
    pub sequence: i64,
    pub created_at: i64,
    pub provider: Option<Box<str>>,
    pub text: Text,
}

/// What search looks into.
#[derive(Clone)]
pub enum Text {
    /// Folded.
    Own(Box<str>),
    /// As a build that is or was live has it: text that is served is not kept a second time.
    Served(Arc<Build>),
}

impl Text {
    /// The word is folded.
    pub fn mentions(&self, word: &str) -> bool {
        match self {
            Self::Own(text) => text.contains(word),
            Self::Served(build) => {
                // Stored as JSON: so is what is looked for.
                let word = serde_json::Value::from(word).to_string();
                let mut folded = String::new();
                fold_into(build.stored_content(), &mut folded);
                folded.contains(&word[1..word.len() - 1])
            }
        }
    }
}

impl PromptEntry {
    pub fn live_in(&self, environment: &str) -> Option<&Arc<Build>> {
        self.live.iter().find(|(name, _)| &**name == environment).map(|(_, build)| build)
    }

    pub fn rollout_in(&self, environment: &str) -> Option<&Arc<Rollout>> {
        self.rollouts.iter().find(|(name, _)| &**name == environment).map(|(_, rollout)| rollout)
    }

    /// The most recent first.
    pub fn past_in(&self, environment: &str) -> impl Iterator<Item = &Past> {
        self.past.iter().filter(move |past| &*past.environment == environment)
    }

    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| &*label.name == name)
    }
}

/// An immutable state of one project.
#[derive(Clone)]
pub struct Snapshot {
    pub epoch: Arc<str>,
    pub revision: i64,
    /// When the change of this revision was made. Microseconds.
    pub(super) at: i64,
    /// `<epoch>:<revision>`, ready to send.
    pub revision_header: HeaderValue,
    pub environments: Arc<[Environment]>,
    /// From former names to present ones.
    pub former: Arc<HashMap<Box<str>, Box<str>>>,
    /// The project's own.
    pub prices: Arc<Prices>,
    hasher: RandomState,
    shards: Arc<[Arc<Shard>]>,
}

impl Snapshot {
    pub fn empty(epoch: &Arc<str>) -> Self {
        Self {
            epoch: Arc::clone(epoch),
            revision: 0,
            at: 0,
            revision_header: revision_header(epoch, 0),
            environments: Arc::new([]),
            former: Arc::default(),
            prices: Arc::default(),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Arc::new(Shard::new())).collect(),
        }
    }

    /// By its name, or by one that it had.
    pub fn prompt(&self, name: &str) -> Option<&Arc<PromptEntry>> {
        self.named(name).or_else(|| self.former.get(name).and_then(|name| self.named(name)))
    }

    fn named(&self, name: &str) -> Option<&Arc<PromptEntry>> {
        self.shards[self.shard(name)].get(name)
    }

    pub fn entries(&self) -> impl Iterator<Item = &Arc<PromptEntry>> {
        self.shards.iter().flat_map(|shard| shard.values())
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

    pub fn rollouts(&self) -> usize {
        self.entries().map(|entry| entry.rollouts.len()).sum()
    }

    fn shard(&self, name: &str) -> usize {
        usize::try_from(self.hasher.hash_one(name) % SHARDS as u64).unwrap_or(0)
    }

    /// The next state: several changes in one, copying only the shards that they touch.
    pub(super) fn with(&self, next: Next) -> Self {
        let mut shards: Vec<Arc<Shard>> = self.shards.to_vec();
        for name in next.gone {
            Arc::make_mut(&mut shards[self.shard(&name)]).remove(&name);
        }
        for entry in next.entries {
            let shard = Arc::make_mut(&mut shards[self.shard(&entry.name)]);
            shard.insert(entry.name.clone(), Arc::new(entry));
        }
        Self {
            epoch: Arc::clone(&self.epoch),
            revision: next.revision,
            at: next.at,
            revision_header: revision_header(&self.epoch, next.revision),
            environments: next.environments.unwrap_or_else(|| Arc::clone(&self.environments)),
            former: next.former.map_or_else(|| Arc::clone(&self.former), Arc::new),
            prices: next.prices.unwrap_or_else(|| Arc::clone(&self.prices)),
            hasher: self.hasher.clone(),
            shards: shards.into(),
        }
    }
}

/// What differs in the next state.
#[derive(Default)]
pub(super) struct Next {
    pub revision: i64,
    pub at: i64,
    pub environments: Option<Arc<[Environment]>>,
    pub former: Option<HashMap<Box<str>, Box<str>>>,
    pub prices: Option<Arc<Prices>>,
    /// Names that are not there any more.
    pub gone: Vec<Box<str>>,
    pub entries: Vec<PromptEntry>,
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
    /// What streams are told. One that is too slow misses some, and is told that.
    events: broadcast::Sender<Arc<Event>>,
    /// What user interfaces are told. Apart, so that what is only written wakes no application.
    news: broadcast::Sender<Arc<News>>,
}

/// Events that a stream may be behind.
pub const EVENTS: usize = 256;

impl ProjectServing {
    pub fn new(id: ProjectId, name: String, snapshot: Snapshot) -> Self {
        let applied = watch::Sender::new(snapshot.revision);
        let events = broadcast::Sender::new(EVENTS);
        let news = broadcast::Sender::new(EVENTS);
        Self { id, name, snapshot: ArcSwap::from_pointee(snapshot), applied, events, news }
    }

    pub fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    pub fn news(&self) -> broadcast::Receiver<Arc<News>> {
        self.news.subscribe()
    }

    pub(super) fn tell(&self, event: Event) {
        // Nobody listens: nobody needs to know.
        let _ = self.events.send(Arc::new(event));
    }

    pub(super) fn report(&self, news: News) {
        let _ = self.news.send(Arc::new(news));
    }

    /// Everything was loaded anew.
    pub(super) fn reset(&self) {
        self.tell(Event::Reset);
        self.report(News::Reset);
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
