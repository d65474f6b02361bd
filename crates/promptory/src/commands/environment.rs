//! `promptory environment …`

use clap::Subcommand;
use promptory_api::environment::{Environment as EnvironmentAnswer, NewEnvironment};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Environment {
    /// Environments in their order; the last one is nearest to users.
    List,
    /// A new environment.
    Create {
        /// a–z first, then a–z, 0–9, _ . or -.
        name: String,
        /// Where in the order; absent: just before production.
        #[arg(long)]
        position: Option<i64>,
    },
}

impl Environment {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/environments");
        match self {
            Self::List => {
                let answer = context.client.list(route, None).await?;
                let header = ["POSITION", "ENVIRONMENT", "PRODUCTION", "CREATED"];
                let empty = "No environments here. Next: promptory environment create development";
                context.show_list(&answer, &header, empty, |environment: &EnvironmentAnswer| {
                    vec![
                        environment.position.to_string(),
                        environment.name.clone(),
                        if environment.production { "yes" } else { "no" }.to_owned(),
                        minute(&environment.created_at),
                    ]
                })
            }
            Self::Create { name, position } => {
                let answer = context.client.post(&route, &NewEnvironment { name, position }).await?;
                context.show(&answer, |environment: &EnvironmentAnswer| {
                    format!(
                        "Created the environment {} at position {}.",
                        environment.name, environment.position
                    )
                })
            }
        }
    }
}
