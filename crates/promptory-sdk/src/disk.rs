//! The last known good answers, in a file: so that a program that starts while the server is gone has them.
//!
//! The first line is `promptory-client <format> sha256:<hex>`, with the hash of all that follows, which is JSON. A file that
//! does not fit in any way is ignored, and that is said.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use promptory_api::serving::Active;
use promptory_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{
    ask::live,
    cache::{Entry, Question},
    inner::{Held, Inner, lock, stopped},
    snapshot::Snapshot,
};

const MAGIC: &str = "promptory-client";
/// A file of another format is ignored.
const FORMAT: u32 = 1;
/// Nobody's file of prompts is larger; another's may be.
const FILE_BYTES: u64 = 1 << 30;
/// Many answers that come together are written together.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct Kept<S> {
    /// Of the server, the environment and the key.
    identity: String,
    snapshot: Option<KeptSnapshot<S>>,
    answers: Vec<KeptAnswer>,
}

#[derive(Serialize, Deserialize)]
struct KeptSnapshot<S> {
    etag: Option<String>,
    /// RFC 3339.
    confirmed: String,
    body: S,
}

#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    /// By which it was asked for.
    prompt: String,
    version: Option<String>,
    reason: String,
    etag: Option<String>,
    confirmed: String,
    active: Active,
}

impl Inner {
    /// Takes what the file has. Blocks.
    ///
    /// # Errors
    /// Why the file is of no use; none when there is no file yet.
    pub(crate) fn read_file(&self, path: &Path) -> Result<Vec<(Question, Entry)>, String> {
        let Some(body) = read(path)? else { return Ok(Vec::new()) };
        let damaged = |error: serde_json::Error| format!("it is damaged: {error}");
        let kept: Kept<Box<RawValue>> = serde_json::from_slice(&body).map_err(damaged)?;
        if kept.identity != self.config.identity {
            return Err("it was written for another server, environment or key".to_owned());
        }
        let time = |text: &str| Timestamp::parse_rfc3339(text).ok_or_else(|| format!("{text:?} is no time"));
        if let Some(kept) = kept.snapshot.filter(|_| self.config.local) {
            let snapshot = Snapshot::read(kept.body.get().as_bytes(), None).map_err(damaged)?;
            self.held.store(Some(Arc::new(Held {
                snapshot: Arc::new(snapshot),
                etag: kept.etag,
                confirmed: time(&kept.confirmed)?,
                from_disk: true,
                outdated: AtomicBool::new(false),
            })));
        }
        let answers = kept.answers.into_iter().map(|kept| {
            let question =
                Question { prompt: kept.prompt.into(), version: kept.version.map(Into::into), subject: None };
            let mut answer = live(kept.active).map_err(damaged)?;
            answer.reason = kept.reason.into();
            let entry = Entry::new(Ok(answer), kept.etag, time(&kept.confirmed)?);
            Ok((question, Entry { from_disk: true, ..entry }))
        });
        answers.collect()
    }

    /// As text, with its first line.
    fn file(&self) -> serde_json::Result<Vec<u8>> {
        let held = self.held.load();
        let snapshot = held.as_ref().map(|held| KeptSnapshot {
            etag: held.etag.clone(),
            confirmed: held.confirmed.to_rfc3339(),
            body: &*held.snapshot,
        });
        let answers = self.cache.all().into_iter().filter_map(|(question, entry)| {
            // What one user got is not written down, nor is a no.
            let answer = entry.outcome.as_ref().ok().filter(|_| question.subject.is_none())?;
            let active = Active {
                renamed_to: answer.renamed_to.as_deref().map(str::to_owned),
                ..answer.build.active.clone()
            };
            Some(KeptAnswer {
                prompt: question.prompt.into(),
                version: question.version.map(Into::into),
                reason: answer.reason.to_string(),
                etag: entry.etag.clone(),
                confirmed: entry.confirmed.to_rfc3339(),
                active,
            })
        });
        let kept = Kept { identity: self.config.identity.clone(), snapshot, answers: answers.collect() };
        let body = serde_json::to_vec(&kept)?;
        let mut file = format!("{MAGIC} {FORMAT} sha256:{}\n", hex(&Sha256::digest(&body))).into_bytes();
        file.extend_from_slice(&body);
        Ok(file)
    }

    pub(crate) async fn write_file(self: &Arc<Self>, path: &Path) {
        let _writing = self.writing.lock().await;
        let (inner, path) = (Arc::clone(self), path.to_owned());
        let write = move || {
            let written = inner.file().map_err(|error| error.to_string());
            let written = written.and_then(|file| write(&path, &file).map_err(|error| error.to_string()));
            if let Err(why) = written {
                let why = format!("{} was not written: {why}", path.display());
                tracing::warn!(why, "the last known good answers are not kept");
                *lock(&inner.disk_problem) = Some(why);
            }
            inner.tick();
        };
        // A panic there has been told already.
        let _ = tokio::task::spawn_blocking(write).await;
    }
}

/// Until the client is gone; then once more, if there is something new.
pub(crate) async fn run(inner: Arc<Inner>, path: PathBuf, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            () = inner.save.notified() => inner.write_file(&path).await,
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            () = inner.clock.wait(PAUSE) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("it cannot be read: {error}")),
    };
    let mut text = Vec::new();
    file.take(FILE_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|error| format!("it cannot be read: {error}"))?;
    if text.len() as u64 > FILE_BYTES {
        return Err(format!("it is larger than {FILE_BYTES} bytes"));
    }
    let end = text.iter().position(|byte| *byte == b'\n').ok_or("it has no first line")?;
    let body = text.split_off(end + 1);
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    match head.split(' ').collect::<Vec<_>>().as_slice() {
        [MAGIC, format, _] if *format != FORMAT.to_string() => {
            Err(format!("it is of format {format}; this program reads {FORMAT}"))
        }
        [MAGIC, _, hash] if *hash == format!("sha256:{}", hex(&Sha256::digest(&body))) => Ok(Some(body)),
        [MAGIC, _, _] => Err("it is damaged: its hash does not fit".to_owned()),
        _ => Err("it is no file of this client".to_owned()),
    }
}

/// Whole or not at all: beside it first, then in its place.
fn write(path: &Path, file: &[u8]) -> std::io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}-{number}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write_new(&beside, file).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // It may not even be there.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn write_new(path: &Path, file: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(path)?;
    out.write_all(file)?;
    out.sync_all()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
