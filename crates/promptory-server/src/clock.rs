//! The only file that reads the system's clock. Everything else is handed `now`.
#![expect(clippy::disallowed_methods, reason = "the room of the clock")]

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::SystemTime,
};

use promptory_core::time::Timestamp;

pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved: for tests and simulations.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.micros()))
    }

    /// RFC 3339.
    pub fn now_text(&self) -> String {
        self.now().to_rfc3339()
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * promptory_core::time::MICROS_PER_SECOND, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// For measuring how long something took; never stored.
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
