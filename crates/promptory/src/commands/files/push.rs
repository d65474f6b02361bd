//! `promptory push`

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use clap::Args;
use notify::{RecursiveMode, Watcher};

use super::{
    folder,
    transfer::{self, Wish},
};
use crate::{
    commands::{acknowledge::Acknowledge, dry_run::DryRun},
    context::Context,
    failure::Failure,
};

/// Editors write a file in several steps; what comes this close together is one change.
const QUIET: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The project's folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Also make live what the files say is live.
    #[arg(long)]
    activate: bool,
    #[command(flatten)]
    acknowledge: Acknowledge,
    /// Stay, and push again whenever a file changes; Ctrl-C ends it.
    #[arg(long, conflicts_with = "dry_run")]
    watch: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Push {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if !self.watch {
            return self.once(context).await;
        }
        // Before the first push: what is written meanwhile is not missed.
        let (sender, changes) = channel();
        let mut watcher =
            notify::recommended_watcher(sender).map_err(|error| unwatched(&self.folder, &error))?;
        watcher
            .watch(&self.folder, RecursiveMode::Recursive)
            .map_err(|error| unwatched(&self.folder, &error))?;
        loop {
            match self.once(context).await {
                // What is wrong now may be right after the next change.
                Ok(()) | Err(Failure::No) => {}
                Err(failure @ (Failure::Refused { .. } | Failure::Unreachable(_) | Failure::Usage(_))) => {
                    failure.report(false);
                }
                Err(failure) => return Err(failure),
            }
            if !changed(&changes) {
                return Ok(());
            }
        }
    }

    async fn once(&self, context: &Context) -> Result<(), Failure> {
        let archive = transfer::pack(&folder::project(&self.folder)?)?;
        let wish = Wish {
            dry_run: self.dry_run.dry_run,
            activate: self.activate,
            acknowledged: self.acknowledge.acknowledge_rollback,
            ..Wish::default()
        };
        let answer = transfer::send(context, archive, &wish).await?;
        transfer::report(context, &answer)
    }
}

/// Waits for a change and for the end of it. False: nobody watches any more.
fn changed(changes: &Receiver<notify::Result<notify::Event>>) -> bool {
    loop {
        match changes.recv() {
            Err(_) => return false,
            // Reading is no change, and a push reads.
            Ok(Ok(event)) if event.kind.is_access() => {}
            Ok(_) => break,
        }
    }
    while !matches!(changes.recv_timeout(QUIET), Err(RecvTimeoutError::Timeout)) {}
    true
}

fn unwatched(folder: &Path, error: &notify::Error) -> Failure {
    Failure::Local(format!("{} cannot be watched: {error}", folder.display()))
}
