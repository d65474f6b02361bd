//! `promptory executions …`

mod batch;
mod erase;
mod export;
mod filter;
mod list;
mod record;
mod show;
mod tail;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Subcommand)]
pub(crate) enum Executions {
    /// Calls of models, latest start first, without their texts.
    List(Box<list::List>),
    /// One call with everything that was kept of it.
    Show { id: String },
    /// Calls as they are received; Ctrl-C ends it.
    Tail(Box<filter::Filter>),
    /// Every call that the filters let through, as a file.
    Export(Box<export::Export>),
    /// Send calls from a file: an object, a list, or a line for each; exit code 1 when some were rejected.
    Record {
        /// - is standard input.
        file: String,
    },
    /// Take what could name a person from everything that is kept of a user; the figures stay.
    Erase(erase::Erase),
}

impl Executions {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/executions");
        match self {
            Self::List(list) => list.run(context, route).await,
            Self::Show { id } => show::run(context, route.segment(&id)?).await,
            Self::Tail(filter) => tail::run(context, &filter.onto(route.then("/tail"))).await,
            Self::Export(export) => export.run(context, route.then("/export")).await,
            Self::Record { file } => record::run(context, &route, &file).await,
            Self::Erase(erase) => erase.run(context, &route.then("/erase")).await,
        }
    }
}
