//! `promptory executions erase`

use clap::Args;
use promptory_api::execution::{Erase as EraseBody, Erased};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The end user, as the executions name them.
    user: String,
    /// For the audit log, such as the number of the request.
    #[arg(long)]
    reason: Option<String>,
}

impl Erase {
    pub(crate) async fn run(self, context: &Context, route: &Route) -> Result<(), Failure> {
        let body = EraseBody { key: self.user, reason: self.reason };
        let answer = context.client.post_patiently(route, &body).await?;
        context.show(&answer, |erased: &Erased| {
            format!(
                "Erased who it was in {} executions and {} scores. Their figures stay in the statistics.",
                erased.executions, erased.scores
            )
        })
    }
}
