//! The `promptory` program: the server, and a command line that talks to it over HTTP.

mod backup;
mod cli;
mod client;
mod commands;
mod context;
mod failure;
mod input;
mod output;
mod problem;
mod route;
mod serve;
mod settings;
mod text;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::commands::policy::Policy;
use crate::context::Context;
use crate::failure::Failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.connection.json;
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    // Fails only when a provider is there already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command {
        Command::Serve(command) => command.run(),
        Command::Migrate(command) => command.run(cli.connection.json),
        Command::Doctor(command) => command.run(cli.connection.json),
        Command::Config { command } => command.run(cli.connection.json),
        Command::VerifyInstall(command) => client_runtime()?.block_on(command.run(cli.connection)),
        Command::Backup(command) => command.run(cli.connection.json),
        Command::Restore(command) => command.run(cli.connection.json),
        Command::Policy { command: Policy::Reset(command) } => {
            command.run(cli.connection.project.as_deref(), cli.connection.json)
        }
        command => {
            let context = Context::new(&cli.connection)?;
            let runtime = client_runtime()?;
            runtime.block_on(client_command(command, &context))
        }
    }
}

fn client_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

async fn client_command(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Prompt { command } => command.run(context).await,
        Command::Version { command } => command.run(context).await,
        Command::Activate(command) => command.run(context).await,
        Command::Deploy(command) => command.run(context).await,
        Command::Deployment(command) => command.run(context).await,
        Command::Approvals { command } => command.run(context).await,
        Command::Approve(decision) => decision.run(context, "/approve").await,
        Command::Reject(decision) => decision.run(context, "/reject").await,
        Command::RequestChanges(decision) => decision.run(context, "/request-changes").await,
        Command::Comment(words) => words.run(context).await,
        Command::Withdraw(decision) => decision.run(context, "/withdraw").await,
        Command::Policy { command } => command.run(context).await,
        Command::Patch(command) => command.run(context).await,
        Command::Release(command) => command.run(context).await,
        Command::Rollback(command) => command.run(context).await,
        Command::Rollbacks(command) => command.run(context).await,
        Command::Label(command) => command.run(context).await,
        Command::Sample(command) => command.run(context).await,
        Command::Deployments(command) => command.run(context).await,
        Command::History(command) => command.run(context).await,
        Command::Resolve(command) => command.run(context).await,
        Command::Explain(command) => command.run(context).await,
        Command::Active(command) => command.run(context).await,
        Command::Snapshot(command) => command.run(context).await,
        Command::Stream(command) => command.run(context).await,
        Command::Render(command) => command.run(context).await,
        Command::Export(command) => command.run(context).await,
        Command::Import(command) => command.run(context).await,
        Command::Pull(command) => command.run(context).await,
        Command::Push(command) => command.run(context).await,
        Command::Diff(command) => command.run(context).await,
        Command::Check(command) => command.run(context).await,
        Command::Executions { command } => command.run(context).await,
        Command::Score(command) => command.run(context).await,
        Command::Recording { command } => command.run(context).await,
        Command::Verify { command } => command.run(context).await,
        Command::Prices { command } => command.run(context).await,
        Command::Key { command } => command.run(context).await,
        Command::User { command } => command.run(context).await,
        Command::Webhook { command } => command.run(context).await,
        Command::Environment { command } => command.run(context).await,
        Command::Project { command } => command.run(context).await,
        Command::Health => commands::health::run(context).await,
        Command::Server { command } => command.run(context).await,
        Command::Whoami => commands::whoami::run(context).await,
        Command::Analytics { command } => command.run(context).await,
        Command::Audit { command } => command.run(context).await,
        Command::Demo => commands::demo::run(context).await,
        Command::Serve(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Migrate(_)
        | Command::Config { .. }
        | Command::Doctor(_)
        | Command::VerifyInstall(_) => {
            unreachable!("run without a client")
        }
    }
}
