//! From what a caller wrote to a prompt and a version.

use promptory_core::{
    name::PromptName,
    numbering::{Number, Reference, parse_reference},
};
use promptory_store::{ProjectReader, PromptRow, VersionRow};

use super::{Ctx, Outcome};
use crate::{
    numbers::column,
    refusal::{Code, Refusal},
};

/// By its name, or by one that it had.
///
/// # Errors
/// No such prompt in this project.
pub async fn prompt(reader: &mut ProjectReader<'_>, name: &str) -> Outcome<PromptRow> {
    found(reader, name).await?.ok_or_else(|| Refusal::no_prompt(name))
}

/// The same, where no such prompt is an answer.
///
/// # Errors
/// There is one whose name differs in case.
pub async fn found(reader: &mut ProjectReader<'_>, name: &str) -> Outcome<Option<PromptRow>> {
    let Ok(parsed) = PromptName::parse(name) else { return Ok(None) };
    let folded = parsed.folded();
    let row = reader.prompt(&folded).await?;
    by_name(reader, row, name, &folded).await
}

/// As [`prompt`], with what its present name leads to known already.
///
/// # Errors
/// No such prompt in this project.
pub async fn named(reader: &mut ProjectReader<'_>, row: Option<PromptRow>, name: &str) -> Outcome<PromptRow> {
    let folded = folded(name)?;
    by_name(reader, row, name, &folded).await?.ok_or_else(|| Refusal::no_prompt(name))
}

async fn by_name(
    reader: &mut ProjectReader<'_>,
    row: Option<PromptRow>,
    name: &str,
    folded: &str,
) -> Outcome<Option<PromptRow>> {
    match row {
        Some(row) if row.name == name => Ok(Some(row)),
        Some(row) => Err(Refusal::new(
            Code::NotFound,
            format!("There is no prompt {name:?}; there is one called {:?}.", row.name),
        )),
        None => Ok(reader.prompt_by_former_name(folded).await?),
    }
}

/// # Errors
/// Nothing can have this name.
pub fn folded(name: &str) -> Outcome<String> {
    Ok(PromptName::parse(name).map_err(|_| Refusal::no_prompt(name))?.folded())
}

/// # Errors
/// The reference names nothing, is of a form that has no single answer, or is an environment that the key may not see.
pub async fn version(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    reference: &str,
) -> Outcome<VersionRow> {
    let row = find(ctx, reader, prompt, reference).await?;
    if let Some(row) = row {
        return Ok(row);
    }
    if ctx.project.snapshot().environment(reference).is_some() {
        return Err(Refusal::new(
            Code::NothingLive,
            format!("Nothing of {:?} is live in {reference:?}.", prompt.name),
        ));
    }
    Err(Refusal::new(
        Code::NotFound,
        format!(
            "{:?} has no version {reference:?}. Use a number such as 1.2.0, a sequence such as 3, a label, `latest`, \
             or an environment.",
            prompt.name
        ),
    ))
}

/// The same, where no such version is an answer.
///
/// # Errors
/// The reference is of a form that has no single answer, or is an environment that the key may not see.
pub async fn find(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    reference: &str,
) -> Outcome<Option<VersionRow>> {
    if reference.contains('\0') {
        return Err(Refusal::new(Code::Malformed, "The reference contains U+0000. Remove it."));
    }
    Ok(match parse_reference(reference) {
        Reference::Sequence(sequence) => reader.version_by_sequence(&prompt.id, sequence).await?,
        Reference::Number(Number { major, minor, patch, pre }) => {
            let number = (column(major), column(minor), column(patch), pre.as_str());
            reader.version_by_number(&prompt.id, number).await?
        }
        Reference::Name(name) if name == "latest" => reader.version_latest(&prompt.id).await?,
        Reference::Name(name) => {
            if reader.environments().await?.iter().any(|environment| environment.name == name) {
                ctx.environment(Some(&name))?;
                return Ok(reader.version_live_in(&prompt.id, &name).await?);
            }
            match reader.label(&prompt.id, &name).await? {
                Some(label) => reader.version(&label.version_id).await?,
                None => None,
            }
        }
        Reference::Range(range) => {
            return Err(Refusal::new(
                Code::Invalid,
                format!(
                    "{range:?} is a range; name one version: a number, a sequence, a label, `latest` or an environment."
                ),
            ));
        }
    })
}
