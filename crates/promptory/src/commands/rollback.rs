//! `promptory rollback`

use clap::Args;
use promptory_api::rollback::{NewRollback, Rollback as Answer, RollbackPreview, RollbackTarget};

use crate::commands::acknowledge::Acknowledge;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The prompt; a deployment by its id with --deployment.
    #[arg(required_unless_present = "deployment")]
    name: Option<String>,
    /// Needed unless the key is bound to one.
    #[arg(long, conflicts_with = "deployment")]
    environment: Option<String>,
    /// What is to be taken back, by its id.
    #[arg(long, value_name = "ID", conflicts_with = "name")]
    deployment: Option<String>,
    /// previous, last_known_good, or a version that was live there.
    #[arg(long, default_value = "previous", value_name = "REF")]
    to: String,
    /// Say what would happen and what speaks against it, and change nothing; exit code 1 when it is not possible.
    #[arg(long)]
    preview: bool,
    /// Without approval, also to what was never live there, or where the environment is frozen or only goes forward; for
    /// administrators.
    #[arg(long)]
    emergency: bool,
    #[command(flatten)]
    acknowledge: Acknowledge,
    /// Why; for the history and the audit log.
    #[arg(long, required_unless_present = "preview")]
    reason: Option<String>,
}

impl Rollback {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = NewRollback {
            deployment_id: self.deployment,
            prompt: self.name,
            environment: self.environment,
            to: Some(self.to),
            kind: self.emergency.then(|| "emergency".to_owned()),
            reason: self.reason.unwrap_or_default(),
            acknowledge_rollback: self.acknowledge.in_body(),
        };
        if !self.preview {
            let answer = context.client.post(&Route::new("/rollbacks"), &body).await?;
            return context.show(&answer, gone);
        }
        let answer = context.client.post(&Route::new("/rollbacks/preview"), &body.ahead()).await?;
        let preview: RollbackPreview = answer.parse()?;
        context.show(&answer, would_be)?;
        if preview.valid { Ok(()) } else { Err(Failure::No) }
    }
}

fn gone(rollback: &Answer) -> String {
    let Answer { prompt, environment, from, to, percentage, .. } = rollback;
    if let Some(approval) = &rollback.approval {
        let stage = approval.stage.as_ref().map(|stage| format!(" ({stage})")).unwrap_or_default();
        return format!(
            "Going back to {prompt} {} waits for approval in {environment}; {} is served meanwhile.\n\
             It happens with the last approval{stage}: promptory approve {}",
            to.version, from.version, approval.id
        );
    }
    let what = if rollback.ended_rollout {
        format!(
            "{prompt} {} is rolled out in {environment} no more: everybody gets {}.",
            from.version, to.version
        )
    } else {
        format!("{prompt} {} is live in {environment} again, in place of {}.", to.version, from.version)
    };
    let lagging = match rollback.state.as_str() {
        "settled" if !rollback.lagging.is_empty() => {
            format!("\nNot confirmed by {}.", rollback.lagging.join(", "))
        }
        "settled" => "\nEvery server serves it.".to_owned(),
        _ => String::new(),
    };
    format!(
        "{what}\n{} had been given to {percentage} % and is in quarantine there.{lagging}\nIts end: promptory rollbacks --prompt '{prompt}'",
        from.version
    )
}

fn would_be(preview: &RollbackPreview) -> String {
    let mut lines = Vec::new();
    match (&preview.from, &preview.target) {
        (Some(from), Some(target)) => {
            let how = if preview.ends_rollout { ", which is live all the time" } else { "" };
            lines.push(format!("From {} to {}{how}: {}", from.version, target.build.version, known(target)));
        }
        (Some(from), None) => {
            lines.push(format!("From {}, but there is nothing to go back to.", from.version))
        }
        (None, _) => {}
    }
    if let Some(good) = &preview.last_known_good {
        lines.push(format!("Last known good: {}: {}", good.build.version, known(good)));
    }
    if let Some(impact) = &preview.impact {
        lines.push(format!(
            "{} % of callers get another version; {} keys were given it lately.",
            impact.percentage, impact.callers_count
        ));
        let breaks = impact.contract.changes.iter().filter(|change| change.bump == "major");
        lines.extend(breaks.map(|change| format!("Breaks callers: {}", change.detail)));
        lines.extend(impact.settings.iter().map(|setting| format!("Another setting: {}", setting.name)));
        let includers = impact.dependents.iter();
        lines.extend(includers.map(|one| {
            format!("{} {} includes {} and stays as it is.", one.prompt, one.version, one.includes_version)
        }));
    }
    if preview.needs_approval {
        lines.push("It would wait for approval (--emergency does without).".to_owned());
    }
    lines.extend(preview.problems.iter().map(|problem| {
        let without = if problem.emergency { " (--emergency does without)" } else { "" };
        format!("Not possible: {}{without}", problem.detail)
    }));
    lines.join("\n")
}

fn known(target: &RollbackTarget) -> String {
    let evidence = match target.evidence.as_str() {
        "executions" => format!("{} executions speak for it", target.executions),
        _ => format!("{} executions, too few to speak for it", target.executions),
    };
    match target.live_since.as_deref() {
        Some(since) => format!("{evidence}, last live since {}.", minute(since)),
        None => "it was never live there.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_what_ended() {
        let answer = |ended_rollout: bool| -> Answer {
            let side = |version: &str| serde_json::json!({"version": version, "sequence": 1, "build_hash": "x", "deployment_id": "d"});
            serde_json::from_value(serde_json::json!({
                "id": "r", "prompt": "a/b", "environment": "production", "kind": "manual", "cause": "rollback",
                "from": side("1.1.0"), "to": side("1.0.0"), "ended_rollout": ended_rollout, "percentage": 25,
                "wanted": "previous", "evidence": "none", "actor": "dev", "reason": "bad", "at": "",
                "state": "settled", "settled_at": "", "time_to_effect_ms": 3.5, "lagging": [], "revision": 7,
            }))
            .expect("a rollback")
        };
        let told = gone(&answer(true));
        assert!(
            told.starts_with("a/b 1.1.0 is rolled out in production no more: everybody gets 1.0.0."),
            "{told}"
        );
        let told = gone(&answer(false));
        assert!(told.starts_with("a/b 1.0.0 is live in production again, in place of 1.1.0."), "{told}");
        assert!(told.contains("Every server serves it."), "{told}");
        let mut waits = answer(false);
        waits.state = "pending_approval".to_owned();
        waits.approval = serde_json::from_value(serde_json::json!({
            "id": "a1", "environment": "production", "state": "pending", "stage": "review",
        }))
        .expect("an approval");
        let told = gone(&waits);
        assert!(
            told.contains("1.1.0 is served meanwhile") && told.ends_with("(review): promptory approve a1"),
            "{told}"
        );
    }
}
