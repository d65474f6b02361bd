//! Who may ask: keys in memory, a map from the hash of the secret to what it may do; and people who are signed in.

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

/// What a caller is.
pub enum Who {
    /// The administrator's key of the environment.
    Administrator,
    Key {
        id: Box<str>,
        /// The person whose key it is.
        owner: Option<Box<str>>,
    },
    /// Somebody who has signed in.
    Person {
        id: Box<str>,
        /// SHA-256 of the session's secret.
        session: [u8; 32],
    },
}

/// Somebody who may ask. A key is ready for the data path: look-up leads straight to its project. A person is made
/// from the session at each request, with the roles in the project that was chosen.
pub struct Caller {
    /// Tells keys of this process apart; 0 is a person.
    pub serial: u64,
    pub who: Who,
    pub name: Box<str>,
    /// How a refused attempt is called in the audit log.
    pub prefix: Box<str>,
    pub scopes: Scopes,
    pub environment: Option<Box<str>>,
    pub instance_admin: bool,
    pub expires_at: Option<Timestamp>,
    pub project: Arc<ProjectServing>,
    /// Of this server: writes per second.
    pub writes: Arc<DefaultDirectRateLimiter>,
}

impl Caller {
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// By its id, or by its readable prefix, which the administrator's key has too.
    pub fn is_called(&self, name: &str) -> bool {
        self.key_id() == Some(name) || *self.prefix == *name
    }

    /// Who this is in the audit log.
    pub fn actor(&self) -> String {
        match &self.who {
            Who::Administrator => "admin".to_owned(),
            Who::Key { id, .. } => format!("key:{id}"),
            Who::Person { id, .. } => format!("user:{id}"),
        }
    }

    /// Of a key that is stored.
    pub fn key_id(&self) -> Option<&str> {
        match &self.who {
            Who::Key { id, .. } => Some(id),
            Who::Administrator | Who::Person { .. } => None,
        }
    }

    /// The person who asks, by a session or by a key of their own.
    pub fn person(&self) -> Option<&str> {
        match &self.who {
            Who::Person { id, .. } => Some(id),
            Who::Key { owner, .. } => owner.as_deref(),
            Who::Administrator => None,
        }
    }

    /// The hash of the session, where somebody has signed in.
    pub fn session(&self) -> Option<&[u8; 32]> {
        match &self.who {
            Who::Person { session, .. } => Some(session),
            Who::Administrator | Who::Key { .. } => None,
        }
    }

    pub(crate) fn next_serial() -> u64 {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        SERIAL.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn write_limiter() -> Arc<DefaultDirectRateLimiter> {
        let rate = NonZeroU32::new(limits::WRITES_PER_SECOND_PER_KEY).unwrap_or(NonZeroU32::MIN);
        Arc::new(RateLimiter::direct(Quota::per_second(rate)))
    }
}

/// SHA-256: a key has 256 random bits, so there is nothing to guess and no salt is needed.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

type Keys = HashMap<[u8; 32], Arc<Caller>>;

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

    /// A key that was valid before, as it is now.
    pub fn known(&self, hash: &[u8; 32]) -> Option<Arc<Caller>> {
        self.keys.load().get(hash).cloned()
    }

    pub fn find(&self, secret: &str) -> Option<Arc<Caller>> {
        self.keys.load().get(&secret_hash(secret)).cloned()
    }

    /// Looks at a key without keeping it.
    pub fn with<T>(&self, secret: &str, look: impl FnOnce(&Caller) -> T) -> Option<T> {
        self.keys.load().get(&secret_hash(secret)).map(|entry| look(entry))
    }

    pub fn len(&self) -> usize {
        self.keys.load().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn change(&self, add: Vec<([u8; 32], Caller)>, remove: &[[u8; 32]]) {
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
    pub(super) fn replace(&self, project: &ProjectId, add: Vec<([u8; 32], Caller)>) {
        let gone: Vec<[u8; 32]> = self
            .keys
            .load()
            .iter()
            .filter(|(_, entry)| entry.key_id().is_some() && entry.project.id == *project)
            .map(|(hash, _)| *hash)
            .collect();
        self.change(add, &gone);
    }
}
