//! `promptory verify-install`: proves an installation with a probe prompt, and takes the probe away again.

mod probe;
mod steps;

use clap::Args;

use crate::cli::Connection;
use crate::context::Context;
use crate::failure::Failure;
use probe::Probe;

#[derive(Debug, Args)]
pub(crate) struct VerifyInstall {
    /// Address of the server; absent: --url.
    address: Option<String>,
    /// Where the probe goes live; absent: the first environment that is not the production one.
    #[arg(long)]
    environment: Option<String>,
}

impl VerifyInstall {
    pub(crate) async fn run(self, mut connection: Connection) -> Result<(), Failure> {
        if let Some(address) = self.address {
            connection.url = address;
        }
        let context = Context::new(&connection)?;
        let probe = Probe::new(&context, self.environment);
        let outcome = tokio::select! {
            outcome = steps::all(&probe) => outcome,
            () = interrupted() => {
                context.out.aside("interrupted: taking the probe away");
                Err(Failure::Local("interrupted".to_owned()))
            }
        };
        let cleaned = probe.take_away().await;
        probe.finish(outcome.is_ok() && cleaned)?;
        match outcome {
            // It was said with the step.
            Err(failure) if failure.code() == 1 => Err(Failure::No),
            Err(failure) => Err(failure),
            Ok(()) if cleaned => Ok(()),
            Ok(()) => Err(Failure::No),
        }
    }
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    // Without signals there is nothing to wait for.
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
