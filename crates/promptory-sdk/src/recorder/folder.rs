//! What waits on the disk: files of lines, appended to, sealed when they are large enough, sent whole and then taken away.
//!
//! Each file is locked by the recorder that holds it, from its first line to its end; the system ends a lock with its
//! process. So two programs that share a folder never send the same file, and what one leaves the next one finds.
//! Everything here blocks.

mod file;

use std::{
    collections::VecDeque,
    fs::{DirBuilder, OpenOptions},
    io,
    path::PathBuf,
};

use sha2::{Digest, Sha256};

use self::file::{Held, split};
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
    /// Nobody is left to send: what is still written is for the next program.
    left: bool,
}

/// A file that is to be sent.
pub(crate) struct Sending {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) damaged: u64,
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Appended {
    /// Lines that had to go: the oldest, or all of the batch where it is larger than the folder.
    pub(crate) dropped: u64,
    /// False: the disk does not take it.
    pub(crate) taken: bool,
    pub(crate) problem: Option<io::Error>,
}

const KINDS: [(Kind, &str); 2] = [(Kind::Execution, "executions"), (Kind::Score, "scores")];

impl Folder {
    pub(crate) fn new(path: PathBuf, server: &str, most_bytes: u64) -> Self {
        let server = hex(&Sha256::digest(server)[..4]);
        Self { path, server, most_bytes, files: VecDeque::new(), left: false }
    }

    /// Takes over what programs left that have ended. How many lines that is, and why some are not among them.
    pub(crate) fn adopt(&mut self) -> (u64, Option<io::Error>) {
        if self.left {
            // A look that was under way when the recorder ended: it would hold for ever what it had let go.
            return (0, None);
        }
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
            match file::found(&self.path, name, kind) {
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

    /// Writes a batch down, or says why not.
    pub(crate) fn append(&mut self, batch: &Batch, id: &str) -> Appended {
        let mut text = batch.lines.join(&b'\n');
        text.push(b'\n');
        let (dropped, fits) = self.make_room(text.len() as u64);
        if !fits {
            return Appended { dropped: dropped + batch.len(), taken: true, problem: None };
        }
        match self.write(batch, &text, id) {
            // What is not yet safe from a power cut is written all the same.
            Ok(sealed) => Appended { dropped, taken: true, problem: sealed.err() },
            Err(error) => Appended { dropped, taken: false, problem: Some(error) },
        }
    }

    /// The inner error: it is written, but maybe not for good.
    fn write(&mut self, batch: &Batch, text: &[u8], id: &str) -> io::Result<io::Result<()>> {
        let place = match self.files.iter().position(|held| held.open && held.kind == batch.kind) {
            Some(place) => place,
            None => self.begin(batch.kind, id)?,
        };
        let full = FILE_BYTES.min(self.most_bytes / PARTS);
        let held = &mut self.files[place];
        held.append(text)?;
        held.bytes += text.len() as u64;
        held.lines += batch.len();
        let full = held.bytes >= full;
        Ok(if self.left {
            self.let_go()
        } else if full {
            self.files[place].seal()
        } else {
            Ok(())
        })
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
        self.left = true;
        let mut files = std::mem::take(&mut self.files);
        files.iter_mut().filter(|held| held.open).map(Held::seal).fold(Ok(()), io::Result::and)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

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

    fn append(folder: &mut Folder, batch: &Batch, id: &str) -> u64 {
        let Appended { dropped, taken, problem } = folder.append(batch, id);
        assert!(taken && problem.is_none(), "{problem:?}");
        dropped
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
        assert_eq!(append(&mut first, &batch(Kind::Execution, &["1", "2"]), "id-1"), 0);
        assert_eq!(append(&mut first, &batch(Kind::Score, &["7"]), "id-2"), 0);
        assert_eq!(append(&mut first, &batch(Kind::Execution, &["3"]), "id-3"), 0);
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
    fn what_a_thread_writes_after_the_end_is_the_next_programs() {
        let at = TempDir::new().expect("a folder");
        let mut first = folder(&at, 1 << 20);
        assert_eq!(append(&mut first, &batch(Kind::Execution, &["1"]), "id-1"), 0);
        first.let_go().expect("on the disk");
        assert_eq!(append(&mut first, &batch(Kind::Execution, &["2", "3"]), "id-2"), 0);
        assert_eq!(adopted(&mut first), 0, "nor does a look that was under way take them back");
        let mut next = folder(&at, 1 << 20);
        assert_eq!(adopted(&mut next), 3);
        assert_eq!(sent(&mut next), ["1", "2", "3"]);
    }

    #[test]
    fn the_oldest_goes_when_the_folder_is_full() {
        let at = TempDir::new().expect("a folder");
        let mut folder = folder(&at, 800);
        let line = |n: usize| format!("1{n:098}");
        let mut dropped = 0;
        for n in 0..20 {
            dropped += append(&mut folder, &batch(Kind::Execution, &[&line(n)]), &format!("id-{n:02}"));
        }
        assert_eq!(dropped, 12);
        let large = "1".repeat(900);
        assert_eq!(append(&mut folder, &batch(Kind::Execution, &[&large]), "large"), 1);
        assert_eq!(sent(&mut folder), (12..20).map(line).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_being_sent_does_not_go() {
        let at = TempDir::new().expect("a folder");
        let mut folder = folder(&at, 10);
        assert_eq!(append(&mut folder, &batch(Kind::Execution, &["123456"]), "a"), 0);
        let taken = folder.take().expect("readable").expect("a file");
        assert_eq!(append(&mut folder, &batch(Kind::Execution, &["123", "4"]), "b"), 2);
        folder.release(&taken.name, 1);
        assert_eq!(append(&mut folder, &batch(Kind::Execution, &["123", "4"]), "c"), 1);
        assert_eq!(sent(&mut folder), ["123", "4"]);
    }

    #[test]
    fn torn_lines_are_skipped_and_counted() {
        let at = TempDir::new().expect("a folder");
        let mut first = folder(&at, 1 << 20);
        let lines = [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#];
        assert_eq!(append(&mut first, &batch(Kind::Execution, &lines), "a"), 0);
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
        assert_eq!(append(&mut folder(&at, 1 << 20), &batch(Kind::Execution, &["1"]), "a"), 0);
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&files(&at)[0]), 0o600);
        assert_eq!(mode(&at.path().join("spill")), 0o700);
    }
}
