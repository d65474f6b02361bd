//! What environments serve, and what they are about to: deployments. An activation is an immediate one; going back is the
//! same with an older version.

mod begin;
mod command;
mod create;
mod prepare;
mod quarantine;
mod shown;
mod together;
mod waiting;

use promptory_api::{
    deployment::{Activate, Deployment, DeploymentQuery, DeploymentStanding},
    page::Page,
};
use promptory_core::limits;
use promptory_store::{BuildIncludeRow, DeploymentFilter, DeploymentRow, Included, NewAudit, ProjectReader};
use serde_json::json;

pub(super) use begin::{Applied, How, Target, apply, created, ended, not_rolling_out, start};
pub(super) use command::carry_out;
pub use command::{command, tick};
pub use create::create;
pub(super) use create::how;
pub(super) use prepare::{Prepared, Ready, prepare, rolled_out};
pub(super) use quarantine::refusal as quarantined;
pub(super) use shown::percentage;
pub(super) use together::{part_refused, together};
pub(super) use waiting::{declared, in_words, to_be_served, wait, wait_for_approval};

use super::{Ctx, Outcome, approvals, emergencies, prompts::about, references};
use crate::{
    check::Checks,
    page,
    refusal::{Code, Refusal},
};

/// A build that is live there already stays so: the answer is the deployment that made it live, nothing is written.
///
/// # Errors
/// No such prompt, version or environment; an archived one; an include that cannot be resolved; going back where the
/// policy forbids it.
pub async fn activate(ctx: &Ctx, name: &str, body: &Activate) -> Outcome<Deployment> {
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let dry_run = body.dry_run.unwrap_or(false);
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let version = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    let reason = body.reason.as_deref().unwrap_or_default();
    let emergency = emergencies::declared(ctx, body.emergency.as_ref(), "/emergency")?;
    let acknowledged = body.acknowledge_rollback.unwrap_or(false);
    let target =
        Target { acknowledged, emergency, ..Target::of("activate", &prompt, &version, &environment, reason) };
    let deployment = match apply(ctx, &mut tx, &target).await? {
        Applied::New(deployment) => *deployment,
        Applied::Already { deployment_id, revision } => {
            let deployment = shown::by_id(&mut tx.project(), &deployment_id, ctx.now).await?;
            if !dry_run {
                return ctx.nothing_changed(tx, 201, deployment, revision).await;
            }
            deployment
        }
    };
    if dry_run {
        return Ok(Deployment { dry_run, ..deployment });
    }
    ctx.remember(&mut tx, 201, &deployment).await?;
    let detail = json!({
        "deployment": deployment.id, "from": deployment.from, "to": deployment.version,
        "content_hash": version.content_hash, "build_hash": deployment.build_hash,
        "direction": deployment.direction, "reason": deployment.reason, "basis": deployment.basis,
        "approval": deployment.approval.as_ref().map(|approval| &approval.id),
        "emergency": body.emergency.as_ref().map(|emergency| &emergency.reason),
    });
    let audit = NewAudit {
        environment: Some(environment.clone()),
        ..about(ctx, "deployment.activate", &prompt.id, &prompt.name, &detail)
    };
    ctx.commit(tx, audit).await?;
    Ok(deployment)
}

pub(super) async fn stored_includes(
    reader: &mut ProjectReader<'_>,
    version_id: &str,
    build_hash: &str,
) -> Outcome<Vec<Included>> {
    let rows = reader.build_includes(version_id, build_hash).await?;
    Ok(rows.into_iter().map(BuildIncludeRow::included).collect())
}

pub(super) async fn row(reader: &mut ProjectReader<'_>, id: &str) -> Outcome<DeploymentRow> {
    let found = reader.deployment(id).await?;
    found.ok_or_else(|| Refusal::new(Code::NotFound, format!("There is no deployment {id:?}.")))
}

/// Where it stands, for who is refused.
///
/// # Errors
/// The row is damaged.
pub(super) fn standing(row: &DeploymentRow) -> Outcome<DeploymentStanding> {
    Ok(shown::standing(&row.deployment()?))
}

/// Newest first.
///
/// # Errors
/// No such prompt or state, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &DeploymentQuery) -> Outcome<Page<Deployment>> {
    let limit = page::limit(query.limit)?;
    // "~" is above every id.
    let before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    if let Some(state) = query.state.as_deref() {
        shown::check_state(state)?;
    }
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let filter = DeploymentFilter {
        prompt_id: prompt_id.as_deref(),
        environment: query.environment.as_deref(),
        state: query.state.as_deref(),
    };
    let before = (before.0, before.1.as_str());
    let mut rows = reader.deployments(before, filter, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.id));
    let mut items = Vec::new();
    for row in rows {
        let waits = row.state == "pending_approval";
        let mut shown = shown::of_row(row, ctx.now)?;
        if waits {
            shown.approval = approvals::of_deployment(&mut reader, &shown.id, ctx.now).await?;
        }
        items.push(shown);
    }
    Ok(Page { items, next_cursor, total: None })
}

/// # Errors
/// No such deployment in this project.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Deployment> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    row(&mut reader, id).await?;
    shown::by_id(&mut reader, id, ctx.now).await
}
