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
    /// At most so many deployments; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl Deployments {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/deployments")
            .query("prompt", self.prompt.as_deref())
            .query("environment", self.environment.as_deref());
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
                if deployment.ended_at.is_none() { "live".to_owned() } else { "replaced".to_owned() },
            ]
        })
    }
}
