//! `promptory doctor`: what the settings and this machine risk. Reads only, also while a server runs.

mod database;
mod files;
mod secrets;
mod system;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{Flags, Settings};

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    flags: Flags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Ok,
    /// A risk that may be meant.
    Warn,
    /// It will not work, or is open to others.
    Fail,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What one check found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    pub(crate) check: &'static str,
    pub(crate) detail: String,
}

/// All that was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, level: Level, check: &'static str, detail: impl Into<String>) {
        self.0.push(Finding { level, check, detail: detail.into() });
    }

    fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }
}

impl Doctor {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        let out = Output::new(json);
        let mut found = Findings::default();
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        match Settings::layered(&self.flags, &variable) {
            Ok(settings) => look(&settings, &mut found)?,
            Err(problems) => problems.into_iter().for_each(|why| found.add(Level::Fail, "settings", why)),
        }
        print(&out, &found)?;
        if found.worst() == Level::Fail { Err(Failure::No) } else { Ok(()) }
    }
}

fn look(settings: &Settings, found: &mut Findings) -> Result<(), Failure> {
    let from = match &settings.file {
        Some(file) => format!("{} and the variables are valid", file.display()),
        None => "no file; the variables are valid".to_owned(),
    };
    found.add(Level::Ok, "settings", from);
    system::listen(settings, found);
    secrets::administrator(settings, found);
    secrets::master(settings, found);
    secrets::places(settings, found);
    secrets::file(settings, found);
    system::origins(settings, found);
    system::descriptors(settings, found);
    // A key that cannot be read was named above; all else can still be looked at.
    let Ok(config) = settings.config() else { return Ok(()) };
    files::data(&config, found);
    database::encryption(settings, found);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(database::schema_and_clock(&config, found));
    Ok(())
}

fn print(out: &Output, found: &Findings) -> Result<(), Failure> {
    if out.is_json() {
        let item = |finding: &Finding| json!({"level": finding.level.word(), "check": finding.check, "detail": finding.detail});
        let items: Vec<_> = found.0.iter().map(item).collect();
        return out.json(&json!({"level": found.worst().word(), "items": items}).to_string());
    }
    let line = |finding: &Finding| {
        format!("{:<4}  {:<10}  {}\n", finding.level.word(), finding.check, finding.detail)
    };
    out.block(&found.0.iter().map(line).collect::<String>())
}
