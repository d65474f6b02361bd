//! `promptory import`

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    folder::{self, Files},
    transfer::{self, Wish},
};
use crate::{
    commands::{acknowledge::Acknowledge, dry_run::DryRun},
    context::Context,
    failure::Failure,
};

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Folders, files (.md, .prompt, .prompty, .jsonl) or archives (.tar.gz); - is an archive on standard input.
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// Also make live what the files say is live.
    #[arg(long)]
    activate: bool,
    #[command(flatten)]
    acknowledge: Acknowledge,
    /// What plain files without front matter are; absent: none, texts without variables.
    #[arg(long, value_parser = ["none", "jinja", "single_brace"])]
    template: Option<String>,
    /// Why what looks like a secret may be stored.
    #[arg(long, value_name = "REASON")]
    allow_secret: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Import {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let wish = Wish {
            dry_run: self.dry_run.dry_run,
            activate: self.activate,
            acknowledged: self.acknowledge.acknowledge_rollback,
            template: self.template.clone(),
            allow_secret: self.allow_secret.clone(),
        };
        let archive = match self.sources.as_slice() {
            [one] if is_archive(one) => open(one)?,
            several => transfer::pack(&gather(several)?)?,
        };
        let answer = transfer::send(context, archive, &wish).await?;
        transfer::report(context, &answer)
    }
}

fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name == "-" || name.ends_with(".tar.gz") || name.ends_with(".tgz")
}

fn open(path: &Path) -> Result<File, Failure> {
    if path == Path::new("-") {
        // Its length has to be known before it is sent.
        let mut file = transfer::temporary()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
        return Ok(file);
    }
    File::open(path).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
}

/// A folder's files have their paths within it; a single file its own name.
fn gather(sources: &[PathBuf]) -> Result<Files, Failure> {
    let mut all = Files::new();
    for source in sources {
        if is_archive(source) {
            return Err(Failure::Usage("an archive is imported by itself".into()));
        }
        let found = if source.is_dir() {
            folder::read(source)?
        } else {
            let bytes = std::fs::read(source)
                .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", source.display())))?;
            let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Files::from([(name, bytes)])
        };
        for (path, bytes) in found {
            if all.insert(path.clone(), bytes).is_some() {
                return Err(Failure::Usage(format!("{path} is there twice; import the folders one by one")));
            }
        }
    }
    if all.is_empty() {
        return Err(Failure::Usage("there are no prompts: no .md, .prompt, .prompty or .jsonl file".into()));
    }
    Ok(all)
}
