//! Versions made from other versions: a patch of what is live, and the way back as a new, higher version.

use promptory_api::version::{NewVersion, PatchLive, Revert, Version};
use promptory_core::numbering::{Number, Wanted};
use promptory_store::{HighestVersion, PromptRow, VersionRow, WriteTx};
use serde_json::Value;

use super::{
    Ctx, Outcome, emergencies,
    prompts::about,
    references,
    versions_change::{self, Draft, Source},
    wire,
};
use crate::{
    check::Checks,
    numbers::{number, number_text},
    refusal::{Code, Refusal},
};

/// The next patch of what is live in the environment, made live there in the same commit. What is left out is taken
/// from the live version.
///
/// # Errors
/// Nothing is live there; what changes for callers is more than a patch; see also creating a version.
pub async fn patch(ctx: &Ctx, name: &str, body: &PatchLive) -> Outcome<Version> {
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let (prompt, live) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, name).await?;
        let live = references::version(ctx, &mut reader, &prompt, &environment).await?;
        (prompt, live)
    };
    let new = from_live(body, &live, &environment)?;
    let mut draft = versions_change::check(ctx, wire::kind(&prompt.kind, "")?, &new, "")?;
    draft.look_at_includes(ctx, &prompt.name).await?;
    let (mut tx, prompt, highest) = versions_change::begin(ctx, name, &draft.content_hash).await?;
    let still = tx.project().live(&prompt.id, &environment).await?;
    if still.is_none_or(|row| row.version_id != live.id) {
        return Err(Refusal::new(
            Code::Changed,
            format!("What is live in {environment:?} changed meanwhile. Look at it and try again."),
        ));
    }
    draft.wanted = Wanted::Exact(next_patch(&mut tx, &prompt, &live).await?);
    finish(ctx, tx, (&prompt, highest), draft, "version.patch").await
}

fn from_live(body: &PatchLive, live: &VersionRow, environment: &str) -> Outcome<NewVersion> {
    let stored = |text: &str| -> Outcome<Value> {
        serde_json::from_str(text).map_err(|_| wire::damaged("version", &live.id))
    };
    let or_stored = |given: &Option<Value>, text: &str| match given {
        Some(value) => Ok(value.clone()),
        None => stored(text),
    };
    Ok(NewVersion {
        content: or_stored(&body.content, &live.content)?,
        template: Some(body.template.clone().unwrap_or_else(|| live.template.clone())),
        variables: Some(or_stored(&body.variables, &live.variables)?),
        settings: Some(or_stored(&body.settings, &live.settings)?),
        note: body.note.clone(),
        metadata: body.metadata.clone(),
        tags: body.tags.clone(),
        activate: Some(environment.to_owned()),
        dry_run: body.dry_run,
        allow_breaking: body.allow_breaking,
        allow_duplicate: body.allow_duplicate,
        allow_secret: body.allow_secret.clone(),
        emergency: body.emergency.clone(),
        acknowledge_rollback: body.acknowledge_rollback,
        ..NewVersion::default()
    })
}

/// Above every patch of the same `major.minor`, wherever the newest version is.
async fn next_patch(tx: &mut WriteTx, prompt: &PromptRow, live: &VersionRow) -> Outcome<Number> {
    let line = number(live.major, live.minor, live.patch, "");
    let highest = tx
        .project()
        .version_numbers(&prompt.id)
        .await?
        .iter()
        .map(|row| number(row.major, row.minor, row.patch, &row.pre))
        .filter(|other| (other.major, other.minor) == (line.major, line.minor))
        .map(|other| other.patch)
        .max();
    Ok(Number::new(line.major, line.minor, highest.unwrap_or(line.patch) + 1))
}

/// A new version above all others with the content of an older one.
///
/// # Errors
/// No such prompt, version or environment; an archived prompt.
pub async fn revert(ctx: &Ctx, name: &str, body: &Revert) -> Outcome<Version> {
    let mut checks = Checks::under("");
    checks.note("/note", body.note.as_deref(), false);
    checks.finish()?;
    let activate = match body.environment.as_deref() {
        Some(environment) => Some(versions_change::may_activate(ctx, environment, "/environment")?),
        None => None,
    };
    let place = ("", "environment", activate.is_some());
    let emergency = emergencies::with_version(ctx, body.emergency.as_ref(), place)?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let source = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    let definition = wire::definition(&prompt.kind, &source)?;
    let number = number_text(source.major, source.minor, source.patch, &source.pre);
    let reverts = match &activate {
        Some(environment) => goes_back(&mut tx, &prompt, &source, environment).await?,
        None => false,
    };
    let draft = Draft {
        content_hash: source.content_hash.clone(),
        definition,
        warnings: vec![format!("Reverts to {number}.")],
        wanted: Wanted::Auto,
        allow_breaking: true,
        allow_duplicate: true,
        allow_secret: None,
        note: body.note.clone().unwrap_or_else(|| format!("Reverts to {number}")),
        metadata: source.metadata.clone(),
        tags: source.tags.clone(),
        activate,
        emergency,
        acknowledged: body.acknowledge_rollback.unwrap_or(false),
        reverts,
        inferred: false,
        dry_run: body.dry_run.unwrap_or(false),
        source: Source::default(),
    };
    let highest = tx.project().highest_version(&prompt.id, &draft.content_hash).await?;
    finish(ctx, tx, (&prompt, highest), draft, "version.revert").await
}

/// Whether it was live there before something newer that is live now: what that brought is taken back.
async fn goes_back(
    tx: &mut WriteTx,
    prompt: &PromptRow,
    source: &VersionRow,
    environment: &str,
) -> Outcome<bool> {
    let Some(live) = tx.project().live(&prompt.id, environment).await? else { return Ok(false) };
    let present = tx.project().version(&live.version_id).await?;
    let present = present.ok_or_else(|| wire::damaged("version", &live.version_id))?;
    let was_live = tx.project().last_live(&source.id, environment).await?.is_some();
    Ok(was_live && source.sequence < present.sequence)
}

async fn finish(
    ctx: &Ctx,
    mut tx: WriteTx,
    (prompt, highest): (&PromptRow, Option<HighestVersion>),
    draft: Draft,
    action: &str,
) -> Outcome<Version> {
    let (dry_run, emergency) = (draft.dry_run, draft.emergency.clone());
    let version = versions_change::insert(ctx, &mut tx, prompt, highest, draft).await?;
    if dry_run {
        return Ok(Version { dry_run, ..version });
    }
    ctx.remember(&mut tx, 201, &version).await?;
    let detail = versions_change::audit_detail(&version, emergency.as_ref());
    let audit = about(ctx, action, &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(version)
}
