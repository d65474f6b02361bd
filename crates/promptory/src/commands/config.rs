//! `promptory config …`: works on this machine, without a server.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{DEFAULT_FILE, Flags, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// The values in force and where each comes from, as `serve` would take them; secrets are hidden.
    Show(Box<Flags>),
    /// The documented settings with their defaults, ready to be saved as promptory.toml.
    Default,
    /// Finds mistakes in a file, and in the variables that lie over it; exit code 1 when there are any.
    Check {
        /// Absent: PROMPTORY_CONFIG, else ./promptory.toml if it is there.
        file: Option<PathBuf>,
    },
}

impl Config {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        let out = Output::new(json);
        match self {
            Self::Show(flags) => show(&out, &Settings::load(&flags)?),
            Self::Default => out.bytes(DEFAULT_FILE.as_bytes()),
            Self::Check { file } => check(&out, file),
        }
    }
}

fn show(out: &Output, settings: &Settings) -> Result<(), Failure> {
    let shown = settings.shown();
    if out.is_json() {
        let item = |(key, value, source): &(&str, serde_json::Value, String)| json!({"setting": key, "value": value, "from": source});
        let items: Vec<_> = shown.iter().map(item).collect();
        return out.json(&json!({ "items": items }).to_string());
    }
    let row = |(key, value, source): (&str, serde_json::Value, String)| {
        let value = match value {
            serde_json::Value::Null => "not set".to_owned(),
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        vec![key.to_owned(), value, source]
    };
    out.block(&out.table(&["SETTING", "VALUE", "FROM"], shown.into_iter().map(row).collect()))
}

fn check(out: &Output, file: Option<PathBuf>) -> Result<(), Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let loaded = Settings::layered(&Flags::with_file(file), &variable);
    let (read, problems) = match loaded {
        Ok(settings) => {
            let unreadable = [settings.admin_key().err(), settings.seals().err()].into_iter().flatten();
            (settings.file.map(|path| path.display().to_string()), unreadable.collect())
        }
        Err(problems) => (None, problems),
    };
    if out.is_json() {
        out.json(&json!({"valid": problems.is_empty(), "file": read, "problems": problems}).to_string())?;
    } else if problems.is_empty() {
        match &read {
            Some(file) => out.block(&format!("{file} and the variables are valid."))?,
            None => out.block("There is no file; the variables are valid.")?,
        }
    } else {
        out.block(&problems.join("\n"))?;
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::No) }
}
