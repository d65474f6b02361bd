//! `promptory active`

use clap::Args;
use promptory_api::serving;

use crate::commands::resolve::renamed;
use crate::commands::version_show::readable_content;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Active {
    name: String,
    /// Absent: the key's, else the production one.
    #[arg(long)]
    environment: Option<String>,
    /// What was live then, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Active {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::prompt(&self.name)?
            .then("/active")
            .query("environment", self.environment.as_deref())
            .query("at", self.at.as_deref());
        let answer = context.client.get(&route).await?;
        if context.out.is_json() {
            return context.out.json(&answer.body);
        }
        let active: serving::Active = answer.parse()?;
        let serving::Active { prompt, version, environment, revision, .. } = &active;
        context.out.aside(&format!("{prompt} {version} ({environment}, revision {revision})"));
        renamed(context, &self.name, active.renamed_to.as_deref());
        context.out.prompt_text(&readable_content(&active.content))
    }
}
