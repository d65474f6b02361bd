//! `promptory pull`

use std::path::PathBuf;

use clap::Args;

use super::{
    folder::{self, Files},
    git::Kept,
    transfer,
};
use crate::{context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// The project's folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Overwrite files that differ, though nobody else has them.
    #[arg(long)]
    force: bool,
    /// Remove files that the server does not have.
    #[arg(long)]
    prune: bool,
}

impl Pull {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let local = folder::project(&self.folder)?;
        let server = transfer::download(context).await?;
        let kept = Kept::of(&self.folder);
        let safe = |path: &String| self.force || kept.has(path);
        let write: Vec<&String> = server
            .iter()
            .filter(|(path, bytes)| local.get(*path) != Some(bytes))
            .map(|(path, _)| path)
            .collect();
        let only_here: Vec<&String> = local.keys().filter(|path| !server.contains_key(*path)).collect();
        let removed: &[&String] = if self.prune { &only_here } else { &[] };
        let changed_here: Vec<&str> = write
            .iter()
            .filter(|path| local.contains_key(**path))
            .chain(removed)
            .filter(|path| !safe(path))
            .map(|path| path.as_str())
            .collect();
        if !changed_here.is_empty() {
            return Err(Failure::Local(format!(
                "these files differ from the server's, and Git does not have them as they are:\n  {}\n  Nothing was \
                 changed. Commit or push them first, or overwrite them with --force.",
                changed_here.join("\n  ")
            )));
        }
        for path in &write {
            folder::write(&self.folder, path, &server[*path])?;
        }
        for path in removed {
            folder::remove(&self.folder, path)?;
        }
        folder::keep_line_ends(&self.folder)?;
        self.say(context, &server, write.len(), &only_here)
    }

    fn say(
        &self,
        context: &Context,
        server: &Files,
        written: usize,
        only_here: &[&String],
    ) -> Result<(), Failure> {
        if context.out.is_json() {
            let removed = if self.prune { only_here.len() } else { 0 };
            let json = serde_json::json!({"written": written, "removed": removed, "files": server.len(), "only_here": only_here});
            return context.out.json(&json.to_string());
        }
        let count = |n: usize| format!("{n} file{}", if n == 1 { "" } else { "s" });
        context.out.block(&format!(
            "{} written, {} as they were.",
            count(written),
            server.len() - written
        ))?;
        match (only_here.len(), self.prune) {
            (0, _) => Ok(()),
            (n, true) => context.out.block(&format!("{} removed.", count(n))),
            (n, false) => {
                let listed: Vec<&str> = only_here.iter().take(10).map(|path| path.as_str()).collect();
                context.out.block(&format!(
                    "{} only here, to be pushed (or pushed already, if it has no number):\n  {}",
                    count(n),
                    listed.join("\n  ")
                ))
            }
        }
    }
}
