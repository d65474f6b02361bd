//! `promptory serve` and `promptory migrate`: what opens the database itself.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use promptory_server::Config;
use promptory_server::migrate::{self, MigrationStatus};
use serde_json::json;

use crate::commands::demo::past;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "PROMPTORY_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    database: Database,
    /// Key of the administrator, in place of one that is made and printed once; better set the variable.
    #[arg(long, env = "PROMPTORY_ADMIN_KEY", hide_env_values = true)]
    admin_key: Option<String>,
    /// Origins of web pages that may call the interface, with commas.
    #[arg(long, env = "PROMPTORY_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN")]
    cors_origins: Vec<String>,
    /// Put the demo into an empty database, as if people had worked with it for six weeks.
    #[arg(long)]
    demo: bool,
}

/// Where the data is.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// Folder for the SQLite database.
    #[arg(long, global = true, env = "PROMPTORY_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
    /// `postgres://…`, or `sqlite://…`; absent: SQLite in the data folder.
    #[arg(long, global = true, env = "PROMPTORY_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    step: Step,
    #[command(flatten)]
    database: Database,
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
        let demo = self.demo;
        let mut config = self.database.config();
        config.listen = self.listen;
        config.admin_key = self.admin_key.filter(|key| !key.is_empty());
        config.cors_origins = self.cors_origins.into_iter().filter(|origin| !origin.is_empty()).collect();
        let runtime = runtime()?;
        if demo {
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
        start_log();
        runtime.block_on(promptory_server::serve(config)).map_err(failed)
    }
}

impl Migrate {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        start_log();
        let config = self.database.config();
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

impl Database {
    pub(crate) fn config(self) -> Config {
        Config {
            database_url: self.database_url.filter(|url| !url.is_empty()),
            data_dir: self.data_dir,
            listen: String::new(),
            admin_key: None,
            cors_origins: Vec::new(),
        }
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

/// JSON lines on stderr; `PROMPTORY_LOG` says how much, such as `debug` or `promptory_server=debug,info`.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PROMPTORY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
}

pub(crate) fn failed(error: anyhow::Error) -> Failure {
    Failure::Local(format!("{error:#}"))
}
