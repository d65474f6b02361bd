//! `promptory activate`

use clap::Args;
use promptory_api::deployment::{Activate as Body, Dependent, Deployment};

use crate::commands::acknowledge::Acknowledge;
use crate::commands::dry_run::{DryRun, NOTHING_CHANGED};
use crate::commands::emergency::Emergency;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Activate {
    name: String,
    /// 1.2.0, a sequence number, latest, or another environment (what is live there).
    reference: String,
    /// Needed unless the key is bound to one.
    #[arg(long)]
    environment: Option<String>,
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

impl Activate {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::prompt(&self.name)?.then("/activate");
        let body = Body {
            version: self.reference,
            environment: self.environment,
            reason: self.reason,
            emergency: self.emergency.in_body(),
            acknowledge_rollback: self.acknowledge.in_body(),
            dry_run: self.dry_run.in_body(),
        };
        let answer = context.client.post(&route, &body).await?;
        context.show(&answer, describe)
    }
}

fn describe(deployment: &Deployment) -> String {
    let Deployment { prompt, version, environment, .. } = deployment;
    if deployment.state == "pending_approval" {
        return waits(deployment);
    }
    let verb = if deployment.dry_run { "would be" } else { "is" };
    let mut text = match &deployment.from {
        Some(from) if from == version => format!("{prompt} {version} was live in {environment} already.\n"),
        Some(from) => format!("{prompt} {version} {verb} live in {environment}, in place of {from}.\n"),
        None => format!("{prompt} {version} {verb} live in {environment}.\n"),
    };
    text.push_str(&dependents(deployment));
    match &deployment.from {
        _ if deployment.dry_run => text.push_str(NOTHING_CHANGED),
        Some(from) if from != version => {
            text.push_str(&format!("Back: promptory activate '{prompt}' {from} --environment {environment}"));
            if deployment.direction == "back" {
                // What was taken back is not released again unasked.
                text.push_str(" --acknowledge-rollback");
            }
        }
        _ => {}
    }
    text
}

/// What is served stays as it is meanwhile.
pub(crate) fn waits(deployment: &Deployment) -> String {
    let Deployment { prompt, version, environment, .. } = deployment;
    if deployment.dry_run {
        return format!("{prompt} {version} would wait for approval in {environment}.\n{NOTHING_CHANGED}");
    }
    let next = deployment.approval.as_ref().map(|approval| {
        let stage = approval.stage.as_ref().map(|stage| format!(" ({stage})")).unwrap_or_default();
        format!("\nIt starts with the last approval{stage}: promptory approve {}", approval.id)
    });
    format!("{prompt} {version} waits for approval in {environment}.{}", next.unwrap_or_default())
}

/// Live builds that include the prompt keep what they have until they are activated again.
pub(crate) fn dependents(deployment: &Deployment) -> String {
    let lines = deployment.dependents.iter().map(|dependent| {
        let Dependent { prompt, environment, version, would_be, .. } = dependent;
        let next = match would_be {
            Some(_) => {
                format!("to take it up: promptory activate '{prompt}' {version} --environment {environment}")
            }
            None => "it could not be built with this version".to_owned(),
        };
        format!("{prompt} {version} in {environment} includes it and stays as it is; {next}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(rest: &str) -> Deployment {
        let json = format!(
            r#"{{"id":"1","prompt":"a/b","environment":"staging","version":"1.1.0","state":"completed",
            "strategy":"immediate","percentage":100,"unit":"user","hold":false,"step":0,"steps":[],"number":1,
            "possible":[],"watched":[],"started_at":null,"next_at":null,"finished_at":null,"build_hash":"","direction":"forward","reason":"","actor":"dev",
            "created_at":"","ended_at":null,"revision":1,{rest}}}"#
        );
        serde_json::from_str(&json).expect("a deployment")
    }

    #[test]
    fn the_way_back_is_told() {
        assert_eq!(
            describe(&deployment(r#""from":"1.0.0""#)),
            "a/b 1.1.0 is live in staging, in place of 1.0.0.\n\
             Back: promptory activate 'a/b' 1.0.0 --environment staging"
        );
    }

    #[test]
    fn a_dry_run_says_so_and_names_those_who_include_it() {
        let text = describe(&deployment(
            r#""from":null,"dry_run":true,"dependents":[{"prompt":"c","environment":"staging",
            "version":"2.0.0","build_hash":"x","would_be":"y"}]"#,
        ));
        assert_eq!(
            text,
            "a/b 1.1.0 would be live in staging.\n\
             c 2.0.0 in staging includes it and stays as it is; \
             to take it up: promptory activate 'c' 2.0.0 --environment staging\n\
             Dry run: nothing was changed."
        );
    }
}
