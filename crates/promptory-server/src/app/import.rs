//! An archive of files becomes prompts and versions. Each prompt is taken by itself: what is wrong with one is named
//! and stops no other. Running the same import again changes nothing.

mod head;
mod live;
mod prompt;
mod spool;
mod versions;

use std::collections::HashSet;

use axum::body::Body;
use promptory_api::files::{ImportQuery, Imported, RefusedFile};
use promptory_core::name::PromptName;
use promptory_files::{Group, Options, PROJECT_FILE, ProjectFile, Prompt, Refused, layout};

use super::{
    Ctx, Outcome,
    export::{blocking, no_room},
};
use crate::{
    check::Checks,
    refusal::{Code, Refusal},
};
use live::Wanted;
use spool::Spool;

/// Of one prompt with all its versions: they are in memory together.
const PROMPT_BYTES: usize = 256 * 1024 * 1024;
const NAMED: usize = 1_000;

/// What an import goes by, and what has become of it.
pub(super) struct Import<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) query: &'a ImportQuery,
    pub(super) report: Imported,
    /// What the files say is live.
    wanted: Vec<Wanted>,
}

/// # Errors
/// The archive is damaged, holds what none may hold, or is too large. What is wrong with single files is in the answer.
pub async fn import(ctx: &Ctx, query: &ImportQuery, body: Body) -> Outcome<Imported> {
    // What it brings concerns all environments.
    ctx.unbound()?;
    check(query)?;
    // A repeat finds everything there: the files are what makes it the same, not a key.
    let ctx = &Ctx { idempotency: None, ..ctx.clone() };
    let mut spool = Spool::receive(body).await?;
    let paths = spool.paths();
    let found = layout(paths.iter().map(String::as_str));
    if let Some(path) = &found.project {
        check_project(&mut spool, path)?;
    }
    let report =
        Imported { dry_run: query.dry_run.unwrap_or(false), skipped: found.skipped, ..Imported::default() };
    let mut import = Import { ctx, query, report, wanted: Vec::new() };
    let options = Options { template: query.template.clone() };
    let mut names = HashSet::new();
    for group in found.groups {
        let (read, kept) = read_group(spool, group, &options).await?;
        spool = kept;
        let (prompt, refused) = read;
        import.refuse(refused);
        let Some(prompt) = prompt else { continue };
        let folded =
            PromptName::parse(&prompt.name).map_or_else(|_| prompt.name.clone(), |name| name.folded());
        if !names.insert(folded) {
            let detail = format!("Another file of this import is the prompt {:?} already.", prompt.name);
            import.refuse([Refused::new(&prompt.path, detail)]);
            continue;
        }
        import.prompt(prompt).await?;
    }
    if query.activate == Some(true) {
        import.activate().await?;
    }
    import.report.skipped.truncate(NAMED);
    Ok(import.report)
}

fn check(query: &ImportQuery) -> Outcome<()> {
    let mut checks = Checks::strict();
    if query.template.as_deref().is_some_and(|name| !matches!(name, "none" | "jinja" | "single_brace")) {
        checks.add("template", "/template", "The template is none, jinja or single_brace.");
    }
    checks.note("/allow_secret", query.allow_secret.as_deref(), false);
    checks.finish()
}

/// A folder of another format is not read by guess.
fn check_project(spool: &mut Spool, path: &str) -> Outcome<()> {
    let files = spool.read(&[path.to_owned()]).map_err(|error| no_room(&error))?;
    let text =
        files.first().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    ProjectFile::read(&text).map_err(|why| Refusal::invalid("", format!("{PROJECT_FILE}: {why}")))?;
    Ok(())
}

type Read = (Option<Prompt>, Vec<Refused>);

async fn read_group(mut spool: Spool, group: Group, options: &Options) -> Outcome<(Read, Spool)> {
    let bytes = spool.size(&group.paths);
    if bytes > PROMPT_BYTES {
        let detail = format!(
            "The files of this prompt have {bytes} bytes; together at most {PROMPT_BYTES} are taken."
        );
        let refused = group.paths.first().map(|path| Refused::new(path, detail));
        return Ok(((None, refused.into_iter().collect()), spool));
    }
    let options = options.clone();
    blocking(move || {
        let files = spool.read(&group.paths).map_err(|error| no_room(&error))?;
        Ok((promptory_files::read(&group, &files, &options), spool))
    })
    .await?
}

impl Import<'_> {
    pub(super) fn dry_run(&self) -> bool {
        self.report.dry_run
    }

    pub(super) fn refuse(&mut self, refused: impl IntoIterator<Item = Refused>) {
        let wire = |one: Refused| RefusedFile { path: one.path, detail: one.detail };
        self.report.refused.extend(refused.into_iter().map(wire));
    }

    pub(super) fn warn(&mut self, path: &str, detail: String) {
        if self.report.warnings.len() < NAMED {
            self.report.warnings.push(RefusedFile { path: path.to_owned(), detail });
        }
    }

    /// What is wrong with a file is noted; what is wrong with the server ends the import.
    pub(super) fn noted<T>(&mut self, path: &str, outcome: Outcome<T>) -> Outcome<Option<T>> {
        match outcome {
            Ok(done) => Ok(Some(done)),
            Err(refusal) if refusal.code.status().is_server_error() => Err(refusal),
            Err(refusal) => {
                self.refuse([Refused::new(path, in_words(&refusal))]);
                Ok(None)
            }
        }
    }
}

/// One line, with every problem in it.
fn in_words(refusal: &Refusal) -> String {
    if refusal.code != Code::Invalid && refusal.errors.is_empty() {
        return refusal.detail.clone();
    }
    let each = refusal.errors.iter().map(|problem| match problem.pointer.as_str() {
        "" => problem.detail.clone(),
        pointer => format!("{}: {}", pointer.trim_start_matches('/'), problem.detail),
    });
    let all: Vec<String> = each.collect();
    if all.is_empty() { refusal.detail.clone() } else { all.join(" ") }
}
