//! `promptory deploy`

use clap::Args;
use promptory_api::deployment::{Deploy as Body, Deployment, Step, Steps};
use serde_json::{Number, Value};

use crate::commands::acknowledge::Acknowledge;
use crate::commands::activate::{dependents, waits};
use crate::commands::dry_run::DryRun;
use crate::commands::emergency::Emergency;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

#[derive(Debug, Args)]
pub(crate) struct Deploy {
    name: String,
    /// 1.2.0, a sequence number, latest, or another environment (what is live there).
    reference: String,
    /// Needed unless the key is bound to one.
    #[arg(long)]
    environment: Option<String>,
    /// immediate, gradual (10, 25, 50, 75, 100 % in 8 hours) or canary (5, 10, 25, 50, 100 % in a day).
    #[arg(long, default_value = "canary", conflicts_with = "step")]
    strategy: String,
    /// One step of your own, as often as there are steps: 10@0, 50@2h, 100@1d (s, m, h or d after the start).
    #[arg(long, value_name = "PERCENT@TIME", value_parser = step)]
    step: Vec<Step>,
    /// What stays with one version meanwhile: user, session or request.
    #[arg(long)]
    unit: Option<String>,
    /// Let it wait until somebody starts it.
    #[arg(long)]
    hold: bool,
    /// For the history.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    emergency: Emergency,
    #[command(flatten)]
    acknowledge: Acknowledge,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Deploy {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = Body {
            prompt: self.name,
            version: self.reference,
            environment: self.environment,
            strategy: Some(strategy(self.strategy, self.step)),
            unit: self.unit,
            hold: self.hold.then_some(true),
            reason: self.reason,
            emergency: self.emergency.in_body(),
            acknowledge_rollback: self.acknowledge.in_body(),
            dry_run: self.dry_run.in_body(),
        };
        let answer = context.client.post(&Route::new("/deployments"), &body).await?;
        context.show(&answer, |deployment: &Deployment| {
            if deployment.state == "pending_approval" {
                return waits(deployment);
            }
            let text = format!("{}{}{}", headline(deployment), schedule(deployment), dependents(deployment));
            self.dry_run.said(format!("{text}{}", next(deployment)).trim_end().to_owned())
        })
    }
}

/// By its name, or the steps that were given in place of it.
pub(crate) fn strategy(name: String, steps: Vec<Step>) -> Value {
    if steps.is_empty() {
        return Value::from(name);
    }
    serde_json::to_value(Steps { steps }).unwrap_or_default()
}

/// `50@2h`
pub(crate) fn step(text: &str) -> Result<Step, String> {
    let wrong = || format!("{text:?} is no step; write PERCENT@TIME, such as 10@0, 50@2h or 100@1d");
    let (percent, time) = text.split_once('@').ok_or_else(wrong)?;
    let percentage: Number = percent.trim_end_matches('%').parse().map_err(|_| wrong())?;
    let (digits, seconds) = match time.char_indices().next_back() {
        Some((at, 's')) => (&time[..at], 1),
        Some((at, 'm')) => (&time[..at], 60),
        Some((at, 'h')) => (&time[..at], 3600),
        Some((at, 'd')) => (&time[..at], 86_400),
        _ => (time, 1),
    };
    let count: i64 = digits.parse().map_err(|_| wrong())?;
    Ok(Step { percentage, after_s: count.checked_mul(seconds).ok_or_else(wrong)? })
}

pub(crate) fn headline(deployment: &Deployment) -> String {
    let Deployment { prompt, version, environment, state, percentage, .. } = deployment;
    let cause = deployment.cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
    let from = deployment.from.as_ref().map(|from| format!(", beside {from}")).unwrap_or_default();
    let share = match state.as_str() {
        "running" | "paused" => format!(", at {percentage} %{from}"),
        _ => String::new(),
    };
    format!("{prompt} {version} in {environment}: {state}{cause}{share}\n")
}

/// The steps, where there is more than one.
pub(crate) fn schedule(deployment: &Deployment) -> String {
    let steps = deployment.steps.iter().filter(|_| deployment.steps.len() > 1);
    let line = |step: &promptory_api::deployment::DeploymentStep| {
        let at = step.entered_at.as_deref().or(step.expected_at.as_deref()).map(minute);
        format!(
            "  {:>6} %  {:<8} {}\n",
            step.percentage.to_string(),
            step.state,
            option_or_dash(at.as_deref())
        )
    };
    steps.map(line).collect()
}

/// What can be done with it.
pub(crate) fn next(deployment: &Deployment) -> String {
    let line = |word: &String| format!("  promptory deployment {word} {}\n", deployment.id);
    let lines: String = deployment.possible.iter().map(line).collect();
    if lines.is_empty() || deployment.dry_run { String::new() } else { format!("Possible now:\n{lines}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read() {
        for (text, percentage, after_s) in
            [("10@0", "10", 0), ("12.5%@90m", "12.5", 5400), ("50@2h", "50", 7200), ("100@1d", "100", 86_400)]
        {
            let step = step(text).expect("a step");
            assert_eq!((step.percentage.to_string().as_str(), step.after_s), (percentage, after_s), "{text}");
        }
        for text in ["10", "x@0", "10@", "10@1w", "10@99999999999999999d"] {
            assert!(step(text).is_err_and(|why| why.contains("PERCENT@TIME")), "{text}");
        }
    }
}
