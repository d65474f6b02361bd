//! `promptory snapshot`

use clap::Args;
use promptory_api::serving::{ServingSnapshot, SnapshotPrompt};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::or_dash;

#[derive(Debug, Args)]
pub(crate) struct Snapshot {
    /// Absent: the key's, else the production one.
    #[arg(long)]
    environment: Option<String>,
    /// Write the server's JSON answer into this file, byte for byte; - is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    output: Option<String>,
}

impl Snapshot {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/snapshot").query("environment", self.environment.as_deref());
        let answer = context.client.get(&route).await?;
        match self.output.as_deref() {
            None => context.show(&answer, |snapshot| describe(context, snapshot)),
            Some("-") => context.out.bytes(answer.body.as_bytes()),
            Some(file) => {
                let snapshot: ServingSnapshot = answer.parse()?;
                std::fs::write(file, &answer.body)
                    .map_err(|error| Failure::Usage(format!("{file} cannot be written: {error}")))?;
                context.out.block(&format!("Wrote {} into {file}.", summary(&snapshot)))
            }
        }
    }
}

fn summary(snapshot: &ServingSnapshot) -> String {
    let ServingSnapshot { environment, revision, prompts, .. } = snapshot;
    let noun = if prompts.len() == 1 { "prompt" } else { "prompts" };
    format!("{} {noun} of {environment} (revision {revision})", prompts.len())
}

fn describe(context: &Context, snapshot: &ServingSnapshot) -> String {
    let mut text = format!("{}\n", summary(snapshot));
    if !snapshot.prompts.is_empty() {
        let rows = snapshot.prompts.iter().map(row).collect();
        text.push_str(&format!("\n{}\n", context.out.table(&["PROMPT", "LIVE", "BEFORE", "LABELS"], rows)));
    }
    for (former, present) in &snapshot.renamed {
        text.push_str(&format!("\n{former} is called {present} now."));
    }
    text
}

fn row(prompt: &SnapshotPrompt) -> Vec<String> {
    let past: Vec<&str> = prompt.past.iter().map(|past| past.version.as_str()).collect();
    let labels: Vec<String> =
        prompt.labels.iter().map(|(label, version)| format!("{label} {version}")).collect();
    vec![
        prompt.active.prompt.clone(),
        prompt.active.version.clone(),
        or_dash(&past.join(", ")),
        or_dash(&labels.join(", ")),
    ]
}
