//! What includes a prompt: versions by their text, live builds by what they were made of.

use std::collections::HashMap;

use promptory_api::{
    deployment::Dependent,
    page::{Page, PageQuery},
    prompt::{Includer, IncluderLive},
};
use promptory_core::name::PromptName;
use promptory_store::{LiveWithRow, ProjectReader, PromptRow, VersionRow};

use super::{
    Ctx, Outcome,
    builds::{self, Root, Together},
    references, wire,
};
use crate::{
    numbers::{number, number_text},
    page,
    refusal::Refusal,
};

/// Live builds that are looked at after an activation; a project that shares one text more widely sees the first.
const DEPENDENTS: usize = 50;

/// Live builds of the environment that include this prompt and would be others if they were made now.
pub(super) async fn outdated(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    environment: &str,
) -> Outcome<Vec<Dependent>> {
    let mut rows = reader.live_with(&prompt.id).await?;
    rows.retain(|row| row.environment == environment);
    rows.dedup_by(|a, b| a.version_id == b.version_id && a.build_hash == b.build_hash);
    let mut found = Vec::new();
    for row in rows.into_iter().take(DEPENDENTS) {
        let would_be = again(ctx, reader, &row, &Together::new()).await?;
        if would_be.as_ref() != Some(&row.build_hash) {
            found.push(dependent(row, would_be));
        }
    }
    Ok(found)
}

fn dependent(row: LiveWithRow, would_be: Option<String>) -> Dependent {
    Dependent {
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        prompt: row.prompt,
        environment: row.environment,
        build_hash: row.build_hash,
        would_be,
    }
}

/// Live builds of the environment that include a prompt, are released with none of these, and would be others if these
/// were live.
pub(super) async fn beside(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    (prompt_id, environment): (&str, &str),
    together: &Together,
) -> Outcome<Vec<(PromptRow, VersionRow, Dependent)>> {
    let mut rows = reader.live_with(prompt_id).await?;
    rows.retain(|row| row.environment == environment);
    rows.dedup_by(|a, b| a.version_id == b.version_id && a.build_hash == b.build_hash);
    let mut found = Vec::new();
    for row in rows {
        let prompt = references::prompt(reader, &row.prompt).await?;
        if prompt.archived_at.is_some() || together.contains_key(&prompt.id) {
            continue;
        }
        let would_be = again(ctx, reader, &row, together).await?;
        if would_be.as_ref() != Some(&row.build_hash) {
            let version = reader.version(&row.version_id).await?;
            let version = version.ok_or_else(|| wire::damaged("version", &row.version_id))?;
            found.push((prompt, version, dependent(row, would_be)));
        }
    }
    Ok(found)
}

/// None: it could not be made now.
async fn again(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    row: &LiveWithRow,
    together: &Together,
) -> Outcome<Option<String>> {
    let version = reader.version(&row.version_id).await?;
    let version = version.ok_or_else(|| wire::damaged("version", &row.version_id))?;
    let prompt = references::prompt(reader, &row.prompt).await?;
    let definition = wire::definition(&prompt.kind, &version)?;
    let number = number(version.major, version.minor, version.patch, &version.pre);
    let root = Root { name: &row.prompt, number, definition: &definition };
    match builds::make_with(ctx, reader, &root, (Some(&row.environment), together)).await {
        Ok(made) => Ok(Some(made.build_hash)),
        Err(refusal) if refusal.code.status().is_client_error() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Versions whose text includes the prompt, by any name that it has or had.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, name: &str, query: &PageQuery) -> Outcome<Page<Includer>> {
    let limit = page::limit(query.limit)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let mut names = vec![prompt.name.clone()];
    names.extend(reader.former_names(&prompt.id).await?.into_iter().map(|row| row.name));
    let (at, mut after) = decode(query.cursor.as_deref())?;
    let mut live: HashMap<String, Vec<IncluderLive>> = HashMap::new();
    for row in reader.live_with(&prompt.id).await? {
        live.entry(row.version_id).or_default().push(IncluderLive {
            environment: row.environment,
            build_hash: row.build_hash,
            includes_version: number_text(
                row.included_major,
                row.included_minor,
                row.included_patch,
                &row.included_pre,
            ),
        });
    }
    let mut items = Vec::new();
    let mut next_cursor = None;
    for (place, name) in names.iter().enumerate().skip(at) {
        let wanted = limit - i64::try_from(items.len()).unwrap_or(limit);
        let folded = PromptName::parse(name).map(|name| name.folded()).unwrap_or_default();
        let mut rows = reader.included_by(&folded, (&after.0, after.1, after.2), wanted + 1).await?;
        let position = |last: &promptory_store::IncluderRow| {
            format!("{place} {} {} {}", last.sequence, last.ordinal, folded_of(&last.prompt))
        };
        next_cursor = page::cut(&mut rows, wanted, position);
        items.extend(rows.into_iter().filter(|row| row.archived_at.is_none()).map(|row| Includer {
            version: number_text(row.major, row.minor, row.patch, &row.pre),
            sequence: row.sequence,
            written: match row.reference {
                Some(reference) => format!("{}@{reference}", row.written),
                None => row.written,
            },
            live: live.get(&row.version_id).cloned().unwrap_or_default(),
            prompt: row.prompt,
        }));
        if next_cursor.is_some() {
            break;
        }
        after = START;
    }
    Ok(Page { items, next_cursor, total: None })
}

fn folded_of(name: &str) -> String {
    PromptName::parse(name).map(|name| name.folded()).unwrap_or_default()
}

/// A prompt's folded name, a sequence and an ordinal.
type After = (String, i64, i64);

/// Before every row.
const START: After = (String::new(), 0, -1);

/// Which of the names, and behind which row.
fn decode(cursor: Option<&str>) -> Outcome<(usize, After)> {
    let Some(cursor) = cursor else { return Ok((0, START)) };
    let text = page::decode(cursor)?;
    let mut parts = text.splitn(4, ' ');
    let mut next = || parts.next().unwrap_or_default();
    let (place, sequence, ordinal) = (next().parse(), next().parse(), next().parse());
    match (place, sequence, ordinal) {
        (Ok(place), Ok(sequence), Ok(ordinal)) => Ok((place, (next().to_owned(), sequence, ordinal))),
        _ => Err(Refusal::invalid("", "cursor: use the `next_cursor` of the page before, unchanged.")),
    }
}
