//! `promptory patch`: the next patch of what is live, live at once.

use clap::Args;
use promptory_api::version::PatchLive;

use crate::commands::acknowledge::Acknowledge;
use crate::commands::draft::Draft;
use crate::commands::dry_run::DryRun;
use crate::commands::emergency::Emergency;
use crate::commands::version_show;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Patch {
    name: String,
    /// The content; - is standard input.
    #[arg(long)]
    file: String,
    /// The file is a JSON list of messages, for a prompt of kind chat.
    #[arg(long)]
    chat: bool,
    #[command(flatten)]
    draft: Draft,
    /// Where the live version is taken from and the patch goes live; needed unless the key is bound to one.
    #[arg(long)]
    environment: Option<String>,
    /// Why there is this version.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    emergency: Emergency,
    #[command(flatten)]
    acknowledge: Acknowledge,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Patch {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let version = self.draft.read(&self.file, self.chat)?;
        let body = PatchLive {
            content: Some(version.content),
            template: version.template,
            variables: version.variables,
            settings: version.settings,
            note: self.note,
            environment: self.environment,
            emergency: self.emergency.in_body(),
            acknowledge_rollback: self.acknowledge.in_body(),
            dry_run: self.dry_run.in_body(),
            ..PatchLive::default()
        };
        let route = Route::prompt(&self.name)?.then("/patch");
        let answer = context.client.post(&route, &body).await?;
        context.show(&answer, version_show::created)
    }
}
