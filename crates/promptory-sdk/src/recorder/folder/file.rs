//! One file of the folder, locked for as long as it is held.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use crate::recorder::encode::Kind;

pub(super) struct Held {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) file: File,
    pub(super) bytes: u64,
    pub(super) lines: u64,
    /// Still appended to.
    pub(super) open: bool,
    /// Being sent.
    pub(super) taken: bool,
}

impl Held {
    /// The whole text or nothing of it.
    pub(super) fn append(&mut self, text: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(text);
        if written.is_err() && self.file.set_len(self.bytes).is_err() {
            // What is torn stays at the end.
            self.open = false;
        }
        written
    }

    pub(super) fn seal(&mut self) -> io::Result<()> {
        self.open = false;
        self.file.sync_all()
    }

    /// One that cannot be taken away is emptied.
    pub(super) fn away(&self, folder: &Path) -> io::Result<()> {
        std::fs::remove_file(folder.join(&self.name)).or_else(|_| self.file.set_len(0))
    }

    pub(super) fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut text)?;
        Ok(text)
    }
}

/// None: another program has it, or had it until now.
pub(super) fn found(folder: &Path, name: String, kind: Kind) -> io::Result<Option<Held>> {
    let Some(file) = locked(&folder.join(&name))? else { return Ok(None) };
    let mut held = Held { name, kind, file, bytes: 0, lines: 0, open: false, taken: false };
    let text = held.read()?;
    held.bytes = text.len() as u64;
    held.lines = split(&text).count() as u64;
    Ok(Some(held))
}

pub(super) fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
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
