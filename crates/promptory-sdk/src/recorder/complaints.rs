//! Says what is lost, but not for each.

use std::time::Duration;

use promptory_core::time::Timestamp;

use super::stats::RecorderStats;
use crate::clock::since;

/// At most one line in this time.
const PACE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Complaints {
    last: Option<Timestamp>,
    /// Dropped and rejected, as told.
    told: u64,
}

impl Complaints {
    pub(crate) fn look(&mut self, stats: &RecorderStats, now: Timestamp) {
        let paced = self.last.and_then(|last| since(last, now)).is_none_or(|time| time >= PACE);
        if paced && self.say(stats) {
            self.last = Some(now);
        }
    }

    pub(crate) fn last_words(&mut self, stats: &RecorderStats) {
        self.say(stats);
    }

    /// Whether there was something new.
    fn say(&mut self, stats: &RecorderStats) -> bool {
        let lost = stats.dropped.total() + stats.rejected;
        let new = lost.saturating_sub(self.told);
        if new > 0 {
            let why = stats.problem.as_deref().or(stats.rejections.last().map(String::as_str)).unwrap_or("-");
            let dropped = stats.dropped;
            tracing::warn!(new, rejected = stats.rejected, ?dropped, why, "executions were not recorded");
        }
        self.told = lost;
        new > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_passes_between_two_lines() {
        let mut complaints = Complaints::default();
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let mut said = |rejected: u64, seconds: i64| {
            let before = (complaints.last, complaints.told);
            complaints.look(&RecorderStats { rejected, ..RecorderStats::default() }, at(seconds));
            before != (complaints.last, complaints.told)
        };
        let told = [(0, 0), (1, 1), (2, 2), (2, 60), (2, 61), (3, 62), (3, 130)].map(|(n, s)| said(n, s));
        assert_eq!(told, [false, true, false, false, true, false, true]);
    }
}
