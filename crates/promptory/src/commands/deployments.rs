//! `promptory deployments`

use clap::Args;
use promptory_api::deployment::Deployment;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

#[derive(Debug, Args)]
pub(crate) struct Deployments {
    #[arg(long)]
    prompt: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    /// pending_approval, running, paused, scheduled, completed, aborted or superseded.
    #[arg(long)]
    state: Option<String>,
    /// At most so many deployments; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl Deployments {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/deployments")
            .query("prompt", self.prompt.as_deref())
            .query("environment", self.environment.as_deref())
            .query("state", self.state.as_deref());
        let answer = context.client.list(route, self.limit).await?;
        let header = ["WHEN", "PROMPT", "ENVIRONMENT", "VERSION", "FROM", "STATE"];
        let empty =
            "Nothing was deployed here. Next: promptory activate NAME latest --environment development";
        context.show_list(&answer, &header, empty, |deployment: &Deployment| {
            vec![
                minute(&deployment.created_at),
                deployment.prompt.clone(),
                deployment.environment.clone(),
                deployment.version.clone(),
                option_or_dash(deployment.from.as_deref()),
                state(deployment),
            ]
        })
    }
}

fn state(deployment: &Deployment) -> String {
    match (deployment.state.as_str(), &deployment.ended_at) {
        ("completed", None) => "live".to_owned(),
        ("completed", Some(_)) => "replaced".to_owned(),
        ("running" | "paused", _) => format!("{} at {} %", deployment.state, deployment.percentage),
        (other, _) => other.to_owned(),
    }
}
