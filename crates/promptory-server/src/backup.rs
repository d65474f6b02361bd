//! Backup and restore from the command line: they open the database themselves.
//!
//! A restored database begins a new epoch, by which servers and clients know that what they have may not be in it.

use std::{
    fs::{File, OpenOptions},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
pub use promptory_store::{ProjectStanding, Standing};
use promptory_store::{SqliteCopy, Store};

use crate::{
    clock::{Clock, SystemClock},
    config::Config,
    ids::{SystemIds, new_epoch},
    start::{check_standing, lock, open},
};

/// What a command has done.
pub struct Done {
    /// The file that was written; none where the database is PostgreSQL.
    pub file: Option<PathBuf>,
    pub bytes: Option<u64>,
    /// What was in place of a restored database.
    pub kept: Option<PathBuf>,
    pub standing: Standing,
}

/// Copies the SQLite database, while a server runs or not.
///
/// # Errors
/// It is PostgreSQL, there is no database, the file is there already or cannot be written, or the copy is damaged.
pub async fn backup(config: &Config, output: Option<&Path>) -> anyhow::Result<Done> {
    let source = sqlite(config).context(
        "`promptory backup` copies SQLite; for PostgreSQL use `pg_dump --format=custom --file=FILE DATABASE`",
    )?;
    ensure!(source.is_file(), "there is no database at {}", source.display());
    let output = output.map_or_else(|| PathBuf::from(format!("promptory-{}.db", stamp())), Path::to_path_buf);
    ensure!(!output.exists(), "{} is there already; name another file", output.display());
    let part = Part::beside(&output)?;
    SqliteCopy::make(&source, &part.path).await?;
    let standing = checked(&part.path, None).await?;
    let bytes = part.take_place_of(&output)?;
    Ok(Done { file: Some(output), bytes: Some(bytes), kept: None, standing })
}

/// Puts a copy in the place of the SQLite database.
///
/// # Errors
/// A server runs on it, there is a database already and `force` is not given, or the copy is damaged, of something
/// else or of a newer release. Then nothing has changed.
pub async fn restore(config: &Config, copy: &Path, force: bool) -> anyhow::Result<Done> {
    let database = sqlite(config).context(
        "`promptory restore FILE` restores SQLite; for PostgreSQL use `pg_restore`, then `promptory restore --after-external`",
    )?;
    ensure!(copy.is_file(), "there is no file {}", copy.display());
    let _lock = lock(config)?;
    let replaces = holds_something(&database)?;
    if replaces && !force {
        bail!(
            "there is a database at {}; with --force it is kept beside the restored one",
            database.display()
        );
    }
    let part = Part::beside(&database)?;
    SqliteCopy::make(copy, &part.path).await?;
    let standing = checked(&part.path, Some(&new_epoch(&SystemIds))).await?;
    check_standing(&standing)?;
    let kept = if replaces { Some(set_aside(&database).await?) } else { None };
    let bytes = part.take_place_of(&database)?;
    Ok(Done { file: Some(database), bytes: Some(bytes), kept, standing })
}

/// For a database that other means have restored.
///
/// # Errors
/// On SQLite, a server runs on it; or it cannot be opened, or is none of this release.
pub async fn after_external(config: &Config) -> anyhow::Result<Done> {
    let _lock = lock(config)?;
    let store = open(config).await?;
    let standing = begin_epoch(&store).await;
    store.close().await;
    Ok(Done { file: None, bytes: None, kept: None, standing: standing? })
}

async fn begin_epoch(store: &Store) -> anyhow::Result<Standing> {
    let standing = store.standing().await.context("this is no database that Promptory has made")?;
    check_standing(&standing)?;
    store.replace_epoch(None, &new_epoch(&SystemIds)).await?;
    store.cut_others().await?;
    Ok(store.standing().await?)
}

fn sqlite(config: &Config) -> Option<PathBuf> {
    Store::sqlite_file(&config.database())
}

/// The time, as part of a file's name.
fn stamp() -> String {
    SystemClock.now().to_rfc3339().replace([':', '-', '.', 'Z'], "")
}

/// A database, or what a damaged one has left.
fn holds_something(database: &Path) -> anyhow::Result<bool> {
    for file in [database.to_path_buf(), beside(database, "-wal")] {
        match std::fs::metadata(&file) {
            Ok(found) if found.len() > 0 => return Ok(true),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} cannot be seen", file.display())),
        }
    }
    Ok(false)
}

fn beside(file: &Path, addition: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(addition);
    name.into()
}

/// Verified before it takes anything's place.
async fn checked(file: &Path, epoch: Option<&str>) -> anyhow::Result<Standing> {
    let mut copy = SqliteCopy::open(file).await?;
    if let Some(epoch) = epoch {
        copy.set_epoch(epoch).await.context("the copy is no database of Promptory")?;
    }
    let standing = copy.check().await.context("the copy cannot be used")?;
    copy.close().await?;
    Ok(standing)
}

/// Keeps what is in place under another name; the first name stays until the restored one takes it. The log beside
/// the database is folded into it first: beside another database it would damage that.
async fn set_aside(database: &Path) -> anyhow::Result<PathBuf> {
    let kept = beside(database, &format!(".before-restore-{}", stamp()));
    ensure!(!kept.exists(), "{} is there already; try again", kept.display());
    if let Ok(mut old) = SqliteCopy::open(database).await {
        // A damaged one cannot be folded: its files are kept as they are.
        let _ = old.fold_log().await;
        let _ = old.close().await;
    }
    for addition in ["-wal", "-shm"] {
        let (from, to) = (beside(database, addition), beside(&kept, addition));
        if from.exists() {
            std::fs::rename(&from, &to).with_context(|| format!("{} cannot be moved", from.display()))?;
        }
    }
    if database.exists() {
        std::fs::hard_link(database, &kept)
            .or_else(|_| std::fs::copy(database, &kept).map(drop))
            .with_context(|| format!("{} cannot be kept", database.display()))?;
    }
    Ok(kept)
}

/// A file that is being written, for its owner alone; removed unless it takes its place.
struct Part {
    path: PathBuf,
}

impl Part {
    fn beside(target: &Path) -> anyhow::Result<Self> {
        let path = beside(target, &format!(".part-{}", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        made.with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self { path })
    }

    /// On the disk before it has its name, and with its name on the disk before anybody is told. Answers its size.
    fn take_place_of(self, target: &Path) -> anyhow::Result<u64> {
        let synced = || -> std::io::Result<u64> {
            let file = File::open(&self.path)?;
            file.sync_all()?;
            std::fs::rename(&self.path, target)?;
            let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(file.metadata()?.len())
        };
        synced().with_context(|| format!("{} cannot be written", target.display()))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for addition in ["", "-wal", "-shm", "-journal"] {
            // After success there is nothing of that name any more.
            let _ = std::fs::remove_file(beside(&self.path, addition));
        }
    }
}
