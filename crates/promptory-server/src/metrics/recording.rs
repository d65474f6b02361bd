//! What is recorded, for operators.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus::{Gauge, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::recording::Counters;

pub struct RecordingMetrics {
    executions: IntCounterVec,
    refused: IntCounter,
    unpriced: IntCounter,
    scores: IntCounter,
    waiting: IntGauge,
    unfolded: Gauge,
}

impl RecordingMetrics {
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            executions: IntCounterVec::new(
                Opts::new(
                    "promptory_executions_total",
                    "Executions that were sent: accepted, duplicate (known by its id) or rejected (not valid).",
                ),
                &["outcome"],
            )?,
            refused: IntCounter::new(
                "promptory_recordings_refused_total",
                "Requests with executions of which nothing was stored, for want of room or of the database.",
            )?,
            unpriced: IntCounter::new(
                "promptory_executions_unpriced_total",
                "Executions that came without a cost and whose model has no price, or that had no token count.",
            )?,
            scores: IntCounter::new("promptory_scores_total", "Scores that were accepted by themselves.")?,
            waiting: IntGauge::new(
                "promptory_recording_waiting",
                "Executions and scores that wait to be stored, and whose senders wait for it.",
            )?,
            unfolded: Gauge::new(
                "promptory_recording_fold_age_seconds",
                "Seconds since everything that was counted was in the database.",
            )?,
        };
        registry.register(Box::new(metrics.executions.clone()))?;
        registry.register(Box::new(metrics.refused.clone()))?;
        registry.register(Box::new(metrics.unpriced.clone()))?;
        registry.register(Box::new(metrics.scores.clone()))?;
        registry.register(Box::new(metrics.waiting.clone()))?;
        registry.register(Box::new(metrics.unfolded.clone()))?;
        Ok(metrics)
    }

    /// What was counted since the last time is added.
    pub fn show(&self, counters: &Counters, waiting: usize, fold_age_s: f64) {
        let catch_up = |shown: &IntCounter, counted: &AtomicU64| {
            shown.inc_by(counted.load(Ordering::Relaxed).saturating_sub(shown.get()));
        };
        for (outcome, counted) in [
            ("accepted", &counters.accepted),
            ("duplicate", &counters.duplicates),
            ("rejected", &counters.rejected),
        ] {
            catch_up(&self.executions.with_label_values(&[outcome]), counted);
        }
        catch_up(&self.refused, &counters.refused);
        catch_up(&self.unpriced, &counters.unpriced);
        catch_up(&self.scores, &counters.scores);
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.unfolded.set(fold_age_s);
    }
}
