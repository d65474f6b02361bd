//! `promptory server …`

use clap::Subcommand;
use promptory_api::server::{Reloaded, Server as ServerAnswer};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Server {
    /// Servers that were seen lately, and how far each one is.
    List,
    /// Make all servers and clients load everything anew; serving goes on meanwhile.
    Reload,
}

impl Server {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/servers");
        match self {
            Self::List => {
                let answer = context.client.get(&route).await?;
                let header = ["SERVER", "SEEN", "PROJECTS", "BEHIND"];
                let empty = "No server has said yet what it has; it does so every few seconds.";
                context.show_list(&answer, &header, empty, |server: &ServerAnswer| {
                    let behind = server.projects.iter().filter(|one| one.applied_revision < one.revision);
                    let behind: Vec<String> = behind
                        .map(|one| format!("{} ({} of {})", one.project, one.applied_revision, one.revision))
                        .collect();
                    let this = if server.this { " (answers)" } else { "" };
                    let behind = if behind.is_empty() { "-".to_owned() } else { behind.join(", ") };
                    vec![
                        format!("{}{this}", server.id),
                        minute(&server.seen_at),
                        server.projects.len().to_string(),
                        behind,
                    ]
                })
            }
            Self::Reload => {
                let answer = context.client.post_empty(&route.then("/reload")).await?;
                context.show(&answer, |reloaded: &Reloaded| {
                    format!(
                        "A new epoch has begun, {}: servers and clients load everything anew.",
                        reloaded.epoch
                    )
                })
            }
        }
    }
}
