//! `promptory backup` and `promptory restore`: they open the database themselves.

use std::path::PathBuf;

use clap::Args;
use promptory_server::backup::{self, Done};
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::serve::{failed, runtime};
use crate::settings::{DatabaseFlags, Flags, Settings};

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; absent: `promptory-<time>.db` in this folder.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseFlags,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// A copy that `promptory backup` has made.
    #[arg(required_unless_present = "after_external")]
    file: Option<PathBuf>,
    /// Replace a database that is there; it is kept beside the restored one.
    #[arg(long)]
    force: bool,
    /// The database was restored by other means, such as pg_restore: only begin its new epoch.
    #[arg(long, conflicts_with_all = ["file", "force"])]
    after_external: bool,
    #[command(flatten)]
    database: DatabaseFlags,
}

impl Backup {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        let config = Settings::load(&Flags::from(self.database))?.config()?;
        let done = runtime()?.block_on(backup::backup(&config, self.output.as_deref())).map_err(failed)?;
        print(&Output::new(json), &done)
    }
}

impl Restore {
    pub(crate) fn run(self, json: bool) -> Result<(), Failure> {
        let config = Settings::load(&Flags::from(self.database))?.config()?;
        let done = runtime()?.block_on(async {
            match &self.file {
                Some(file) => backup::restore(&config, file, self.force).await,
                None => backup::after_external(&config).await,
            }
        });
        print(&Output::new(json), &done.map_err(failed)?)
    }
}

fn print(out: &Output, done: &Done) -> Result<(), Failure> {
    let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let standing = &done.standing;
    let head = |n: i64, hash: &str| (n > 0).then(|| format!("{n}:{hash}"));
    if out.is_json() {
        let projects: Vec<_> = standing
            .projects
            .iter()
            .map(|project| {
                json!({"name": project.name, "revision": project.revision,
                    "audit_head": head(project.audit_n, &project.audit_hash)})
            })
            .collect();
        let answer = json!({"file": shown(&done.file), "bytes": done.bytes, "kept": shown(&done.kept),
            "epoch": standing.epoch, "schema": standing.schema, "projects": projects});
        return out.json(&answer.to_string());
    }
    let mut text = String::new();
    if let (Some(file), Some(bytes)) = (shown(&done.file), done.bytes) {
        text.push_str(&format!("{file}: {bytes} bytes, complete and undamaged.\n"));
    }
    if let Some(kept) = shown(&done.kept) {
        text.push_str(&format!("What was there before is in {kept}.\n"));
    }
    let epoch = standing.epoch.as_deref().unwrap_or("none");
    text.push_str(&format!("Epoch {epoch}, schema {}.\n\n", standing.schema));
    let rows = standing.projects.iter().map(|project| {
        let head = head(project.audit_n, &project.audit_hash).unwrap_or_else(|| "empty".to_owned());
        vec![project.name.clone(), project.revision.to_string(), head]
    });
    text.push_str(&out.table(&["PROJECT", "REVISION", "AUDIT HEAD"], rows.collect()));
    out.block(&text)
}
