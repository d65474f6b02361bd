//! What waits on the disk: files of lines, appended to, sealed when they are large enough, sent whole and then taken away.
//!
//! Each file is locked by the recorder that holds it, from its first line to its end; the system ends a lock with its
//! process. So two programs that share a folder never send the same file, and what one leaves the next one finds.
//! Everything here blocks.

use std::{
    collections::VecDeque,
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::encode::{Batch, Kind};
use crate::disk::hex;

/// A file that is larger is sealed and another one begun, so that the oldest can go without the newest.
const FILE_BYTES: u64 = 4 << 20;
/// Files in a folder that is full, at least.
const PARTS: u64 = 8;

pub(crate) struct Folder {
    path: PathBuf,
    /// Of the server: what was meant for another one is not sent to this.
    server: String,
    most_bytes: u64,
    /// Oldest first; all are locked.
    files: VecDeque<Held>,
}

struct Held {
    name: String,
    kind: Kind,
    file: File,
    bytes: u64,
    lines: u64,
    /// Still appended to.
    open: bool,
    /// Being sent.
    taken: bool,
}

/// A file that is to be sent.
pub(crate) struct Sending {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) damaged: u64,
}

const KINDS: [(Kind, &str); 2] = [(Kind::Execution, "executions"), (Kind::Score, "scores")];

impl Folder {
    pub(crate) fn new(path: PathBuf, server: &str, most_bytes: u64) -> Self {
        let server = hex(&Sha256::digest(server)[..4]);
        Self { path, server, most_bytes, files: VecDeque::new() }
    }

