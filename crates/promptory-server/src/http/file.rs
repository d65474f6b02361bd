//! Archives in requests and answers.

use std::{fs::File, io::Read};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use http::{HeaderMap, header};

use crate::refusal::{Code, Refusal};

const PIECE_BYTES: usize = 256 * 1024;

/// # Errors
/// 415 unless it may be an archive.
pub fn content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    const KNOWN: [&str; 5] = [
        "application/gzip",
        "application/x-gzip",
        "application/x-gtar",
        "application/x-compressed-tar",
        "application/octet-stream",
    ];
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if KNOWN.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::WrongContentType,
        format!("The content type is {given:?}; send an archive (tar, gzip) as application/gzip."),
    ))
}

/// A name for the file that says where it comes from, in characters that every system takes.
pub fn attachment(project: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = project.chars().map(plain).collect();
    format!("attachment; filename=\"promptory-{name}.tar.gz\"")
}

/// Read beside the threads that serve, as fast as it is taken.
pub fn pieces(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE_BYTES];
            let read = file.read(&mut piece)?;
            piece.truncate(read);
            Ok::<_, std::io::Error>((Bytes::from(piece), file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok((!piece.is_empty()).then_some((piece, file)))
    })
}

/// What is made while it is taken. A fault on the way breaks the connection, so that half a file is not taken for a
/// whole one.
pub fn lines(
    pieces: impl Stream<Item = Result<Bytes, Refusal>>,
) -> impl Stream<Item = std::io::Result<Bytes>> {
    pieces.map_err(|refusal| std::io::Error::other(refusal.detail))
}
