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

/// # Errors
/// No such prompt in this project.
pub async fn prompt(reader: &mut ProjectReader<'_>, name: &str) -> Outcome<PromptRow> {
    let folded = folded(name)?;
    named(reader.prompt(&folded).await?, name)
}

/// # Errors
/// Nothing can have this name.
pub fn folded(name: &str) -> Outcome<String> {
    Ok(PromptName::parse(name).map_err(|_| Refusal::no_prompt(name))?.folded())
}

/// # Errors
/// There is none, or its name differs in case.
pub fn named(found: Option<PromptRow>, name: &str) -> Outcome<PromptRow> {
    match found {
        Some(row) if row.name == name => Ok(row),
        Some(row) => Err(Refusal::new(
            Code::NotFound,
            format!("There is no prompt {name:?}; there is one called {:?}.", row.name),
        )),
        None => Err(Refusal::no_prompt(name)),
    }
}

/// # Errors
/// The reference names nothing, is of a form that has no single answer, or is an environment that the key may not see.
pub async fn version(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    reference: &str,
) -> Outcome<VersionRow> {
    if reference.contains('\0') {
        return Err(Refusal::new(Code::Malformed, "The reference contains U+0000. Remove it."));
    }
    let found = match parse_reference(reference) {
        Reference::Sequence(sequence) => reader.version_by_sequence(&prompt.id, sequence).await?,
        Reference::Number(Number { major, minor, patch, pre }) => {
            let number = (column(major), column(minor), column(patch), pre.as_str());
            reader.version_by_number(&prompt.id, number).await?
        }
        Reference::Name(name) if name == "latest" => reader.version_latest(&prompt.id).await?,
        Reference::Name(name) => {
            let known = reader.environments().await?.iter().any(|environment| environment.name == name);
            if known {
                ctx.environment(Some(&name))?;
            }
            let row = reader.version_live_in(&prompt.id, &name).await?;
            if known && row.is_none() {
                return Err(Refusal::new(
                    Code::NothingLive,
                    format!("Nothing of {:?} is live in {name:?}.", prompt.name),
                ));
            }
            row
        }
        Reference::Range(range) => {
            return Err(Refusal::new(
                Code::Invalid,
                format!(
                    "{range:?} is a range; name one version: a number, a sequence, `latest` or an environment."
                ),
            ));
        }
    };
    found.ok_or_else(|| {
        Refusal::new(
            Code::NotFound,
            format!(
                "{:?} has no version {reference:?}. Use a number such as 1.2.0, a sequence such as 3, `latest`, or \
                 an environment.",
                prompt.name
            ),
        )
    })
}
