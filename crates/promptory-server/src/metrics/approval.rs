//! Who is asked, and what was done without asking, for operators.

use prometheus::{IntCounter, IntGauge, Registry};

pub struct ApprovalMetrics {
    emergencies: IntCounter,
    reviews_overdue: IntGauge,
    open: IntGauge,
}

impl ApprovalMetrics {
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            emergencies: IntCounter::new(
                "promptory_emergencies_total",
                "Builds that went live without approval by this server.",
            )?,
            reviews_overdue: IntGauge::new(
                "promptory_emergency_reviews_overdue",
                "Emergencies that nobody has looked at in time.",
            )?,
            open: IntGauge::new("promptory_approvals_open", "Requests for approval that wait for somebody.")?,
        };
        registry.register(Box::new(metrics.emergencies.clone()))?;
        registry.register(Box::new(metrics.reviews_overdue.clone()))?;
        registry.register(Box::new(metrics.open.clone()))?;
        Ok(metrics)
    }

    pub fn emergencies(&self, count: u64) {
        self.emergencies.inc_by(count);
    }

    /// What could not be read stays as it was.
    pub fn show(&self, overdue: Option<i64>, open: Option<i64>) {
        if let Some(overdue) = overdue {
            self.reviews_overdue.set(overdue);
        }
        if let Some(open) = open {
            self.open.set(open);
        }
    }
}
