//! One prompt of an import: looked at without a lock, and changed only where it differs.

use std::collections::HashMap;

use promptory_core::name::PromptName;
use promptory_files::{About, Prompt, Refused, Version};
use promptory_store::{LabelledRow, PromptRow, SampleRow, VersionRow, WriteTx};
use serde_json::{Value, json};

use super::{
    Import, head,
    live::Wanted,
    versions::{self, Step},
};
use crate::{
    app::{
        Outcome,
        prompts::{self, about},
        wire,
    },
    numbers::{number, number_text},
    refusal::{Code, Refusal},
};

/// Versions of one commit: another change of the project does not wait for thousands.
const STEPS: usize = 500;
const PAGE: i64 = 200;

/// What the project has under the name.
pub(super) struct Present {
    pub(super) prompt: PromptRow,
    /// By sequence.
    pub(super) versions: Vec<Known>,
    pub(super) labels: Vec<LabelledRow>,
    pub(super) samples: Vec<SampleRow>,
    pub(super) former_names: Vec<String>,
}

/// A version without its text.
pub(super) struct Known {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) sequence: i64,
    pub(super) content_hash: String,
    pub(super) note: String,
    pub(super) tags: String,
    pub(super) metadata: String,
    pub(super) archived: bool,
    pub(super) deprecated: bool,
}

impl Known {
    fn of(row: VersionRow) -> Self {
        Self {
            number: number_text(row.major, row.minor, row.patch, &row.pre),
            id: row.id,
            sequence: row.sequence,
            content_hash: row.content_hash,
            note: row.note,
            tags: row.tags,
            metadata: row.metadata,
            archived: row.archived_at.is_some(),
            deprecated: row.deprecated_at.is_some(),
        }
    }
}

/// What is to be done for one prompt, and what was.
pub(super) struct Work {
    pub(super) name: PromptName,
    pub(super) prompt: Prompt,
    /// Numbers and ids of all versions, those made meanwhile included.
    pub(super) ids: HashMap<String, String>,
    pub(super) created: Vec<Value>,
    pub(super) updated: bool,
}

