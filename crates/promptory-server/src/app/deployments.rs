//! Activation: makes a version live in an environment, at once. Going back is the same with an older version.

use promptory_api::{
    deployment::{Activate, Deployment, DeploymentQuery},
    page::Page,
};
use promptory_core::limits;
use promptory_store::{
    Activation, BuildIncludeRow, Included, LiveRow, NewAudit, ProjectReader, PromptRow, VersionRow, WriteTx,
};
use serde_json::json;

use super::{
    Ctx, Outcome,
    builds::{self, Made, Root},
    dependents,
    prompts::{self, about},
    references, wire,
};
use crate::{
    check::Checks,
    numbers::{number as parsed_number, number_text},
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
    let target = Target { prompt: &prompt, version: &version, environment: &environment, reason };
    let deployment = match apply(ctx, &mut tx, &target).await? {
        Applied::New(deployment) => *deployment,
        Applied::Already(live) => {
            let deployment = by_id(&mut tx.project(), &live.deployment_id).await?;
            if !dry_run {
                return ctx.nothing_changed(tx, 201, deployment, live.revision).await;
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
        "direction": deployment.direction, "reason": deployment.reason,
    });
    let audit = NewAudit {
        environment: Some(environment.clone()),
        ..about(ctx, "deployment.activate", &prompt.id, &prompt.name, &detail)
    };
    ctx.commit(tx, audit).await?;
    Ok(deployment)
}

/// What became of an activation inside a change.
pub(super) enum Applied {
    New(Box<Deployment>),
    /// This very build is live there.
    Already(LiveRow),
}

/// Inside the caller's change.
pub(super) async fn apply(ctx: &Ctx, tx: &mut WriteTx, target: &Target<'_>) -> Outcome<Applied> {
    let Target { prompt, version, environment, reason } = *target;
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    prompts::takes_changes(prompt)?;
    if version.archived_at.is_some() {
        return Err(Refusal::new(
            Code::VersionArchived,
            format!("{number} is archived and cannot be activated; restore it first."),
        ));
    }
    let live = tx.project().live(&prompt.id, environment).await?;
    let direction = direction(tx, target, live.as_ref()).await?;
    let made = match &direction {
        // The very bytes that were served: what is included now may be another version.
        Direction::Back(before) => Made {
            build_hash: before.build_hash.clone(),
            includes: stored_includes(&mut tx.project(), &version.id, &before.build_hash).await?,
        },
        Direction::Forward => {
            let definition = wire::definition(&prompt.kind, version)?;
            let number = parsed_number(version.major, version.minor, version.patch, &version.pre);
            let root = Root { name: &prompt.name, number, definition: &definition };
            builds::make(ctx, &mut tx.project(), &root, Some(environment)).await?
        }
    };
    if let Some(live) = &live
        && live.version_id == version.id
        && live.build_hash == made.build_hash
    {
        return Ok(Applied::Already(live.clone()));
    }
    let activation = Activation {
        deployment_id: crate::ids::uuid_v7(&*ctx.app.ids, tx.at()),
        prompt_id: prompt.id.clone(),
        environment: environment.to_owned(),
        version_id: version.id.clone(),
        from_version_id: live.map(|row| row.version_id),
        build_hash: made.build_hash.clone(),
        back: matches!(direction, Direction::Back(_)),
        reason: reason.to_owned(),
        actor: ctx.caller.name.to_string(),
    };
    tx.keep_build(&version.id, &made.build_hash, &made.kept()).await?;
    tx.apply_activation(&activation).await?;
    let mut deployment = by_id(&mut tx.project(), &activation.deployment_id).await?;
    deployment.dependents = dependents::outdated(ctx, &mut tx.project(), prompt, environment).await?;
    Ok(Applied::New(Box::new(deployment)))
}

enum Direction {
    Forward,
    /// To an older version that was live here: its last build.
    Back(LiveRow),
}

/// Older by sequence than what is live: sequence orders by time. Where the policy is `fix_forward`, that way is closed.
async fn direction(tx: &mut WriteTx, target: &Target<'_>, live: Option<&LiveRow>) -> Outcome<Direction> {
    let Some(live) = live.filter(|live| live.version_id != target.version.id) else {
        return Ok(Direction::Forward);
    };
    let present = tx.project().version(&live.version_id).await?;
    let present = present.ok_or_else(|| wire::damaged("live", &live.deployment_id))?;
    if target.version.sequence > present.sequence {
        return Ok(Direction::Forward);
    }
    let environments = tx.project().environments().await?;
    let policy = environments.iter().find(|row| row.name == target.environment);
    if policy.is_some_and(|row| row.rollback == "fix_forward") {
        let number = |row: &VersionRow| number_text(row.major, row.minor, row.patch, &row.pre);
        return Err(Refusal::new(
            Code::FixForward,
            format!(
                "{:?} only goes forward: {} is older than {}, which is live. Use revert: it makes a new version with the \
                 content of {} and activates it.",
                target.environment,
                number(target.version),
                number(&present),
                number(target.version)
            ),
        ));
    }
    let before = tx.project().last_live(&target.version.id, target.environment).await?;
    Ok(before.map_or(Direction::Forward, Direction::Back))
}

pub(super) async fn stored_includes(
    reader: &mut ProjectReader<'_>,
    version_id: &str,
    build_hash: &str,
) -> Outcome<Vec<Included>> {
    let rows = reader.build_includes(version_id, build_hash).await?;
    Ok(rows.into_iter().map(BuildIncludeRow::included).collect())
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
