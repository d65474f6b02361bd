//! `promptory export`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{folder, transfer};
use crate::{context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A new or empty folder; a file that ends in .tar.gz, or - (standard output), gets the archive itself.
    target: PathBuf,
}

impl Export {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.target == Path::new("-") {
            return transfer::save(context, &mut std::io::stdout().lock()).await;
        }
        let shown = self.target.display();
        let name = self.target.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
            return self.archive(context).await;
        }
        let taken = std::fs::read_dir(&self.target).is_ok_and(|mut entries| entries.next().is_some());
        if taken || self.target.is_file() {
            return Err(Failure::Usage(format!(
                "{shown} is not empty; `promptory pull {shown}` brings it up to date"
            )));
        }
        let files = transfer::download(context).await?;
        std::fs::create_dir_all(&self.target)
            .map_err(|error| Failure::Local(format!("{shown} cannot be made: {error}")))?;
        for (path, bytes) in &files {
            folder::write(&self.target, path, bytes)?;
        }
        folder::keep_line_ends(&self.target)?;
        context.say(&format!("Wrote {} files into {shown}.", files.len()))
    }

    async fn archive(&self, context: &Context) -> Result<(), Failure> {
        let folder =
            self.target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = |error: std::io::Error| {
            Failure::Local(format!("{} cannot be written: {error}", self.target.display()))
        };
        // In place only when it is complete.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        transfer::save(context, &mut file).await?;
        file.persist(&self.target).map_err(|error| failed(error.error))?;
        context.say(&format!("Wrote {}.", self.target.display()))
    }
}
