//! `promptory project …`

use clap::Subcommand;
use promptory_api::access::{NewProject, Project as ProjectAnswer};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Project {
    /// Projects of the server.
    List {
        /// At most so many projects; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// A new project, with its own prompts, environments, keys and audit log.
    Create {
        /// a–z, 0–9 and -.
        name: String,
    },
}

impl Project {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/projects");
        match self {
            Self::List { limit } => {
                let answer = context.client.list(route, limit).await?;
                let header = ["PROJECT", "ID", "REVISION", "CREATED"];
                let empty = "No projects here. Next: promptory project create NAME";
                context.show_list(&answer, &header, empty, |project: &ProjectAnswer| {
                    vec![
                        project.name.clone(),
                        project.id.clone(),
                        project.revision.to_string(),
                        minute(&project.created_at),
                    ]
                })
            }
            Self::Create { name } => {
                let answer = context.client.post(&route, &NewProject { name }).await?;
                context.show(&answer, |project: &ProjectAnswer| {
                    let name = &project.name;
                    format!(
                        "Created the project {name}.\n\
                         Next: promptory --project {name} key create NAME --scope read --scope write"
                    )
                })
            }
        }
    }
}
