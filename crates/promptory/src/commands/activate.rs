//! `promptory activate`

use clap::Args;
use promptory_api::deployment::{Activate as Body, Deployment};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Activate {
    name: String,
    /// 1.2.0, a sequence number, latest, or another environment (what is live there).
    reference: String,
    /// Needed unless the key is bound to one.
    #[arg(long)]
    environment: Option<String>,
    /// For the history.
    #[arg(long)]
    reason: Option<String>,
}

impl Activate {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::prompt(&self.name)?.then("/activate");
        let body = Body { version: self.reference, environment: self.environment, reason: self.reason };
        let answer = context.client.post(&route, &body).await?;
        context.show(&answer, describe)
    }
}

fn describe(deployment: &Deployment) -> String {
    let Deployment { prompt, version, environment, .. } = deployment;
    match &deployment.from {
        Some(from) if from == version => format!("{prompt} {version} was live in {environment} already."),
        Some(from) => format!(
            "{prompt} {version} is live in {environment}, in place of {from}.\n\
             Back: promptory activate '{prompt}' {from} --environment {environment}"
        ),
        None => format!("{prompt} {version} is live in {environment}."),
    }
}
