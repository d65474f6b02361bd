//! Activation: makes a version live in an environment, at once. Going back is the same with an older version.

use promptory_api::{
    deployment::{Activate, Deployment, DeploymentQuery},
    page::Page,
};
use promptory_core::{definition::build_hash, limits};
use promptory_store::{Activation, NewAudit, ProjectReader, PromptRow, VersionRow, WriteTx};
use serde_json::json;

use super::{Ctx, Outcome, prompts::about, references, wire};
use crate::{
    check::Checks,
    numbers::number_text,
    page,
    refusal::{Code, Refusal},
};

/// What is to go live where, and why.
pub(super) struct Target<'a> {
    pub prompt: &'a PromptRow,
    pub version: &'a VersionRow,
    pub environment: &'a str,
    pub reason: &'a str,
}

/// A version that is live there already stays so: the answer is the deployment that made it live, nothing is written.
///
/// # Errors
/// No such prompt, version or environment; an archived one.
pub async fn activate(ctx: &Ctx, name: &str, body: &Activate) -> Outcome<Deployment> {
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let version = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    if let Some(live) = tx.project().live(&prompt.id, &environment).await?
        && live.version_id == version.id
        && prompt.archived_at.is_none()
    {
        let deployment = by_id(&mut tx.project(), &live.deployment_id).await?;
        // Nothing was changed: the project is free again before the wait.
        drop(tx);
        ctx.settle(live.revision).await;
        return Ok(deployment);
    }
    let reason = body.reason.as_deref().unwrap_or_default();
    let target = Target { prompt: &prompt, version: &version, environment: &environment, reason };
    let deployment = apply(ctx, &mut tx, &target).await?;
    ctx.remember(&mut tx, 201, &deployment).await?;
    let detail = json!({
        "deployment": deployment.id, "from": deployment.from, "to": deployment.version,
        "content_hash": version.content_hash, "build_hash": deployment.build_hash,
        "direction": deployment.direction, "reason": deployment.reason,
    });
    let audit = NewAudit {
        environment: Some(environment.clone()),
        ..about(ctx, "deployment.activate", &prompt.id, &prompt.name, &detail)
    };
    ctx.commit(tx, audit).await?;
    Ok(deployment)
}

/// Inside the caller's change.
pub(super) async fn apply(ctx: &Ctx, tx: &mut WriteTx, target: &Target<'_>) -> Outcome<Deployment> {
    let Target { prompt, version, environment, reason } = *target;
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    if prompt.archived_at.is_some() {
        return Err(Refusal::new(Code::PromptArchived, "The prompt is archived; restore it first."));
    }
    if version.archived_at.is_some() {
        return Err(Refusal::new(
            Code::VersionArchived,
            format!("{number} is archived and cannot be activated; restore it first."),
        ));
    }
    let live = tx.project().live(&prompt.id, environment).await?;
    let from = live.map(|row| row.version_id);
    let back = tx.project().was_live(&version.id, environment).await?;
    let activation = Activation {
        deployment_id: crate::ids::uuid_v7(&*ctx.app.ids, tx.at()),
        prompt_id: prompt.id.clone(),
        environment: environment.to_owned(),
        version_id: version.id.clone(),
        from_version_id: from,
        build_hash: build_hash(&version.content_hash, &[]),
        direction: if back { "back" } else { "forward" },
        reason: reason.to_owned(),
        actor: ctx.key.name.to_string(),
    };
    tx.apply_activation(&activation).await?;
    by_id(&mut tx.project(), &activation.deployment_id).await
}

async fn by_id(reader: &mut ProjectReader<'_>, id: &str) -> Outcome<Deployment> {
    let row = reader.deployment(id).await?;
    row.map(wire::deployment).ok_or_else(|| wire::damaged("deployment", id))
}

/// Newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &DeploymentQuery) -> Outcome<Page<Deployment>> {
    let limit = page::limit(query.limit)?;
    // "~" is above every id.
    let before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let environment = query.environment.as_deref();
    let before = (before.0, before.1.as_str());
    let mut rows = reader.deployments(before, prompt_id.as_deref(), environment, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.id));
    Ok(Page { items: rows.into_iter().map(wire::deployment).collect(), next_cursor, total: None })
}

/// # Errors
/// No such deployment in this project.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Deployment> {
    let mut reader = ctx.app.store.read().await?;
    match reader.project(&ctx.project.id).deployment(id).await? {
        Some(row) => Ok(wire::deployment(row)),
        None => Err(Refusal::new(Code::NotFound, format!("There is no deployment {id:?}."))),
    }
}
