//! Names of executions: made when they are recorded, so that whatever is sent twice is counted once.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use promptory_core::time::Timestamp;
use uuid::Builder;

/// UUIDv7s without a question to the system for each: a count, hashed with a key that only this recorder has.
#[derive(Default)]
pub(crate) struct Ids {
    state: RandomState,
    count: AtomicU64,
}

impl Ids {
    pub(crate) fn next(&self, now: Timestamp) -> Arc<str> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // The time goes in as well: two copies of one machine's memory count alike.
        let half = |which: u8| self.state.hash_one((count, now.micros(), which));
        let mut random = [0_u8; 10];
        random[..8].copy_from_slice(&half(0).to_le_bytes());
        random[8..].copy_from_slice(&half(1).to_le_bytes()[..2]);
        let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
        let id = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        let mut text = [0_u8; uuid::fmt::Hyphenated::LENGTH];
        Arc::from(&*id.hyphenated().encode_lower(&mut text))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_differ_and_sort_by_time() {
        let now = Timestamp::parse_rfc3339("2026-11-20T10:00:00Z").expect("a time");
        let (one, other) = (Ids::default(), Ids::default());
        let ids: Vec<_> = (0..10_000).flat_map(|_| [one.next(now), other.next(now)]).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        let later = one.next(now.plus_micros(1000));
        assert!(ids.iter().all(|id| *id < later));
        let parsed = uuid::Uuid::parse_str(&later).expect("a UUID");
        assert_eq!(parsed.get_version_num(), 7);
    }
}
