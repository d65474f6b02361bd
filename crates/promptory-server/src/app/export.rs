//! The whole project as an archive of files. It is written to a temporary file first: a slow caller holds no
//! transaction open, and what fails is answered as a problem instead of a file that is cut off.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    io::{Seek, SeekFrom},
};

use promptory_files::{About, ProjectFile, Prompt, Sample, Version, archive::Writer};
use promptory_store::{Export, ExportPrompt, ExportSample, VersionRow};
use serde_json::Value;

use super::{Ctx, Outcome, wire};
use crate::{
    check::Checks,
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// Rows of one page: with the largest contents some hundred megabytes.
const PAGE: i64 = 100;
/// Text that is gathered before it is compressed.
const BATCH_BYTES: usize = 1024 * 1024;
const ALLOWED: &str = "It was allowed where it comes from.";

pub struct Archive {
    pub file: File,
    pub bytes: u64,
    pub project: String,
}

/// # Errors
/// The database cannot be read, or there is no room for the file. A key that is bound to an environment may not.
pub async fn export(ctx: &Ctx) -> Outcome<Archive> {
    ctx.unbound()?;
    let mut export = ctx.app.store.export(&ctx.project.id).await?;
    let mut out = Out::new().await?;
    let environments = ctx.project.snapshot().environments.iter().map(|row| row.name.clone()).collect();
    let project = ProjectFile { project: ctx.project.name.clone(), environments };
    out.add(promptory_files::PROJECT_FILE.to_owned(), project.write(), 0).await?;
    let prompts = std::mem::take(&mut export.prompts);
    let mut beside = Beside::new(&mut export);
    let mut versions = Versions { page: VecDeque::new(), after: (String::new(), 0), done: false };
    let mut samples = Samples { page: VecDeque::new(), after: (String::new(), String::new()), done: false };
    for row in &prompts {
        let mut prompt = head(row, &mut beside)?;
        let (path, text) = promptory_files::prompt_file(&prompt);
        out.add(path, text, row.created_at).await?;
        while let Some(row) = versions.next(&mut export, &prompts, &row.id).await? {
            let at = row.created_at;
            let (path, text) = promptory_files::version_file(&prompt.name, &version(&prompt.kind, row)?);
            out.add(path, text, at).await?;
        }
        while let Some(row) = samples.next(&mut export, &prompts, &row.id).await? {
            prompt.samples.push(sample(row)?);
        }
        for sample in &prompt.samples {
            let (path, text) = promptory_files::sample_file(&prompt.name, sample);
            out.add(path, text, row.created_at).await?;
        }
    }
    drop(export);
    let (file, bytes) = out.finish().await?;
    Ok(Archive { file, bytes, project: ctx.project.name.clone() })
}

/// What belongs to prompts and is small.
#[derive(Default)]
struct Beside {
    former: HashMap<String, Vec<String>>,
    /// Of a prompt: kind, name and number.
    pointers: HashMap<String, Vec<(String, String, String)>>,
}

impl Beside {
    fn new(export: &mut Export) -> Self {
        let mut beside = Self::default();
        for row in std::mem::take(&mut export.former_names) {
            beside.former.entry(row.prompt_id).or_default().push(row.name);
        }
        for row in std::mem::take(&mut export.pointers) {
            let number = number_text(row.major, row.minor, row.patch, &row.pre);
            beside.pointers.entry(row.prompt_id).or_default().push((row.kind, row.name, number));
        }
        beside
    }
}

fn head(row: &ExportPrompt, beside: &mut Beside) -> Outcome<Prompt> {
    let damaged = || wire::damaged("prompt", &row.id);
    let mut about = About {
        description: row.description.clone(),
        category: row.category.clone(),
        owner: row.owner.clone(),
        tags: serde_json::from_str(&row.tags).map_err(|_| damaged())?,
        metadata: serde_json::from_str(&row.metadata).map_err(|_| damaged())?,
        archived: row.archived_at.is_some(),
        former_names: beside.former.remove(&row.id).unwrap_or_default(),
        author: Some(row.source_author.clone().unwrap_or_else(|| row.created_by.clone())),
        created_at: Some(wire::time(row.source_created_at.unwrap_or(row.created_at))),
        ..About::default()
    };
    about.former_names.sort();
    for (kind, name, number) in beside.pointers.remove(&row.id).unwrap_or_default() {
        let pointers = if kind == "live" { &mut about.live } else { &mut about.labels };
        pointers.insert(name, number);
    }
    Ok(Prompt { name: row.name.clone(), kind: row.kind.clone(), about: Some(about), ..Prompt::default() })
}

fn version(kind: &str, row: VersionRow) -> Outcome<Version> {
    let damaged = || wire::damaged("version", &row.id);
    let json = |text: &str| serde_json::from_str::<Value>(text).map_err(|_| damaged());
    let content = json(&row.content)?;
    let (variables, settings) = (json(&row.variables)?, json(&row.settings)?);
    let mut secrets = Checks::strict();
    for part in [&content, &variables, &settings, &Value::from(row.note.as_str())] {
        secrets.secrets("", Some(part));
    }
    debug_assert!(kind == "chat" || content.is_string());
    Ok(Version {
        number: Some(number_text(row.major, row.minor, row.patch, &row.pre)),
        sequence: Some(row.sequence),
        content,
        template: Some(row.template.clone()),
        variables: Some(variables),
        settings: Some(settings),
        tags: serde_json::from_str(&row.tags).map_err(|_| damaged())?,
        metadata: serde_json::from_str(&row.metadata).map_err(|_| damaged())?,
        archived: row.archived_at.is_some(),
        deprecated: row.deprecated_at.is_some(),
        // Or nobody could import it again.
        allow_secret: secrets.finish().is_err().then(|| ALLOWED.to_owned()),
        created_at: Some(wire::time(row.source_created_at.unwrap_or(row.created_at))),
        author: Some(row.source_author.unwrap_or(row.author)),
        note: row.note,
        ..Version::default()
    })
}

fn sample(row: ExportSample) -> Outcome<Sample> {
    let variables = serde_json::from_str(&row.variables).map_err(|_| wire::damaged("sample", &row.name))?;
    Ok(Sample { name: row.name, description: row.description, variables, ..Sample::default() })
}

/// Rows of one kind, page by page, in the order of the prompts.
struct Versions {
    page: VecDeque<VersionRow>,
    after: (String, i64),
    done: bool,
}

impl Versions {
    /// The next of this prompt.
    async fn next(
        &mut self,
        export: &mut Export,
        prompts: &[ExportPrompt],
        prompt_id: &str,
    ) -> Outcome<Option<VersionRow>> {
        if self.page.is_empty() && !self.done {
            self.page = export.versions((&self.after.0, self.after.1), PAGE).await?.into();
            match self.page.back() {
                Some(last) => self.after = (folded(prompts, &last.prompt_id), last.sequence),
                None => self.done = true,
            }
        }
        Ok(self.page.pop_front_if(|row| row.prompt_id == prompt_id))
    }
}

struct Samples {
    page: VecDeque<ExportSample>,
    after: (String, String),
    done: bool,
}

impl Samples {
    /// The next of this prompt.
    async fn next(
        &mut self,
        export: &mut Export,
        prompts: &[ExportPrompt],
        prompt_id: &str,
    ) -> Outcome<Option<ExportSample>> {
        if self.page.is_empty() && !self.done {
            self.page = export.samples((&self.after.0, &self.after.1), PAGE).await?.into();
            match self.page.back() {
                Some(last) => self.after = (folded(prompts, &last.prompt_id), last.name.clone()),
                None => self.done = true,
            }
        }
        Ok(self.page.pop_front_if(|row| row.prompt_id == prompt_id))
    }
}

fn folded(prompts: &[ExportPrompt], id: &str) -> String {
    prompts.iter().find(|row| row.id == id).map(|row| row.name_folded.clone()).unwrap_or_default()
}

/// The archive under way; compression happens beside the threads that serve.
struct Out {
    writer: Option<Writer<File>>,
    batch: Vec<(String, String, u64)>,
    bytes: usize,
}

pub(super) fn no_room(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "a temporary file cannot be used");
    Refusal::new(
        Code::Unavailable,
        "There is no room for the archive on the server's disk. Make room and try again.",
    )
}