    /// Takes over what programs left that have ended. How many lines that is, and why some are not among them.
    pub(crate) fn adopt(&mut self) -> (u64, Option<io::Error>) {
        let found = match std::fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (0, None),
            Err(error) => return (0, Some(error)),
            Ok(found) => found,
        };
        let mut names: Vec<(String, Kind)> = found
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| self.kind(&name).map(|kind| (name, kind)))
            .filter(|(name, _)| self.files.iter().all(|held| held.name != *name))
            .collect();
        // Behind its kind the name begins with the time.
        names.sort_by(|(a, _), (b, _)| a.split('-').skip(1).cmp(b.split('-').skip(1)));
        let (mut lines, mut failed) = (0, None);
        for (name, kind) in names {
            match found_file(&self.path, name, kind) {
                Ok(None) => {}
                Ok(Some(held)) => {
                    lines += held.lines;
                    self.files.push_back(held);
                }
                Err(error) => failed = Some(error),
            }
        }
        (lines, failed)
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        let (kind, rest) = name.strip_suffix(".ndjson")?.split_once('-')?;
        rest.strip_prefix(&self.server)?.strip_prefix('-')?;
        KINDS.iter().find(|(_, word)| *word == kind).map(|(kind, _)| *kind)
    }

    /// Writes a batch down. How many lines had to go for it: the oldest, or its own.
    pub(crate) fn append(&mut self, batch: &Batch, id: &str) -> io::Result<u64> {
        let mut text = batch.lines.join(&b'\n');
        text.push(b'\n');
        let (dropped, fits) = self.make_room(text.len() as u64);
        if !fits {
            return Ok(dropped + batch.len());
        }
        let place = match self.files.iter().position(|held| held.open && held.kind == batch.kind) {
            Some(place) => place,
            None => self.begin(batch.kind, id)?,
        };
        let full = FILE_BYTES.min(self.most_bytes / PARTS);
        let held = &mut self.files[place];
        held.append(&text)?;
        held.bytes += text.len() as u64;
        held.lines += batch.len();
        if held.bytes >= full {
            held.seal()?;
        }
        Ok(dropped)
    }

    fn begin(&mut self, kind: Kind, id: &str) -> io::Result<usize> {
        let mut folder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.recursive(true).create(&self.path)?;
        let word = KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, word)| word);
        let name = format!("{word}-{}-{id}.ndjson", self.server);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path.join(&name))?;
        // Who was faster holds an empty file, and takes it away.
        file.try_lock().map_err(io::Error::from)?;
        self.files.push_back(Held { name, kind, file, bytes: 0, lines: 0, open: true, taken: false });
        Ok(self.files.len() - 1)
    }

    /// Takes away the oldest until there is room. How many lines went, and whether there is room.
    fn make_room(&mut self, bytes: u64) -> (u64, bool) {
        let mut dropped = 0;
        loop {
            let total: u64 = self.files.iter().map(|held| held.bytes).sum();
            if total + bytes <= self.most_bytes {
                return (dropped, true);
            }
            if bytes > self.most_bytes {
                return (dropped, false);
            }
            let Some(oldest) = self.files.iter().position(|held| !held.taken) else {
                return (dropped, false);
            };
            let Some(held) = self.files.remove(oldest) else { return (dropped, false) };
            dropped += held.lines;
            // One that cannot be taken away is sent some time: no harm.
            let _ = held.away(&self.path);
        }
    }

    /// The oldest file, until it is done or released.
    pub(crate) fn take(&mut self) -> io::Result<Option<Sending>> {
        let Some(held) = self.files.iter_mut().find(|held| !held.taken) else { return Ok(None) };
        if held.open {
            held.seal()?;
        }
        let text = held.read()?;
        held.taken = true;
        let whole = |line: &&[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        let mut lines: Vec<Vec<u8>> = split(&text).filter(whole).map(<[u8]>::to_vec).collect();
        let left = usize::try_from(held.lines).unwrap_or(usize::MAX);
        // Answered before it was released.
        lines.drain(..lines.len().saturating_sub(left));
        let damaged = (left - lines.len()) as u64;
        Ok(Some(Sending { name: held.name.clone(), kind: held.kind, lines, damaged }))
    }

    /// Everything in it was answered.
    pub(crate) fn done(&mut self, name: &str) -> io::Result<()> {
        let place = self.files.iter().position(|held| held.name == name);
        // Away before the lock goes with the file.
        place.and_then(|place| self.files.remove(place)).map_or(Ok(()), |held| held.away(&self.path))
    }

    /// So many of its last lines are sent later.
    pub(crate) fn release(&mut self, name: &str, left: u64) {
        for held in self.files.iter_mut().filter(|held| held.name == name) {
            (held.taken, held.lines) = (false, left);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.iter().all(|held| held.taken)
    }

    /// Everything is on the disk, also after the machine has stopped, and another program's to send.
    pub(crate) fn let_go(&mut self) -> io::Result<()> {
        let mut files = std::mem::take(&mut self.files);
        files.iter_mut().filter(|held| held.open).try_for_each(Held::seal)
    }
}

impl Held {
    /// The whole text or nothing of it.
    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(text);
        if written.is_err() && self.file.set_len(self.bytes).is_err() {
            // What is torn stays at the end.
            self.open = false;
        }
        written
    }

    fn seal(&mut self) -> io::Result<()> {
        self.open = false;
        self.file.sync_all()
    }

    /// One that cannot be taken away is emptied.
    fn away(&self, folder: &Path) -> io::Result<()> {
        std::fs::remove_file(folder.join(&self.name)).or_else(|_| self.file.set_len(0))
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut text)?;
        Ok(text)
    }
}

