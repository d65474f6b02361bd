//! `promptory rollbacks`

use clap::Args;
use promptory_api::rollback::Rollback;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Args)]
pub(crate) struct Rollbacks {
    #[arg(long)]
    prompt: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    /// At most so many; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl Rollbacks {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/rollbacks")
            .query("prompt", self.prompt.as_deref())
            .query("environment", self.environment.as_deref());
        let answer = context.client.list(route, self.limit).await?;
        let header = ["WHEN", "PROMPT", "ENVIRONMENT", "FROM", "TO", "BY", "EFFECT", "REASON"];
        context.show_list(&answer, &header, "Nothing was taken back.", |rollback: &Rollback| {
            vec![
                minute(&rollback.at),
                rollback.prompt.clone(),
                rollback.environment.clone(),
                rollback.from.version.clone(),
                rollback.to.version.clone(),
                format!("{} ({})", rollback.actor, kind(rollback)),
                effect(rollback),
                rollback.reason.clone(),
            ]
        })
    }
}

/// `emergency`, `activate` …
fn kind(rollback: &Rollback) -> &str {
    if rollback.kind == "manual" { &rollback.cause } else { &rollback.kind }
}

fn effect(rollback: &Rollback) -> String {
    match (rollback.time_to_effect_ms, rollback.lagging.len()) {
        (None, 0) => rollback.state.clone(),
        (Some(ms), 0) => format!("{:.1} s", ms / 1000.0),
        (_, servers) => format!("not confirmed by {servers}"),
    }
}
