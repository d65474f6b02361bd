//! Who of several servers does what only one may do. No clocks are compared: a server takes over only after it has itself
//! seen for a while that the holder did not renew. Each change checks the fence, so a server that was paused past its
//! lease and wakes up changes nothing.

use std::time::Duration;

use promptory_store::{Dialect, LeaseRow, Result};
use tokio::sync::Mutex;
use tracing::info;

use crate::app::App;

/// The holder renews as often as this while there is something to do.
const RENEW: Duration = Duration::from_secs(5);
/// So long somebody else has to have seen that it did not.
const GONE: Duration = Duration::from_secs(15);

pub struct Lease {
    name: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The fence, and when it was last renewed by this server's own count.
    held: Option<(i64, Duration)>,
    /// What somebody else's lease looked like, and since when it has.
    seen: Option<(LeaseRow, Duration)>,
}

impl Lease {
    pub fn new(name: &'static str) -> Self {
        Self { name, state: Mutex::default() }
    }

    /// The fence, if this server may act now.
    ///
    /// # Errors
    /// The database is not there.
    pub async fn hold(&self, app: &App) -> Result<Option<i64>> {
        let mut state = self.state.lock().await;
        let now = app.clock.elapsed();
        if let Some((fence, renewed)) = state.held {
            if now.saturating_sub(renewed) < RENEW {
                return Ok(Some(fence));
            }
            if app.store.renew_lease(self.name, &app.node, fence).await? {
                state.held = Some((fence, now));
                return Ok(Some(fence));
            }
            info!(lease = self.name, fence, "another server has taken over");
            *state = State::default();
        }
        let row = app.store.lease(self.name).await?;
        // No two servers have one SQLite file open: whoever held it is gone.
        let alone = app.store.dialect() == Dialect::Sqlite;
        if !alone && !state.may_take(row.as_ref(), now) {
            return Ok(None);
        }
        let taken = app.store.take_lease(self.name, &app.node, row.as_ref()).await?;
        if let Some(fence) = taken {
            info!(lease = self.name, fence, "this server takes over");
            *state = State { held: Some((fence, now)), seen: None };
        }
        Ok(taken)
    }

    /// There is nothing to do: a holder that does not renew meanwhile is not gone.
    pub async fn rest(&self) {
        self.state.lock().await.seen = None;
    }

    /// # Errors
    /// The database is not there.
    pub async fn give_back(&self, app: &App) -> Result<()> {
        match self.state.lock().await.held.take() {
            Some((fence, _)) => app.store.give_back_lease(self.name, &app.node, fence).await,
            None => Ok(()),
        }
    }
}

impl State {
    fn may_take(&mut self, row: Option<&LeaseRow>, now: Duration) -> bool {
        let Some(row) = row.filter(|row| !row.holder.is_empty()) else { return true };
        match &self.seen {
            Some((seen, since)) if seen.holder == row.holder && seen.renewals == row.renewals => {
                now.saturating_sub(*since) >= GONE
            }
            _ => {
                self.seen = Some((row.clone(), now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wants_to_take_over_has_to_have_seen_that_nothing_happens() {
        let row = |holder: &str, renewals| LeaseRow { holder: holder.to_owned(), renewals, fence: 1 };
        let mut state = State::default();
        let mut looks = |row: Option<LeaseRow>, seconds, expected| {
            let may = state.may_take(row.as_ref(), Duration::from_secs(seconds));
            assert_eq!(may, expected, "{row:?} at {seconds} s");
        };
        looks(None, 0, true);
        looks(Some(row("", 7)), 0, true);
        looks(Some(row("one", 1)), 100, false);
        looks(Some(row("one", 1)), 114, false);
        looks(Some(row("one", 2)), 116, false);
        looks(Some(row("one", 2)), 130, false);
        looks(Some(row("two", 2)), 131, false);
        looks(Some(row("two", 2)), 146, true);
    }
}
