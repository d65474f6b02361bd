//! Keys in memory: a map from the hash of the secret to what it may do.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use promptory_core::{access::Scopes, id::ProjectId, limits, time::Timestamp};
use sha2::{Digest, Sha256};

use tokio::sync::watch;

use super::ProjectServing;

/// One key, ready for the data path: look-up leads straight to its project.
pub struct KeyEntry {
    /// Tells keys of this process apart; never 0.
    pub serial: u64,
    /// None for the administrator's key of the environment.
    pub id: Option<Box<str>>,
    pub name: Box<str>,
    pub prefix: Box<str>,
    pub scopes: Scopes,
    pub environment: Option<Box<str>>,
    pub instance_admin: bool,
    pub expires_at: Option<Timestamp>,
    pub project: Arc<ProjectServing>,
    /// Of this server: writes per second.
    pub writes: DefaultDirectRateLimiter,
}

impl KeyEntry {
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// By its id, or by its readable prefix, which the administrator's key has too.
    pub fn is_called(&self, name: &str) -> bool {
        self.id.as_deref() == Some(name) || *self.prefix == *name
    }

    /// Who this is in the audit log.
    pub fn actor(&self) -> String {
        match &self.id {
            Some(id) => format!("key:{id}"),
            None => "admin".to_owned(),
        }
    }

    pub(crate) fn next_serial() -> u64 {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        SERIAL.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn write_limiter() -> DefaultDirectRateLimiter {
        let rate = NonZeroU32::new(limits::WRITES_PER_SECOND_PER_KEY).unwrap_or(NonZeroU32::MIN);
        RateLimiter::direct(Quota::per_second(rate))
    }
}

/// SHA-256: a key has 256 random bits, so there is nothing to guess and no salt is needed.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

type Keys = HashMap<[u8; 32], Arc<KeyEntry>>;

/// All valid keys of the instance. The look-up is by the hash of what the caller sent, so its time says nothing
/// about a stored secret.
pub struct KeyRing {
    keys: ArcSwap<Keys>,
    /// Counts changes, so that open streams look again whether their key is valid.
    changes: watch::Sender<u64>,
}

impl KeyRing {
    pub(super) fn new() -> Self {
        Self { keys: ArcSwap::from_pointee(Keys::new()), changes: watch::Sender::new(0) }
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether a key that was valid before still is.
    pub fn holds(&self, hash: &[u8; 32]) -> bool {
        self.keys.load().contains_key(hash)
    }

    pub fn find(&self, secret: &str) -> Option<Arc<KeyEntry>> {
        self.keys.load().get(&secret_hash(secret)).cloned()
    }

    /// Looks at a key without keeping it.
    pub fn with<T>(&self, secret: &str, look: impl FnOnce(&KeyEntry) -> T) -> Option<T> {
        self.keys.load().get(&secret_hash(secret)).map(|entry| look(entry))
    }

    pub fn len(&self) -> usize {
        self.keys.load().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn change(&self, add: Vec<([u8; 32], KeyEntry)>, remove: &[[u8; 32]]) {
        if add.is_empty() && remove.is_empty() {
            return;
        }
        let mut keys = Keys::clone(&self.keys.load());
        for hash in remove {
            keys.remove(hash);
        }
        keys.extend(add.into_iter().map(|(hash, entry)| (hash, Arc::new(entry))));
        self.keys.store(Arc::new(keys));
        self.changes.send_modify(|n| *n += 1);
    }

    /// Replaces the stored keys of one project; the administrator's key of the environment stays.
    pub(super) fn replace(&self, project: &ProjectId, add: Vec<([u8; 32], KeyEntry)>) {
        let gone: Vec<[u8; 32]> = self
            .keys
            .load()
            .iter()
            .filter(|(_, entry)| entry.id.is_some() && entry.project.id == *project)
            .map(|(hash, _)| *hash)
            .collect();
        self.change(add, &gone);
    }
}
