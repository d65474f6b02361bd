//! The server of Promptory: use cases, HTTP, the serving path, jobs.

pub mod app;
pub mod backup;
mod check;
pub mod clock;
mod compare_wire;
mod config;
pub mod host;
pub mod http;
pub mod ids;
pub mod inspect;
pub mod jobs;
pub mod metrics;
pub mod migrate;
mod numbers;
mod page;
pub mod recording;
pub mod refusal;
pub mod seal;
pub mod serving;
mod start;
mod traces;

use std::{io::Write, sync::Arc};

use anyhow::Context;
pub use config::Config;
pub use start::{Running, Still, migrated, start, still};
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGINT or SIGTERM, and then until requests under way are done; a second signal ends that too. Prints the
/// first key of an empty database, once.
///
/// # Errors
/// What is wrong and what to do, for the person who starts the server.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let running = start(&config, Arc::new(clock::SystemClock), Arc::new(ids::SystemIds)).await?;
    if let Some(key) = &running.first_key {
        show_first_key(key)?;
    }
    if let Some(address) = &running.first_account {
        show(&format!("The first account is made at {address}"))?;
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    tokio::select! {
        () = running.stop() => return Ok(()),
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    anyhow::bail!("stopped at once by a second signal: requests under way were cut off")
}

/// On standard output, where a log does not keep it.
///
/// # Errors
/// Standard output cannot be written: nobody would ever see the key.
pub fn show_first_key(key: &str) -> anyhow::Result<()> {
    show(&format!("Administrator's key, shown only now: {key}"))
}

fn show(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("what is secret could not be printed")
}
