//! What operators watch: `/metrics` in the text format of Prometheus. The data path counts into plain atomics.

mod approval;
mod recording;

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use approval::ApprovalMetrics;
use prometheus::{
    CounterVec, Encoder, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntGauge, Opts, Registry,
    TextEncoder,
};
use recording::RecordingMetrics;

use crate::recording::Recording;

/// Counted on the serving path, one relaxed addition each.
#[derive(Default)]
pub struct DataPath {
    pub active: AtomicU64,
    pub active_not_modified: AtomicU64,
    pub resolve: AtomicU64,
    pub resolve_refused: AtomicU64,
}

pub struct Metrics {
    registry: Registry,
    pub data: DataPath,
    requests: CounterVec,
    seconds: HistogramVec,
    data_requests: CounterVec,
    denials_overflowed: IntCounter,
    sign_ins: CounterVec,
    rollout_steps: CounterVec,
    webhook_attempts: CounterVec,
    approval: ApprovalMetrics,
    rollback_seconds: Histogram,
    sessions: IntGauge,
    revision: prometheus::IntGaugeVec,
    prompts: prometheus::IntGaugeVec,
    rollouts: prometheus::IntGaugeVec,
    ready: prometheus::IntGaugeVec,
    uptime: Gauge,
    keys: IntGauge,
    streams: IntGauge,
    recording: RecordingMetrics,
    scraping: Mutex<()>,
}

/// State that is read when the page is asked for.
pub struct Observed<'a> {
    /// Project, revision, prompts, rollouts.
    pub projects: Vec<(String, i64, usize, usize)>,
    pub parts: [(&'static str, bool); 3],
    pub denials_overflowed: u64,
    pub uptime_s: f64,
    pub keys: usize,
    pub streams: usize,
    /// None: the database cannot be read, and the last number stays.
    pub sessions: Option<i64>,
    /// Emergencies that nobody looked at in time.
    pub reviews_overdue: Option<i64>,
    /// Requests for approval that wait for somebody.
    pub approvals: Option<i64>,
    pub recording: &'a Recording,
    pub fold_age_s: f64,
}

const SETTLED_S: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 30.0];
const BUCKETS_S: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

fn rollback_seconds(registry: &Registry) -> prometheus::Result<Histogram> {
    let help = "From the commit of a way back until the last server that confirmed served the target; observed by the server \
                that moves rollouts.";
    let options = HistogramOpts::new("promptory_rollback_effect_seconds", help);
    let seconds = Histogram::with_opts(options.buckets(SETTLED_S.to_vec()))?;
    registry.register(Box::new(seconds.clone()))?;
    Ok(seconds)
}

