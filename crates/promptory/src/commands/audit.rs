//! `promptory audit …`

use clap::{Args, Subcommand};
use promptory_api::audit::{AuditEntry, AuditVerification};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Entries, newest first.
    List(List),
    /// Check that no entry was changed or removed; exit code 1 when one was.
    Verify {
        /// A head seen earlier (as printed): finds what was cut off or restored from an old copy.
        #[arg(long, value_name = "N:HASH", value_parser = head)]
        expect: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[arg(long)]
    prompt: Option<String>,
    /// Such as prompt.create, deployment.activate or denied.
    #[arg(long)]
    action: Option<String>,
    /// Such as key:ID, admin or system.
    #[arg(long)]
    actor: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    /// Not before, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Before.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// At most so many entries; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl Audit {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Verify { expect } => verify(context, expect.as_deref()).await,
        }
    }
}

impl List {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/audit")
            .query("prompt", self.prompt.as_deref())
            .query("action", self.action.as_deref())
            .query("actor", self.actor.as_deref())
            .query("environment", self.environment.as_deref())
            .query("from", self.from.as_deref())
            .query("to", self.to.as_deref());
        let answer = context.client.list(route, self.limit).await?;
        let header = ["N", "WHEN", "ACTION", "PROMPT", "ENVIRONMENT", "WHO"];
        let empty = "No entries that fit. Leave out filters to see more.";
        context.show_list(&answer, &header, empty, |entry: &AuditEntry| {
            vec![
                entry.n.to_string(),
                minute(&entry.at),
                entry.action.clone(),
                option_or_dash(entry.prompt.as_deref()),
                option_or_dash(entry.environment.as_deref()),
                if entry.actor_name.is_empty() { entry.actor.clone() } else { entry.actor_name.clone() },
            ]
        })
    }
}

async fn verify(context: &Context, expect: Option<&str>) -> Result<(), Failure> {
    let answer = context.client.get(&Route::new("/audit/verify").query("expect", expect)).await?;
    let verification: AuditVerification = answer.parse()?;
    context.show(&answer, describe)?;
    if verification.valid { Ok(()) } else { Err(Failure::No) }
}

fn describe(verification: &AuditVerification) -> String {
    let AuditVerification { entries, head, .. } = verification;
    if verification.valid {
        return format!("The audit log is whole: {entries} entries.\nhead {head}");
    }
    let place = verification.first_bad.map(|n| format!(" at entry {n}")).unwrap_or_default();
    let problem = verification.problem.as_deref().unwrap_or("an entry does not fit the one before");
    let problem = problem.trim_end_matches('.');
    format!("The audit log does not verify{place}: {problem}.\n{entries} entries, head {head}")
}

/// `n:hash`.
fn head(text: &str) -> Result<String, String> {
    let fits = |n: &str, hash: &str| n.parse::<u64>().is_ok() && !hash.is_empty();
    match text.split_once(':') {
        Some((n, hash)) if fits(n, hash) => Ok(text.to_owned()),
        _ => Err("a head looks like 12:3f9a…, as `promptory audit verify` prints it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let verdict = |json: &str| describe(&serde_json::from_str(json).expect("a verification"));
        assert_eq!(
            verdict(r#"{"valid":true,"entries":3,"head":"3:ab"}"#),
            "The audit log is whole: 3 entries.\nhead 3:ab"
        );
        assert!(
            verdict(r#"{"valid":false,"entries":3,"head":"3:ab","first_bad":2,"problem":"hash differs"}"#)
                .starts_with("The audit log does not verify at entry 2: hash differs.")
        );
    }

    #[test]
    fn heads() {
        assert!(head("12:ab").is_ok());
        for bad in ["", "12", "12:", "x:ab", "-1:ab"] {
            assert!(head(bad).is_err(), "{bad}");
        }
    }
}
