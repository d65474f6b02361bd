//! Who was given which build, counted on the serving path without a lock and written to the database now and then.
//!
//! A build has room for the counts of its first keys in itself, beside what an answer reads anyway; a further key, and
//! a build that is served in several environments, is counted in a map.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use promptory_core::id::ProjectId;
use promptory_store::NewUses;

use super::{Build, Caller};

/// Keys that are counted in the build itself.
const SLOTS: usize = 2;

/// The counts of one key; key 0 is nobody yet.
#[derive(Default)]
struct Slot {
    key: AtomicU64,
    count: AtomicI64,
}

/// Part of a build.
#[derive(Default)]
pub(super) struct Slots([Slot; SLOTS]);

/// Serials of a build and a key, and the hash of an environment.
type Triple = (u64, u64, u64);

struct Use {
    count: AtomicI64,
    about: About,
}

#[derive(Clone)]
struct About {
    project: ProjectId,
    prompt_id: Box<str>,
    version_id: Box<str>,
    build_hash: Box<str>,
    environment: Box<str>,
    key_id: Box<str>,
}

/// A slot that counted something since the last time.
struct Dirty {
    build: Arc<Build>,
    slot: usize,
    about: About,
}

#[derive(Default)]
pub struct Uses {
    /// Taken once for each build and key between two writes to the database.
    dirty: Mutex<Vec<Dirty>>,
    others: papaya::HashMap<Triple, Arc<Use>>,
}

/// Where a build was used.
pub struct UsedIn<'a> {
    pub project: &'a ProjectId,
    pub prompt_id: &'a str,
    pub environment: &'a str,
}

impl Slots {
    /// The slot of this key, which may be taken just now. None: all belong to others.
    fn of(&self, key: u64) -> Option<(usize, &Slot)> {
        self.0.iter().enumerate().find(|(_, slot)| {
            let mut owner = slot.key.load(Ordering::Relaxed);
            if owner == 0 {
                owner = match slot.key.compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => key,
                    Err(other) => other,
                };
            }
            owner == key
        })
    }
}

impl Uses {
    /// Usually one addition.
    pub fn count(&self, build: &Arc<Build>, key: &Caller, place: &UsedIn<'_>) {
        let own = if build.everywhere { None } else { build.uses.of(key.serial) };
        let Some((slot, counter)) = own else { return self.count_other(build, key, place) };
        if counter.count.fetch_add(1, Ordering::Relaxed) == 0
            && let Ok(mut dirty) = self.dirty.lock()
        {
            dirty.push(Dirty { build: Arc::clone(build), slot, about: about(build, key, place) });
        }
    }

    fn count_other(&self, build: &Build, key: &Caller, place: &UsedIn<'_>) {
        let mut environment = DefaultHasher::new();
        place.environment.hash(&mut environment);
        let triple = (build.serial, key.serial, environment.finish());
        let fresh = || Arc::new(Use { count: AtomicI64::new(0), about: about(build, key, place) });
        self.others.pin().get_or_insert_with(triple, fresh).count.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted since the last time, in an order that is the same on every server: two that write at once
    /// take the rows in turn.
    pub fn take(&self) -> Vec<NewUses> {
        let mut counts: HashMap<[Box<str>; 5], NewUses> = HashMap::new();
        let mut add = |about: &About, uses: i64| {
            if uses > 0 {
                counts.entry(row(about)).or_insert_with(|| new_uses(about)).uses += uses;
            }
        };
        let dirty = self.dirty.lock().map(|mut dirty| std::mem::take(&mut *dirty)).unwrap_or_default();
        for one in &dirty {
            add(&one.about, one.build.uses.0[one.slot].count.swap(0, Ordering::Relaxed));
        }
        let others = self.others.pin();
        for (triple, one) in &others {
            let mut uses = one.count.swap(0, Ordering::Relaxed);
            if uses == 0 {
                // Not used since the last time. What is counted between the look and the removal is not lost.
                uses = others.remove(triple).map_or(0, |gone| gone.count.swap(0, Ordering::Relaxed));
            }
            add(&one.about, uses);
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        counts.into_iter().map(|(_, uses)| uses).collect()
    }

    /// Gives back what could not be written.
    pub fn put_back(&self, taken: Vec<NewUses>) {
        let others = self.others.pin();
        for one in taken {
            let about = About {
                project: one.project,
                prompt_id: one.prompt_id.into(),
                version_id: one.version_id.into(),
                build_hash: one.build_hash.into(),
                environment: one.environment.into(),
                key_id: one.key_id.into(),
            };
            let mut name = DefaultHasher::new();
            row(&about).hash(&mut name);
            // No build has this serial, so the row is one of its own.
            let fresh = || Arc::new(Use { count: AtomicI64::new(0), about: about.clone() });
            let kept = others.get_or_insert_with((u64::MAX, u64::MAX, name.finish()), fresh);
            kept.count.fetch_add(one.uses, Ordering::Relaxed);
        }
    }
}

fn about(build: &Build, key: &Caller, place: &UsedIn<'_>) -> About {
    About {
        project: place.project.clone(),
        prompt_id: place.prompt_id.into(),
        version_id: build.version_id.clone(),
        build_hash: build.build_hash().into(),
        environment: place.environment.into(),
        key_id: key.key_id().unwrap_or("admin").into(),
    }
}

/// The key of the row that it is added to.
fn row(about: &About) -> [Box<str>; 5] {
    let About { prompt_id, version_id, build_hash, environment, key_id, .. } = about;
    [prompt_id.clone(), version_id.clone(), build_hash.clone(), environment.clone(), key_id.clone()]
}

fn new_uses(about: &About) -> NewUses {
    NewUses {
        project: about.project.clone(),
        prompt_id: about.prompt_id.to_string(),
        version_id: about.version_id.to_string(),
        build_hash: about.build_hash.to_string(),
        environment: about.environment.to_string(),
        key_id: about.key_id.to_string(),
        uses: 0,
    }
}
