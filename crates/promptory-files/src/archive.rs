//! A folder as a compressed archive (tar and gzip): written as it comes, read with limits.

use std::{
    cell::Cell,
    io::{Read, Write},
    rc::Rc,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use tar::{Archive, Builder, EntryType, Header};

/// What one archive may hold. Beyond it nothing of it is taken.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub compressed_bytes: u64,
    /// All files together.
    pub unpacked_bytes: u64,
    pub file_bytes: u64,
    pub files: usize,
    pub path_bytes: usize,
}

pub const LIMITS: Limits = Limits {
    compressed_bytes: 1024 * 1024 * 1024,
    unpacked_bytes: 4 * 1024 * 1024 * 1024,
    file_bytes: 32 * 1024 * 1024,
    files: 500_000,
    path_bytes: 1_024,
};

const BETWEEN_FILES_BYTES: u64 = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("The archive is not a gzip-compressed tar file, or it is cut off: {0}")]
    Damaged(std::io::Error),
    #[error("{0}")]
    Refused(String),
    #[error("The file {path:?} of the archive cannot be kept: {why}")]
    Kept { path: String, why: std::io::Error },
}

/// Writes an archive that is the same, byte for byte, for the same files.
pub struct Writer<W: Write> {
    tar: Builder<GzEncoder<W>>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Self { tar: Builder::new(GzEncoder::new(out, Compression::fast())) }
    }

    /// # Errors
    /// The bytes cannot be written where they go.
    pub fn add(&mut self, path: &str, bytes: &[u8], seconds: u64) -> std::io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(seconds);
        header.set_size(bytes.len() as u64);
        self.tar.append_data(&mut header, path, bytes)
    }

    /// # Errors
    /// The end cannot be written.
    pub fn finish(self) -> std::io::Result<W> {
        self.tar.into_inner()?.finish()
    }
}

/// Hands each file to `keep`, with its path checked and its bytes complete.
///
/// # Errors
/// No such archive; a link, a device, a path that leads out of the folder or stands twice; a limit.
pub fn read(
    from: impl Read,
    limits: &Limits,
    mut keep: impl FnMut(&str, Vec<u8>) -> std::io::Result<()>,
) -> Result<(), ArchiveError> {
    let compressed = Bounded { inner: from, left: Rc::new(Cell::new(limits.compressed_bytes)) };
    // Set anew for each step: what lies between two files (headers, long names, padding) is small, however it unpacks.
    let budget = Rc::new(Cell::new(BETWEEN_FILES_BYTES));
    let unpacked = Bounded { inner: GzDecoder::new(compressed), left: Rc::clone(&budget) };
    let mut archive = Archive::new(unpacked);
    let mut seen = std::collections::HashSet::new();
    let (mut files, mut bytes_left) = (0, limits.unpacked_bytes);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let kind = entry.header().entry_type();
        let path = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| ArchiveError::Refused("The archive has a path that is no UTF-8 text.".to_owned()))?;
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        if !kind.is_file() {
            return Err(ArchiveError::Refused(format!(
                "{path:?} is a link or a device; an archive of prompts holds files and folders alone."
            )));
        }
        let path = checked(&path, limits.path_bytes)?;
        files += 1;
        if files > limits.files {
            return Err(ArchiveError::Refused(format!("The archive has more than {} files.", limits.files)));
        }
        let size = entry.size();
        if size > limits.file_bytes {
            let detail = format!("{path:?} has {size} bytes; a file has at most {}.", limits.file_bytes);
            return Err(ArchiveError::Refused(detail));
        }
        bytes_left = bytes_left.checked_sub(size).ok_or_else(|| {
            ArchiveError::Refused(format!(
                "Unpacked, the archive has more than {} bytes.",
                limits.unpacked_bytes
            ))
        })?;
        budget.set(size);
        let mut bytes = Vec::new();
        // Not by what the header says alone: memory is used as bytes come.
        entry.by_ref().take(size).read_to_end(&mut bytes).map_err(damaged)?;
        if !seen.insert(path.clone()) {
            return Err(ArchiveError::Refused(format!("{path:?} stands twice in the archive.")));
        }
        keep(&path, bytes).map_err(|why| ArchiveError::Kept { path, why })?;
        budget.set(BETWEEN_FILES_BYTES);
    }
    // To its end: what is cut off there is found by the checksum.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(damaged)?;
    Ok(())
}

fn damaged(error: std::io::Error) -> ArchiveError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TooLarge>()) {
        Some(TooLarge) => ArchiveError::Refused(
            "The archive is larger than is taken, or unpacks to more than it says; split it.".to_owned(),
        ),
        None => ArchiveError::Damaged(error),
    }
}

/// The path without `./` at its beginning.
fn checked(path: &str, most: usize) -> Result<String, ArchiveError> {
    let refused = |why: &str| Err(ArchiveError::Refused(format!("The path {path:?} {why}.")));
    if path.len() > most {
        return refused("is too long");
    }
    let inner = path.trim_start_matches("./");
    if inner.is_empty()
        || inner.starts_with('/')
        || inner.contains('\\')
        || inner.chars().any(char::is_control)
    {
        return refused("is none of a folder of prompts");
    }
    if inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return refused("leads out of the folder");
    }
    Ok(inner.to_owned())
}

struct Bounded<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

#[derive(Debug, thiserror::Error)]
#[error("too large")]
struct TooLarge;

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        // One byte more than is left shows that there is more.
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).saturating_add(1).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        let left = self.left.get().checked_sub(read as u64).ok_or_else(|| std::io::Error::other(TooLarge))?;
        self.left.set(left);
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