impl Metrics {
    /// # Errors
    /// Two metrics with one name: a fault of the program.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str, label: &str| {
            prometheus::IntGaugeVec::new(Opts::new(name, help), &[label])
        };
        let outcomes = |name: &str, help: &str| CounterVec::new(Opts::new(name, help), &["outcome"]);
        let metrics = Self {
            requests: CounterVec::new(
                Opts::new("promptory_http_requests_total", "Requests of the control plane."),
                &["method", "route", "status"],
            )?,
            seconds: HistogramVec::new(
                HistogramOpts::new(
                    "promptory_http_request_duration_seconds",
                    "Time to answer, control plane.",
                )
                .buckets(BUCKETS_S.to_vec()),
                &["method", "route"],
            )?,
            data_requests: CounterVec::new(
                Opts::new("promptory_data_path_requests_total", "Requests answered from memory."),
                &["call", "outcome"],
            )?,
            denials_overflowed: IntCounter::new(
                "promptory_denials_overflowed_total",
                "Denied requests that the buffer of the audit log had no room for.",
            )?,
            sign_ins: outcomes(
                "promptory_sign_ins_total",
                "Attempts to sign in: ok, refused, limited or insecure.",
            )?,
            rollout_steps: outcomes(
                "promptory_rollout_steps_total",
                "Steps of rollouts that were due: moved on by this server, or failed.",
            )?,
            webhook_attempts: outcomes(
                "promptory_webhook_attempts_total",
                "Messages to webhooks that this server sent: taken, or failed.",
            )?,
            approval: ApprovalMetrics::new(&registry)?,
            rollback_seconds: rollback_seconds(&registry)?,
            sessions: IntGauge::new("promptory_sessions", "Sessions of people that have not ended.")?,
            revision: gauge("promptory_applied_revision", "Revision that this server serves.", "project")?,
            prompts: gauge("promptory_prompts", "Prompts in memory, archived ones included.", "project")?,
            rollouts: gauge("promptory_rollouts", "Rollouts that serve a share of callers.", "project")?,
            ready: gauge("promptory_ready", "1 when this part of the server works.", "part")?,
            uptime: Gauge::new("promptory_uptime_seconds", "Seconds since the server started.")?,
            keys: IntGauge::new("promptory_keys", "Valid keys in memory.")?,
            streams: IntGauge::new("promptory_streams", "Open event streams.")?,
            data: DataPath::default(),
            recording: RecordingMetrics::new(&registry)?,
            scraping: Mutex::default(),
            registry,
        };
        let registry = &metrics.registry;
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.data_requests.clone()))?;
        registry.register(Box::new(metrics.denials_overflowed.clone()))?;
        registry.register(Box::new(metrics.sign_ins.clone()))?;
        registry.register(Box::new(metrics.rollout_steps.clone()))?;
        registry.register(Box::new(metrics.webhook_attempts.clone()))?;
        registry.register(Box::new(metrics.sessions.clone()))?;
        registry.register(Box::new(metrics.revision.clone()))?;
        registry.register(Box::new(metrics.prompts.clone()))?;
        registry.register(Box::new(metrics.rollouts.clone()))?;
        registry.register(Box::new(metrics.ready.clone()))?;
        registry.register(Box::new(metrics.uptime.clone()))?;
        registry.register(Box::new(metrics.keys.clone()))?;
        registry.register(Box::new(metrics.streams.clone()))?;
        Ok(metrics)
    }

    /// `route` is the template of the route, never the path, so that names cannot blow up the number of series.
    pub fn request(&self, method: &str, route: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(seconds);
    }

    /// An attempt to sign in, and how it ended.
    pub fn sign_in(&self, outcome: &str) {
        self.sign_ins.with_label_values(&[outcome]).inc();
    }

    /// A step of a rollout was due.
    pub fn rollout_step(&self, outcome: &str) {
        self.rollout_steps.with_label_values(&[outcome]).inc();
    }

    /// A message to a webhook was sent.
    pub fn webhook_attempt(&self, outcome: &str) {
        self.webhook_attempts.with_label_values(&[outcome]).inc();
    }

    /// Something went live without approval.
    pub fn emergencies(&self, count: u64) {
        self.approval.emergencies(count);
    }

    /// A way back has come to its end.
    pub fn rollback_settled(&self, seconds: f64) {
        self.rollback_seconds.observe(seconds);
    }

    /// The whole page.
    ///
    /// # Errors
    /// A metric cannot be written.
    pub fn page(&self, observed: &Observed<'_>) -> prometheus::Result<Vec<u8>> {
        // Two scrapes at once would add the same difference twice. A poisoned lock guards nothing that can break.
        let _alone = self.scraping.lock();
        let data = &self.data;
        for (call, outcome, counter) in [
            ("active", "ok", &data.active),
            ("active", "not_modified", &data.active_not_modified),
            ("resolve", "ok", &data.resolve),
            ("resolve", "refused", &data.resolve_refused),
        ] {
            let shown = self.data_requests.with_label_values(&[call, outcome]);
            #[expect(clippy::cast_precision_loss, reason = "a counter beyond 2^53 may lose its last digits")]
            let counted = counter.load(Ordering::Relaxed) as f64;
            shown.inc_by((counted - shown.get()).max(0.0));
        }
        self.denials_overflowed
            .inc_by(observed.denials_overflowed.saturating_sub(self.denials_overflowed.get()));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        for (project, revision, prompts, rollouts) in &observed.projects {
            self.revision.with_label_values(&[project]).set(*revision);
            self.prompts.with_label_values(&[project]).set(count(*prompts));
            self.rollouts.with_label_values(&[project]).set(count(*rollouts));
        }
        for (part, works) in observed.parts {
            self.ready.with_label_values(&[part]).set(i64::from(works));
        }
        self.uptime.set(observed.uptime_s);
        self.keys.set(i64::try_from(observed.keys).unwrap_or(i64::MAX));
        self.streams.set(i64::try_from(observed.streams).unwrap_or(i64::MAX));
        if let Some(sessions) = observed.sessions {
            self.sessions.set(sessions);
        }
        self.approval.show(observed.reviews_overdue, observed.approvals);
        let recording = observed.recording;
        self.recording.show(&recording.counters, recording.queue.len(), observed.fold_age_s);
        let mut page = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut page)?;
        Ok(page)
    }
}