impl Import<'_> {
    pub(super) async fn prompt(&mut self, mut prompt: Prompt) -> Outcome<()> {
        let path = prompt.path.clone();
        let checked = head::check(&prompt);
        let Some(name) = self.noted(&path, checked)? else { return Ok(()) };
        let present = self.present(&name).await?;
        if let Some(present) = &present
            && present.prompt.kind != prompt.kind
        {
            let detail =
                format!("{name} is a {} prompt, and the file has a {}.", present.prompt.kind, prompt.kind);
            return self.noted(&path, Err::<(), _>(Refusal::new(Code::Invalid, detail))).map(|_| ());
        }
        let versions = std::mem::take(&mut prompt.versions);
        let given = versions.len();
        let steps = versions::plan(self, &prompt.kind, versions, present.as_ref())?;
        if present.is_none() && given > 0 && steps.is_empty() {
            // Why is said already; an empty prompt is no use.
            return Ok(());
        }
        self.wanted.extend(prompt.about.iter().flat_map(|about| Wanted::of(&path, name.as_str(), about)));
        let ids = present.iter().flat_map(|present| &present.versions);
        let ids = ids.map(|known| (known.number.clone(), known.id.clone())).collect();
        let work = Work { name, prompt, ids, created: Vec::new(), updated: false };
        let worked = self.work(work, present, steps).await;
        self.noted(&path, worked).map(|_| ())
    }

    async fn present(&self, name: &PromptName) -> Outcome<Option<Present>> {
        let mut reader = self.ctx.app.store.read().await?;
        let mut reader = reader.project(&self.ctx.project.id);
        let Some(prompt) = reader.prompt(&name.folded()).await? else { return Ok(None) };
        let mut versions: Vec<Known> = Vec::new();
        loop {
            let after = versions.last().map_or(0, |known| known.sequence);
            let rows = reader.versions_up(&prompt.id, after, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            versions.extend(rows.into_iter().map(Known::of));
        }
        let labels = reader.labels(&prompt.id).await?;
        let samples = reader.samples(&prompt.id).await?;
        let former_names = reader.former_names(&prompt.id).await?.into_iter().map(|row| row.name).collect();
        Ok(Some(Present { prompt, versions, labels, samples, former_names }))
    }

    /// In commits of some hundred versions; a dry run does all of it in one, which ends without.
    async fn work(&mut self, mut work: Work, present: Option<Present>, mut steps: Vec<Step>) -> Outcome<()> {
        let about = work.prompt.about.clone().unwrap_or_default();
        let changes = steps.iter().any(|step| !matches!(step, Step::Unchanged))
            || present.as_ref().is_none_or(|present| head::differs(present, &work.prompt, &work.ids));
        if !changes {
            self.report.unchanged += steps.len() as u64;
            return Ok(());
        }
        let mut before = present;
        loop {
            let size = if self.dry_run() { steps.len() } else { STEPS.min(steps.len()) };
            let rest = steps.split_off(size);
            let last = rest.is_empty();
            let mut tx = self.ctx.write().await?;
            let row = match self.begin(&mut tx, &mut work, before.as_ref()).await? {
                Ok(row) => row,
                Err(archived) => return self.waits(tx, &archived, &work.prompt.path).await,
            };
            let wanted = steps.len();
            self.versions(&mut tx, &row, &mut work, steps, &about).await?;
            if before.is_none() && wanted > 0 && work.created.is_empty() {
                self.report.prompts_created -= 1;
                return Ok(());
            }
            if last {
                head::finish(self, &mut tx, &row, &mut work, before.as_ref()).await?;
            }
            self.commit(tx, &row, &mut work).await?;
            if last {
                return Ok(());
            }
            steps = rest;
            before = self.present(&work.name).await?;
        }
    }

    /// The prompt under the lock: as it was looked at, or made now; or it is in the archive, and somebody has to agree before
    /// it is taken out.
    async fn begin(
        &mut self,
        tx: &mut WriteTx,
        work: &mut Work,
        before: Option<&Present>,
    ) -> Outcome<Result<PromptRow, PromptRow>> {
        let row = tx.project().prompt(&work.name.folded()).await?;
        match (row, before) {
            (Some(row), Some(before)) if row.id == before.prompt.id => {
                let restores = row.archived_at.is_some()
                    && work.prompt.about.as_ref().is_some_and(|about| !about.archived);
                let (restored, pending) = head::restore(self.ctx, tx, row, &work.prompt).await?;
                if pending > 0 {
                    self.report.pending += pending as u64;
                    return Ok(Err(restored));
                }
                work.updated |= restores;
                let (row, changed) = head::update(tx, restored, &work.prompt).await?;
                work.updated |= changed;
                Ok(Ok(row))
            }
            (None, None) => {
                let row = head::create(self.ctx, tx, work).await?;
                self.report.prompts_created += 1;
                Ok(Ok(row))
            }
            _ => Err(Refusal::new(Code::Changed, "The prompt was changed meanwhile. Import it again.")),
        }
    }

    /// What was asked for is kept; the rest of the files is for the next time.
    async fn waits(&mut self, tx: WriteTx, row: &PromptRow, path: &str) -> Outcome<()> {
        let detail = "It is in the archive, and taking it out needs approval, which was asked for. Import it again then.";
        self.refuse([Refused::new(path, detail)]);
        if self.dry_run() {
            return Ok(());
        }
        let detail = json!({"path": path, "archived": false});
        self.ctx.commit(tx, about(self.ctx, "approval.open", &row.id, &row.name, &detail)).await?;
        Ok(())
    }

    async fn versions(
        &mut self,
        tx: &mut WriteTx,
        row: &PromptRow,
        work: &mut Work,
        steps: Vec<Step>,
        about: &About,
    ) -> Outcome<()> {
        let mut existing = Vec::new();
        if steps.iter().any(|step| matches!(step, Step::Insert(_))) {
            if row.archived_at.is_some() && !about.archived {
                prompts::takes_changes(row)?;
            }
            let rows = tx.project().version_numbers(&row.id).await?;
            existing = rows.iter().map(|row| number(row.major, row.minor, row.patch, &row.pre)).collect();
        }
        let mut last =
            tx.project().version_latest(&row.id).await?.map_or(0, |row| row.sequence).max(row.kept_sequence);
        for step in steps {
            match step {
                Step::Unchanged => self.report.unchanged += 1,
                Step::Correct(correction) => {
                    versions::correct(tx, &row.id, &correction).await?;
                    self.report.unchanged += 1;
                    work.updated = true;
                }
                Step::Insert(new) => {
                    let path = new.path.clone();
                    let made = versions::insert(self, tx, row, *new, (&mut existing, &mut last)).await;
                    if let Some(version) = self.noted(&path, made)? {
                        self.report.created += 1;
                        for warning in version.created.into_iter().flat_map(|created| created.warnings) {
                            self.warn(&path, warning);
                        }
                        work.created.push(json!({
                            "version": version.version, "sequence": version.sequence, "content_hash": version.content_hash,
                        }));
                        work.ids.insert(version.version, version.id);
                    }
                }
            }
        }
        Ok(())
    }

    async fn commit(&mut self, tx: WriteTx, row: &PromptRow, work: &mut Work) -> Outcome<()> {
        let updated = std::mem::take(&mut work.updated);
        self.report.prompts_updated += u64::from(updated);
        let created = std::mem::take(&mut work.created);
        if self.dry_run() {
            return Ok(());
        }
        let detail = json!({"path": work.prompt.path, "versions": created, "updated": updated});
        self.ctx.commit(tx, about(self.ctx, "prompt.import", &row.id, &row.name, &detail)).await?;
        Ok(())
    }
}

/// As a new prompt of the API, to be checked like one.
pub(super) fn as_new(prompt: &Prompt) -> promptory_api::prompt::NewPrompt {
    let about = prompt.about.clone().unwrap_or_default();
    promptory_api::prompt::NewPrompt {
        name: prompt.name.clone(),
        kind: prompt.kind.clone(),
        description: Some(about.description),
        category: Some(about.category),
        tags: Some(about.tags),
        owner: Some(about.owner),
        metadata: Some(about.metadata),
        version: None,
    }
}

/// A time that a file says.
pub(super) fn micros(text: Option<&str>, field: &str) -> Outcome<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    match promptory_core::time::Timestamp::parse_rfc3339(text) {
        Some(at) => Ok(Some(at.micros())),
        None => {
            Err(Refusal::invalid(field, format!("{text:?} is no time; write it as 2026-11-20T08:00:00Z.")))
        }
    }
}

pub(super) fn kind_of(kind: &str) -> Outcome<promptory_core::definition::Kind> {
    wire::kind(kind, "/kind")
}

pub(super) fn as_api(version: &Version, allow_secret: Option<&String>) -> promptory_api::version::NewVersion {
    promptory_api::version::NewVersion {
        content: version.content.clone(),
        template: version.template.clone(),
        variables: version.variables.clone(),
        settings: version.settings.clone(),
        note: Some(version.note.clone()),
        metadata: Some(version.metadata.clone()),
        tags: Some(version.tags.clone()),
        version: version.number.clone(),
        allow_breaking: Some(true),
        allow_duplicate: Some(true),
        allow_secret: version.allow_secret.as_ref().or(allow_secret).cloned(),
        ..promptory_api::version::NewVersion::default()
    }
}