impl Out {
    async fn new() -> Outcome<Self> {
        let file = blocking(tempfile::tempfile).await?.map_err(|error| no_room(&error))?;
        Ok(Self { writer: Some(Writer::new(file)), batch: Vec::new(), bytes: 0 })
    }

    async fn add(&mut self, path: String, text: String, micros: i64) -> Outcome<()> {
        self.bytes += text.len();
        self.batch.push((path, text, u64::try_from(micros / 1_000_000).unwrap_or(0)));
        if self.bytes > BATCH_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Outcome<()> {
        let (batch, writer) = (std::mem::take(&mut self.batch), self.writer.take());
        self.bytes = 0;
        let Some(mut writer) = writer else { return Ok(()) };
        let written = blocking(move || {
            for (path, text, seconds) in batch {
                writer.add(&path, text.as_bytes(), seconds)?;
            }
            Ok(writer)
        });
        self.writer = Some(written.await?.map_err(|error| no_room(&error))?);
        Ok(())
    }

    /// The file at its beginning, and its length.
    async fn finish(mut self) -> Outcome<(File, u64)> {
        self.flush().await?;
        let Some(writer) = self.writer.take() else {
            return Err(Refusal::new(Code::Internal, "The archive is gone."));
        };
        let finished = blocking(move || {
            let mut file = writer.finish()?;
            let bytes = file.stream_position()?;
            file.seek(SeekFrom::Start(0))?;
            Ok((file, bytes))
        });
        finished.await?.map_err(|error| no_room(&error))
    }
}

/// Runs what waits for a disk or takes long where nothing else waits for it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work beside the serving threads failed");
        Refusal::new(Code::Internal, "The server failed. The request id is in the log.")
    })
}
