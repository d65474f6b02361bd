//! The versions of one prompt: which are there, which differ, which are new.

use promptory_core::numbering::{self, Number, Wanted};
use promptory_files::{Refused, Version};
use promptory_store::{PromptRow, WriteTx};

use super::{
    Import,
    prompt::{Known, Present, as_api, kind_of, micros},
};
use crate::{
    app::{
        Outcome, authority,
        deployments::not_rolling_out,
        versions_change::{self, Draft, Source},
        versions_number::{Plan, number_refusal},
    },
    check::json_text,
    refusal::Refusal,
};

pub(super) enum Step {
    Unchanged,
    /// Of one that is there: what may be corrected.
    Correct(Box<Correction>),
    Insert(Box<New>),
}

pub(super) struct Correction {
    id: String,
    note: String,
    tags: String,
    metadata: String,
    archive: Option<bool>,
    deprecate: bool,
}

pub(super) struct New {
    pub(super) path: String,
    draft: Draft,
    /// The number that the file says.
    number: Option<Number>,
    sequence: Option<i64>,
    archived: bool,
    deprecated: bool,
}

/// A version with a number is the one of that number. Those without are told by their content: a single one by the
/// newest version, a history by being there in the same order.
pub(super) fn plan(
    import: &mut Import<'_>,
    kind: &str,
    versions: Vec<Version>,
    present: Option<&Present>,
) -> Outcome<Vec<Step>> {
    let known: &[Known] = present.map_or(&[], |present| &present.versions);
    let unnumbered = versions.iter().filter(|version| version.number.is_none()).count();
    let mut from = if unnumbered == 1 { known.len().saturating_sub(1) } else { 0 };
    let mut steps = Vec::with_capacity(versions.len());
    for version in versions {
        let path = version.path.clone();
        let drafted = draft(import, kind, &version);
        let Some(draft) = import.noted(&path, drafted)? else { continue };
        let same = |known: &&Known| known.content_hash == draft.content_hash;
        let there = match &version.number {
            Some(number) => known.iter().find(|known| known.number == *number),
            None => {
                let at = known.iter().skip(from).position(|known| same(&known));
                // From the first that is not there, all are new.
                from = at.map_or(known.len(), |at| from + at + 1);
                at.and_then(|_| known.get(from - 1))
            }
        };
        match there {
            Some(there) if !same(&there) => import.refuse([Refused::new(
                &path,
                format!(
                    "Version {} is there with another content, and versions never change. Give this one a number of its \
                     own, or leave `version` out for the next.",
                    there.number
                ),
            )]),
            Some(there) if version.number.is_some() => steps.push(corrected(there, &version)),
            Some(_) => steps.push(Step::Unchanged),
            None => {
                let number = version.number.as_deref().and_then(|text| Number::parse(text).ok());
                let (archived, deprecated) = (version.archived, version.deprecated);
                let new = New { path, draft, number, sequence: version.sequence, archived, deprecated };
                steps.push(Step::Insert(Box::new(new)));
            }
        }
    }
    Ok(steps)
}

fn draft(import: &Import<'_>, kind: &str, version: &Version) -> Outcome<Draft> {
    let new = as_api(version, import.query.allow_secret.as_ref());
    let mut draft = versions_change::check(import.ctx, kind_of(kind)?, &new, "")?;
    draft.source = Source {
        author: version.author.clone(),
        created_at: micros(version.created_at.as_deref(), "/created_at")?,
    };
    if let Some(author) = &draft.source.author
        && author.len() > promptory_core::limits::SHORT_TEXT_BYTES
    {
        return Err(Refusal::invalid("/author", "The author's name is too long."));
    }
    if version.sequence.is_some_and(|sequence| sequence < 1) {
        return Err(Refusal::invalid("/sequence", "A sequence number is 1 or more."));
    }
    Ok(draft)
}

fn corrected(there: &Known, version: &Version) -> Step {
    let (tags, metadata) = (json_text(&version.tags), json_text(&version.metadata));
    let archive = (there.archived != version.archived).then_some(version.archived);
    let deprecate = version.deprecated && !there.deprecated;
    let same = there.note == version.note && there.tags == tags && there.metadata == metadata;
    if same && archive.is_none() && !deprecate {
        return Step::Unchanged;
    }
    let (id, note) = (there.id.clone(), version.note.clone());
    Step::Correct(Box::new(Correction { id, note, tags, metadata, archive, deprecate }))
}

pub(super) async fn correct(tx: &mut WriteTx, prompt_id: &str, what: &Correction) -> Outcome<()> {
    tx.correct_version(prompt_id, &what.id, (&what.note, &what.tags, &what.metadata)).await?;
    marked(tx, prompt_id, &what.id, what.archive, what.deprecate).await
}

async fn marked(
    tx: &mut WriteTx,
    prompt_id: &str,
    id: &str,
    archive: Option<bool>,
    deprecate: bool,
) -> Outcome<()> {
    if let Some(archived) = archive {
        let live = tx.project().version_facts(id).await?.live_in;
        if archived && !live.is_empty() {
            let detail = format!("A version that is live in {} cannot be archived.", live.join(", "));
            return Err(Refusal::new(crate::refusal::Code::VersionLive, detail));
        }
        if archived {
            not_rolling_out(tx, prompt_id, Some(id)).await?;
        }
        authority::archive_version(tx, prompt_id, id, archived).await?;
    }
    if deprecate {
        tx.deprecate_version(prompt_id, id).await?;
    }
    Ok(())
}

/// `existing` and `last`: the numbers that are taken and the highest sequence; both go on with what is made.
pub(super) async fn insert(
    import: &Import<'_>,
    tx: &mut WriteTx,
    prompt: &PromptRow,
    new: New,
    (existing, last): (&mut Vec<Number>, &mut i64),
) -> Outcome<promptory_api::version::Version> {
    let New { mut draft, number, sequence, archived, deprecated, .. } = new;
    let ctx = import.ctx;
    let version = match number {
        Some(number) => {
            // Its source judged the change of contract when it was made there.
            let wanted = Wanted::Exact(number);
            let number =
                numbering::next(existing, &wanted, &[], true).map_err(|error| number_refusal(error, None))?;
            let sequence = sequence.filter(|sequence| *sequence > *last).unwrap_or(*last + 1);
            let plan = Plan { number, sequence, base: None, changes: Vec::new() };
            versions_change::write(ctx, tx, prompt, draft, plan, Vec::new()).await?
        }
        None => {
            draft.look_at_includes(ctx, &prompt.name).await?;
            let highest = tx.project().highest_version(&prompt.id, &draft.content_hash).await?;
            versions_change::insert(ctx, tx, prompt, highest, draft).await?
        }
    };
    existing.extend(Number::parse(&version.version));
    *last = version.sequence;
    marked(tx, &prompt.id, &version.id, archived.then_some(true), deprecated).await?;
    Ok(version)
}
