//! The only file that reads the system's clock or waits for time to pass. Tests hand in a clock of their own.
#![expect(clippy::disallowed_methods, reason = "the room of the clock")]

use std::{
    pin::Pin,
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

use promptory_core::time::Timestamp;

/// Ends when the time has come.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a client knows of time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// Since any beginning. It never goes back, whoever sets the clock: for measuring how long something took.
    fn steady(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.now().micros()).unwrap_or(0))
    }

    /// For pauses between attempts.
    fn wait(&self, pause: Duration) -> Wait;
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Duration {
        static BEGINNING: OnceLock<Instant> = OnceLock::new();
        BEGINNING.get_or_init(Instant::now).elapsed()
    }

    fn wait(&self, pause: Duration) -> Wait {
        Box::pin(tokio::time::sleep(pause))
    }
}

/// None where `at` lies ahead: the clock was set back since.
pub(crate) fn since(at: Timestamp, now: Timestamp) -> Option<Duration> {
    u64::try_from(now.micros().saturating_sub(at.micros())).ok().map(Duration::from_micros)
}
