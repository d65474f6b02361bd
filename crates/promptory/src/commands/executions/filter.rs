//! Which executions: flags that every reading command takes.

use clap::Args;

use crate::route::Route;

/// Of most of them several may be given, with commas between: any of them fits.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    #[arg(long, value_name = "NAME")]
    prompt: Option<String>,
    /// Such as 1.2.0.
    #[arg(long)]
    version: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    #[arg(long)]
    variant: Option<String>,
    #[arg(long)]
    provider: Option<String>,
    #[arg(long)]
    model: Option<String>,
    /// Two letters, as in ISO 3166.
    #[arg(long)]
    country: Option<String>,
    /// Of success, error, timeout, blocked.
    #[arg(long)]
    status: Option<String>,
    #[arg(long)]
    error_type: Option<String>,
    /// Of live, test, eval; or all. Absent: live.
    #[arg(long)]
    purpose: Option<String>,
    /// The end user, as the executions name them.
    #[arg(long, value_name = "KEY")]
    user: Option<String>,
    #[arg(long)]
    session: Option<String>,
    #[arg(long)]
    trace_id: Option<String>,
    #[arg(long, value_name = "NAME[:VALUE]")]
    tag: Option<String>,
    #[arg(long, value_name = "MS")]
    min_latency_ms: Option<f64>,
    /// Only those without a cost.
    #[arg(long)]
    unpriced: bool,
    /// Started then or later, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Started before.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

impl Filter {
    pub(crate) fn onto(&self, route: Route) -> Route {
        let latency = self.min_latency_ms.map(|ms| ms.to_string());
        route
            .query("prompt", self.prompt.as_deref())
            .query("version", self.version.as_deref())
            .query("environment", self.environment.as_deref())
            .query("variant", self.variant.as_deref())
            .query("provider", self.provider.as_deref())
            .query("model", self.model.as_deref())
            .query("country", self.country.as_deref())
            .query("status", self.status.as_deref())
            .query("error_type", self.error_type.as_deref())
            .query("purpose", self.purpose.as_deref())
            .query("key", self.user.as_deref())
            .query("session", self.session.as_deref())
            .query("trace_id", self.trace_id.as_deref())
            .query("tag", self.tag.as_deref())
            .query("min_latency_ms", latency.as_deref())
            .query("unpriced", self.unpriced.then_some("true"))
            .query("from", self.from.as_deref())
            .query("to", self.to.as_deref())
    }
}
