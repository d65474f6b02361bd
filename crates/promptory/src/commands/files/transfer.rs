//! Archives to and from the server.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};
use promptory_api::files::Imported;
use promptory_files::archive::{self, LIMITS, Writer};
use reqwest::Body;

use super::folder::Files;
use crate::{client::Answer, context::Context, failure::Failure, route::Route};

const PIECE_BYTES: usize = 256 * 1024;

/// What an import is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    pub(crate) dry_run: bool,
    pub(crate) activate: bool,
    /// Of what goes live some was taken back, and that is known.
    pub(crate) acknowledged: bool,
    pub(crate) template: Option<String>,
    pub(crate) allow_secret: Option<String>,
}

/// The project as the server has it.
pub(crate) async fn download(context: &Context) -> Result<Files, Failure> {
    let mut file = temporary()?;
    save(context, &mut file).await?;
    rewind(&mut file)?;
    let mut files = Files::new();
    archive::read(file, &LIMITS, |path, bytes| {
        files.insert(path.to_owned(), bytes);
        Ok(())
    })
    .map_err(|error| Failure::Unreachable(format!("the server's archive cannot be used: {error}")))?;
    Ok(files)
}

/// The archive itself.
pub(crate) async fn save(context: &Context, out: &mut impl Write) -> Result<(), Failure> {
    let mut answer = context.client.download(&Route::new("/export")).await?;
    let bar = bar(answer.length().unwrap_or(0), "Receiving");
    while let Some(piece) = answer.next().await? {
        out.write_all(&piece)?;
        bar.inc(piece.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

pub(crate) fn pack(files: &Files) -> Result<File, Failure> {
    let mut writer = Writer::new(temporary()?);
    for (path, bytes) in files {
        writer.add(path, bytes, 0)?;
    }
    Ok(writer.finish()?)
}

pub(crate) fn temporary() -> Result<File, Failure> {
    tempfile::tempfile().map_err(|error| Failure::Local(format!("no temporary file can be made: {error}")))
}

fn rewind(file: &mut File) -> Result<u64, Failure> {
    let bytes = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(bytes)
}

/// Sends an archive; the answer says what became of it.
pub(crate) async fn send(context: &Context, mut archive: File, wish: &Wish) -> Result<Answer, Failure> {
    let flag = |set: bool| set.then_some("true");
    let route = Route::new("/import")
        .query("dry_run", flag(wish.dry_run))
        .query("activate", flag(wish.activate))
        .query("acknowledge_rollback", flag(wish.acknowledged))
        .query("template", wish.template.as_deref())
        .query("allow_secret", wish.allow_secret.as_deref());
    let bytes = rewind(&mut archive)?;
    let bar = bar(bytes, "Sending");
    let shown = bar.clone();
    let pieces = stream::try_unfold(archive, move |mut archive| {
        let bar = shown.clone();
        async move {
            let mut piece = vec![0; PIECE_BYTES];
            let read = archive.read(&mut piece)?;
            piece.truncate(read);
            bar.inc(read as u64);
            if read == 0 {
                bar.set_message("The server takes it in");
            }
            Ok::<_, std::io::Error>((read > 0).then_some((piece, archive)))
        }
    });
    let answer = context.client.upload(&route, Body::wrap_stream(pieces), bytes).await;
    bar.finish_and_clear();
    answer
}

/// On a terminal only.
fn bar(bytes: u64, what: &'static str) -> ProgressBar {
    let style = "{msg} {wide_bar} {bytes} of {total_bytes}";
    let bar = ProgressBar::new(bytes).with_message(what);
    match ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints what became of an import; exit code 1 when something was refused.
pub(crate) fn report(context: &Context, answer: &Answer) -> Result<(), Failure> {
    let done: Imported = answer.parse()?;
    if context.out.is_json() {
        context.out.json(&answer.body)?;
    } else {
        for warning in &done.warnings {
            context.out.aside(&format!("warning: {}: {}", warning.path, warning.detail));
        }
        for refused in &done.refused {
            context.out.aside(&format!("refused: {}: {}", refused.path, refused.detail));
        }
        context.out.block(&summary(&done))?;
    }
    if done.refused.is_empty() { Ok(()) } else { Err(Failure::No) }
}

fn summary(done: &Imported) -> String {
    let count = |n: u64, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    let mut parts = vec![format!("{} created", count(done.created, "version"))];
    parts.push(format!("{} unchanged", done.unchanged));
    let more = [
        (done.prompts_created, "new prompt"),
        (done.prompts_updated, "updated prompt"),
        (done.activated, "activation"),
    ];
    parts.extend(more.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(n, noun)));
    parts.extend((!done.refused.is_empty()).then(|| format!("{} refused", done.refused.len())));
    parts.extend((!done.skipped.is_empty()).then(|| format!("{} skipped (no prompts)", done.skipped.len())));
    let would = if done.dry_run { "Nothing was changed. It would be: " } else { "" };
    format!("{would}{}", parts.join(", "))
}
