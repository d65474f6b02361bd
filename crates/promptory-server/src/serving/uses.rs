//! Who was given which build, counted on the serving path without a lock and written to the database now and then.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use papaya::HashMap;
use promptory_core::id::ProjectId;
use promptory_store::NewUses;

use super::{Build, KeyEntry};

/// Serials of a build and a key.
type Pair = (u64, u64);

struct Use {
    count: AtomicI64,
    project: ProjectId,
    prompt_id: Box<str>,
    version_id: Box<str>,
    build_hash: Box<str>,
    environment: Box<str>,
    key_id: Box<str>,
}

#[derive(Default)]
pub struct Uses(HashMap<Pair, Arc<Use>>);

/// Where a build was used.
pub struct UsedIn<'a> {
    pub project: &'a ProjectId,
    pub prompt_id: &'a str,
    pub environment: &'a str,
}

impl Uses {
    /// The first use of a build by a key allocates, later ones are one addition.
    pub fn count(&self, build: &Build, key: &KeyEntry, place: &UsedIn<'_>) {
        let uses = self.0.pin();
        let pair = (build.serial, key.serial);
        if let Some(known) = uses.get(&pair) {
            known.count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let fresh = || {
            Arc::new(Use {
                count: AtomicI64::new(0),
                project: place.project.clone(),
                prompt_id: place.prompt_id.into(),
                version_id: build.version_id.clone(),
                build_hash: build.build_hash().into(),
                environment: place.environment.into(),
                key_id: key.id.as_deref().unwrap_or("admin").into(),
            })
        };
        uses.get_or_insert_with(pair, fresh).count.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted since the last time, in an order that is the same on every server: two that write at once
    /// take the rows in turn. Pairs that were not used since are forgotten.
    pub fn take(&self) -> Vec<NewUses> {
        let uses = self.0.pin();
        let mut taken = Vec::new();
        for (pair, one) in &uses {
            let mut count = one.count.swap(0, Ordering::Relaxed);
            if count == 0 {
                // Counted between the look and the removal: only this much can be late.
                count = uses.remove(pair).map_or(0, |gone| gone.count.swap(0, Ordering::Relaxed));
            }
            if count > 0 {
                taken.push(NewUses {
                    project: one.project.clone(),
                    prompt_id: one.prompt_id.to_string(),
                    version_id: one.version_id.to_string(),
                    build_hash: one.build_hash.to_string(),
                    environment: one.environment.to_string(),
                    key_id: one.key_id.to_string(),
                    uses: count,
                });
            }
        }
        taken.sort_by(|a, b| {
            let order = |one: &NewUses| {
                (
                    one.prompt_id.clone(),
                    one.version_id.clone(),
                    one.build_hash.clone(),
                    one.environment.clone(),
                    one.key_id.clone(),
                )
            };
            order(a).cmp(&order(b))
        });
        taken
    }

    /// Gives back what could not be written.
    pub fn put_back(&self, taken: &[NewUses]) {
        let uses = self.0.pin();
        for one in taken {
            let same = |known: &Use| {
                *known.version_id == *one.version_id
                    && *known.build_hash == *one.build_hash
                    && *known.environment == *one.environment
                    && *known.key_id == *one.key_id
            };
            if let Some((_, known)) = uses.iter().find(|(_, known)| same(known)) {
                known.count.fetch_add(one.uses, Ordering::Relaxed);
            }
        }
    }
}
