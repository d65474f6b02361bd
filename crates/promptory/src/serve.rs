//! `promptory serve` and `promptory migrate`: what opens the database itself.

use clap::{Args, Subcommand};
use promptory_server::Config;
use promptory_server::migrate::{self, MigrationStatus};
use serde_json::json;

use crate::commands::demo::past;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{DatabaseFlags, Flags, Settings};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// Put the demo into an empty database, as if people had worked with it for six weeks.
    #[arg(long)]
    demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    step: Step,
    #[command(flatten)]
    database: DatabaseFlags,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Step {
    /// Apply all migrations that are missing.
    Up,
    /// Take back the newest migrations; their data is lost.
    Down {
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Which migrations are applied.
    Status,
}

impl Serve {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let settings = Settings::load(&self.flags)?;
        let config = settings.config()?;
        let runtime = runtime()?;
        if self.demo {
            // Before the log is opened: what it would say of that server is true of no other.
            let played = runtime.block_on(past::play(&config)).map_err(failed)?;
            let out = Output::new(false);
            if let Some(key) = played.first_key {
                promptory_server::show_first_key(&key).map_err(failed)?;
            }
            if let Some(said) = played.said {
                out.block(&said)?;
            }
        }
        start_log(&settings);
        for open in settings.open_files() {
            tracing::warn!("{open}");
        }
        runtime.block_on(promptory_server::serve(config)).map_err(failed)
    }
}

impl Migrate {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        let settings = Settings::load(&Flags::from(self.database))?;
        let config = settings.config()?;
        start_log(&settings);
        let out = Output::new(json);
        let statuses = runtime()?.block_on(self.step.take(&config)).map_err(failed)?;
        print(&out, &statuses)
    }
}

impl Step {
    /// What is applied afterwards.
    async fn take(self, config: &Config) -> anyhow::Result<Vec<MigrationStatus>> {
        match self {
            Self::Up => migrate::up(config).await.map(|_| ())?,
            Self::Down { steps } => migrate::down(config, steps).await.map(|_| ())?,
            Self::Status => {}
        }
        migrate::status(config).await
    }
}

fn print(out: &Output, statuses: &[MigrationStatus]) -> Result<(), Failure> {
    if out.is_json() {
        let items: Vec<_> = statuses
            .iter()
            .map(|status| json!({"number": status.number, "name": status.name, "applied": status.applied}))
            .collect();
        return out.json(&json!({ "items": items }).to_string());
    }
    let row = |status: &MigrationStatus| {
        let applied = if status.applied { "yes" } else { "no" };
        vec![status.number.to_string(), status.name.clone(), applied.to_owned()]
    };
    out.block(&out.table(&["NUMBER", "MIGRATION", "APPLIED"], statuses.iter().map(row).collect()))
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// On stderr: lines of JSON, or text for people.
fn start_log(settings: &Settings) {
    // Checked when the settings were read.
    let filter = tracing_subscriber::EnvFilter::new(settings.text("log.level").unwrap_or("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.text("log.format") {
        Some("text") => log.with_ansi(false).init(),
        _ => log.json().init(),
    }
}

pub(crate) fn failed(error: anyhow::Error) -> Failure {
    Failure::Local(format!("{error:#}"))
}