/// None: another program has it, or had it until now.
fn found_file(folder: &Path, name: String, kind: Kind) -> io::Result<Option<Held>> {
    let Some(file) = locked(&folder.join(&name))? else { return Ok(None) };
    let mut held = Held { name, kind, file, bytes: 0, lines: 0, open: false, taken: false };
    let text = held.read()?;
    held.bytes = text.len() as u64;
    held.lines = split(&text).count() as u64;
    Ok(Some(held))
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

fn locked(path: &Path) -> io::Result<Option<File>> {
    let file = match OpenOptions::new().read(true).append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    // Names are never used again: one that is still there is this file.
    Ok(path.try_exists()?.then_some(file))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const SERVER: &str = "http://127.0.0.1:1";

    fn folder(at: &TempDir, most_bytes: u64) -> Folder {
        Folder::new(at.path().join("spill"), SERVER, most_bytes)
    }

    fn batch(kind: Kind, lines: &[&str]) -> Batch {
        Batch { kind, lines: lines.iter().map(|line| line.as_bytes().to_vec()).collect(), attempts: 0 }
    }

    fn files(at: &TempDir) -> Vec<PathBuf> {
        let found = std::fs::read_dir(at.path().join("spill")).expect("a folder");
        let mut paths: Vec<PathBuf> = found.map(|entry| entry.expect("a file").path()).collect();
        paths.sort();
        paths
    }

    fn adopted(folder: &mut Folder) -> u64 {
        let (lines, failed) = folder.adopt();
        assert!(failed.is_none(), "{failed:?}");
        lines
    }

    fn sent(folder: &mut Folder) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(sending) = folder.take().expect("readable") {
            lines.extend(sending.lines.into_iter().map(|line| String::from_utf8(line).expect("text")));
            folder.done(&sending.name).expect("taken away");
        }
        lines
    }

    #[test]
    fn what_is_written_comes_back_in_order_also_to_the_next_program() {
        let at = TempDir::new().expect("a folder");
        let mut first = folder(&at, 1 << 20);
        assert_eq!(adopted(&mut first), 0);
        first.append(&batch(Kind::Execution, &["1", "2"]), "id-1").expect("written");
        first.append(&batch(Kind::Score, &["7"]), "id-2").expect("written");
        first.append(&batch(Kind::Execution, &["3"]), "id-3").expect("written");
        assert_eq!(files(&at).len(), 2);
        let mut second = folder(&at, 1 << 20);
        assert_eq!(adopted(&mut second), 0, "the first one has them");
        drop(first);
        assert_eq!(adopted(&mut second), 4);
        assert_eq!(adopted(&mut second), 0, "once");
        let taken = second.take().expect("readable").expect("a file");
        assert_eq!((taken.kind, taken.lines.len(), taken.damaged), (Kind::Execution, 3, 0));
        second.release(&taken.name, 2);
        assert_eq!(sent(&mut second), ["2", "3", "7"], "the first was answered");
        assert!(second.is_empty() && files(&at).is_empty());
        assert_eq!(adopted(&mut Folder::new(at.path().join("spill"), "http://other", 1)), 0);
    }

    #[test]
    fn the_oldest_goes_when_the_folder_is_full() {
        let at = TempDir::new().expect("a folder");
        let mut folder = folder(&at, 800);
        let line = |n: usize| format!("1{n:098}");
        let mut dropped = 0;
        for n in 0..20 {
            dropped +=
                folder.append(&batch(Kind::Execution, &[&line(n)]), &format!("id-{n:02}")).expect("written");
        }
        assert_eq!(dropped, 12);
        let large = "1".repeat(900);
        assert_eq!(folder.append(&batch(Kind::Execution, &[&large]), "large").expect("dropped"), 1);
        assert_eq!(sent(&mut folder), (12..20).map(line).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_being_sent_does_not_go() {
        let at = TempDir::new().expect("a folder");
        let mut folder = folder(&at, 10);
        folder.append(&batch(Kind::Execution, &["123456"]), "a").expect("written");
        let taken = folder.take().expect("readable").expect("a file");
        assert_eq!(folder.append(&batch(Kind::Execution, &["123", "4"]), "b").expect("dropped"), 2);
        folder.release(&taken.name, 1);
        assert_eq!(folder.append(&batch(Kind::Execution, &["123", "4"]), "c").expect("written"), 1);
        assert_eq!(sent(&mut folder), ["123", "4"]);
    }

    #[test]
    fn torn_lines_are_skipped_and_counted() {
        let at = TempDir::new().expect("a folder");
        let mut first = folder(&at, 1 << 20);
        first
            .append(&batch(Kind::Execution, &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#]), "a")
            .expect("written");
        drop(first);
        let path = files(&at).remove(0);
        let text = std::fs::read(&path).expect("there");
        std::fs::write(&path, &text[..text.len() - 4]).expect("cut");
        let mut second = folder(&at, 1 << 20);
        assert_eq!(adopted(&mut second), 3);
        let taken = second.take().expect("readable").expect("a file");
        assert_eq!((taken.lines.len(), taken.damaged), (2, 1));
        drop(second);
        std::fs::write(&path, [b"{\"a\":1}\n".as_slice(), &[0; 50], b"\n{\"a\":2}\n"].concat())
            .expect("zeroes");
        let mut third = folder(&at, 1 << 20);
        assert_eq!(adopted(&mut third), 3);
        let taken = third.take().expect("readable").expect("a file");
        assert_eq!((taken.lines.len(), taken.damaged), (2, 1));
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let at = TempDir::new().expect("a folder");
        folder(&at, 1 << 20).append(&batch(Kind::Execution, &["1"]), "a").expect("written");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&files(&at)[0]), 0o600);
        assert_eq!(mode(&at.path().join("spill")), 0o700);
    }
}
