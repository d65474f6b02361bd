//! Deleting what was never served, labelled or included. Anything else is archived.

use promptory_api::version::ChangeQuery;
use promptory_core::{
    name::PromptName,
    numbering::{Reference, parse_reference},
};
use promptory_store::{ProjectReader, PromptRow, VersionRow};
use serde_json::json;

use super::{Ctx, Outcome, authority, prompts::about, references, wire::written};
use crate::{
    numbers::{number, number_text},
    refusal::{Code, Refusal},
};

/// Includers that a refusal names.
const NAMED: i64 = 5;

/// # Errors
/// No such version, or it is in use; `in_use` says by what.
pub async fn version(ctx: &Ctx, name: &str, reference: &str, query: &ChangeQuery) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let row = references::version(ctx, &mut tx.project(), &prompt, reference).await?;
    let number_text = number_text(row.major, row.minor, row.patch, &row.pre);
    let mut uses = uses_of(&mut tx.project(), &row).await?;
    uses.extend(named_by(&mut tx.project(), &prompt, Some(&row)).await?);
    refuse(&format!("Version {number_text}"), &uses)?;
    if query.dry_run.unwrap_or(false) {
        return Ok(());
    }
    authority::delete_version(&mut tx, &prompt.id, &row.id).await?;
    ctx.remember(&mut tx, 204, &()).await?;
    let detail = json!({"version": number_text, "sequence": row.sequence, "content_hash": row.content_hash});
    ctx.commit(tx, about(ctx, "version.delete", &prompt.id, &prompt.name, &detail)).await?;
    Ok(())
}

/// # Errors
/// No such prompt, or something of it is in use.
pub async fn prompt(ctx: &Ctx, name: &str, query: &ChangeQuery) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let mut uses = named_by(&mut tx.project(), &prompt, None).await?;
    let mut versions = Vec::new();
    let mut before = i64::MAX;
    loop {
        let rows = tx.project().versions(&prompt.id, before, 50).await?;
        let Some(last) = rows.last() else { break };
        before = last.sequence;
        for row in rows {
            let number = number_text(row.major, row.minor, row.patch, &row.pre);
            let of_version = uses_of(&mut tx.project(), &row).await?;
            uses.extend(of_version.into_iter().map(|why| format!("{number} {why}")));
            versions.push(json!({"version": number, "content_hash": row.content_hash}));
        }
    }
    refuse(&format!("The prompt {:?}", prompt.name), &uses)?;
    if query.dry_run.unwrap_or(false) {
        return Ok(());
    }
    authority::delete_prompt(&mut tx, &prompt).await?;
    ctx.remember(&mut tx, 204, &()).await?;
    let audit = about(ctx, "prompt.delete", &prompt.id, &prompt.name, &json!({"versions": versions}));
    ctx.commit(tx, audit).await?;
    Ok(())
}

fn refuse(what: &str, uses: &[String]) -> Outcome<()> {
    if uses.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = uses.iter().take(10).map(String::as_str).collect();
    let detail = format!("{what} cannot be deleted: {}. Archive it instead.", shown.join("; "));
    Err(Refusal::new(Code::InUse, detail))
}

/// Why a version has to stay, in words.
async fn uses_of(reader: &mut ProjectReader<'_>, row: &VersionRow) -> Outcome<Vec<String>> {
    let mut uses = Vec::new();
    if reader.was_live(&row.id).await? {
        uses.push("is or was live".to_owned());
    } else if reader.was_deployed(&row.id).await? {
        uses.push("has a deployment".to_owned());
    } else if reader.was_asked_for(&row.id).await? {
        uses.push("was to be approved".to_owned());
    }
    if reader.was_used(&row.id).await? {
        uses.push("was served".to_owned());
    }
    if reader.is_in_a_build(&row.id).await? {
        uses.push("is part of a build of another prompt".to_owned());
    }
    for label in reader.labels(&row.prompt_id).await?.into_iter().filter(|label| label.version_id == row.id) {
        uses.push(format!("has the label {:?}", label.name));
    }
    Ok(uses)
}

/// Versions of other prompts whose text names the prompt, or just this version of it.
async fn named_by(
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    version: Option<&VersionRow>,
) -> Outcome<Vec<String>> {
    let mut names = vec![prompt.name.clone()];
    names.extend(reader.former_names(&prompt.id).await?.into_iter().map(|row| row.name));
    let mut found = Vec::new();
    for name in names {
        let folded = PromptName::parse(&name).map(|name| name.folded()).unwrap_or_default();
        let rows =
            reader.included_by(&folded, ("", 0, -1), if version.is_some() { 10_000 } else { NAMED }).await?;
        for row in rows.into_iter().filter(|row| row.prompt != prompt.name || version.is_some()) {
            let reference = row.reference.as_deref();
            if version.is_none_or(|version| means(reference, version)) {
                let number = number_text(row.major, row.minor, row.patch, &row.pre);
                let what = written(&row.written, reference);
                found.push(format!("{} {number} includes {what:?}", row.prompt));
            }
        }
    }
    Ok(found)
}

/// Whether a reference names exactly this version; ranges, labels and environments find another one.
fn means(reference: Option<&str>, version: &VersionRow) -> bool {
    match reference.map(parse_reference) {
        Some(Reference::Number(given)) => {
            given == number(version.major, version.minor, version.patch, &version.pre)
        }
        Some(Reference::Sequence(sequence)) => sequence == version.sequence,
        _ => false,
    }
}
