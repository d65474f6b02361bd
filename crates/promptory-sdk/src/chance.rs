//! A number for who has no key: which of two versions such a caller gets need not be known again.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// A count, hashed with a key that only this process has.
pub(crate) fn drawn() -> u32 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let hash = STATE.hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    u32::try_from(hash >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_evenly() {
        let low = (0..10_000).filter(|_| drawn() < u32::MAX / 10).count();
        // Six standard deviations of 30 around 1,000.
        assert!((820..1_180).contains(&low), "{low} of 10,000 below a tenth");
    }
}
