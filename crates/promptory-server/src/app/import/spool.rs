//! An archive while it is looked at: its files one behind the other in a temporary file, and where each is.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    time::Duration,
};

use axum::body::Body;
use http_body_util::BodyExt;
use promptory_files::archive::{self, ArchiveError, LIMITS};

use crate::{
    app::{
        Outcome,
        export::{blocking, no_room},
    },
    refusal::{Code, Refusal},
};

/// Between two pieces of the body.
const PIECE_WAIT: Duration = Duration::from_secs(60);
/// Handed to the disk at once.
const CHUNK_BYTES: usize = 1024 * 1024;

pub(super) struct Spool {
    file: File,
    places: HashMap<String, (u64, usize)>,
}

impl Spool {
    /// Takes the whole body and unpacks it; nothing is looked at before all of it is there.
    pub(super) async fn receive(body: Body) -> Outcome<Self> {
        let packed = packed(body).await?;
        blocking(move || unpack(packed)).await?
    }

    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.places.keys().cloned().collect();
        paths.sort();
        paths
    }

    /// Bytes of these files together.
    pub(super) fn size(&self, paths: &[String]) -> usize {
        paths.iter().filter_map(|path| self.places.get(path)).map(|(_, length)| length).sum()
    }

    pub(super) fn read(&mut self, paths: &[String]) -> std::io::Result<Vec<(String, Vec<u8>)>> {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let Some((start, length)) = self.places.get(path) else { continue };
            let mut bytes = vec![0; *length];
            self.file.seek(SeekFrom::Start(*start))?;
            self.file.read_exact(&mut bytes)?;
            files.push((path.clone(), bytes));
        }
        Ok(files)
    }
}

/// The body in a temporary file, at its beginning.
async fn packed(mut body: Body) -> Outcome<File> {
    let mut file = blocking(tempfile::tempfile).await?.map_err(|error| no_room(&error))?;
    let (mut seen, mut chunk) = (0_u64, Vec::new());
    loop {
        let piece = tokio::time::timeout(PIECE_WAIT, body.frame()).await.map_err(|_| {
            Refusal::new(Code::RequestTimeout, format!("Nothing came for {} s.", PIECE_WAIT.as_secs()))
        })?;
        let last = piece.is_none();
        if let Some(piece) = piece {
            let piece =
                piece.map_err(|why| Refusal::new(Code::Malformed, format!("The body broke off: {why}.")))?;
            let Ok(data) = piece.into_data() else { continue };
            seen += data.len() as u64;
            if seen > LIMITS.compressed_bytes {
                let detail = format!("An archive has at most {} bytes; split it.", LIMITS.compressed_bytes);
                return Err(Refusal::new(Code::TooLarge, detail));
            }
            chunk.extend_from_slice(&data);
        }
        if chunk.len() >= CHUNK_BYTES || last {
            let bytes = std::mem::take(&mut chunk);
            let written = blocking(move || {
                file.write_all(&bytes)?;
                Ok(file)
            });
            file = written.await?.map_err(|error| no_room(&error))?;
        }
        if last {
            return Ok(file);
        }
    }
}

fn unpack(mut packed: File) -> Outcome<Spool> {
    let seek = |file: &mut File| file.seek(SeekFrom::Start(0)).map_err(|error| no_room(&error));
    seek(&mut packed)?;
    let mut file = tempfile::tempfile().map_err(|error| no_room(&error))?;
    let (mut places, mut at) = (HashMap::new(), 0_u64);
    let read = archive::read(std::io::BufReader::new(packed), &LIMITS, |path, bytes| {
        file.write_all(&bytes)?;
        places.insert(path.to_owned(), (at, bytes.len()));
        at += bytes.len() as u64;
        Ok(())
    });
    match read {
        Ok(()) => Ok(Spool { file, places }),
        Err(ArchiveError::Kept { why, .. }) => Err(no_room(&why)),
        Err(error @ ArchiveError::Damaged(_)) => Err(Refusal::new(Code::Malformed, format!("{error}."))),
        Err(error) => Err(Refusal::invalid("", error.to_string())),
    }
}
