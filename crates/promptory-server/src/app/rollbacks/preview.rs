//! What a way back would do.

use promptory_api::rollback::{
    PreviewRollback, RollbackPreview, RollbackProblem, RollbackSide, RollbackTarget,
};

use promptory_store::{ProjectReader, VersionRow};

use super::{
    decide::{self, Chosen},
    evidence, impact, shown,
    standing::{Asked, Standing},
};
use crate::app::{Ctx, Outcome, wire};

/// # Errors
/// No such prompt, deployment or environment, or what was asked for makes no sense.
pub async fn preview(ctx: &Ctx, body: &PreviewRollback) -> Outcome<RollbackPreview> {
    let asked = Asked::of(body.clone())?;
    let known = evidence::known(ctx, &asked).await?;
    let (standing, decision, from) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let standing = Standing::load(ctx, &mut reader, &asked, ctx.now).await?;
        let decision = decide::decide(ctx, &mut reader, &standing, &asked, &known).await?;
        let from = side(&mut reader, &standing).await?;
        (standing, decision, from)
    };
    let mut problems: Vec<RollbackProblem> = decision
        .problems
        .iter()
        .map(|problem| RollbackProblem {
            code: problem.code.to_owned(),
            detail: problem.detail.clone(),
            emergency: problem.emergency,
        })
        .collect();
    let archived = standing.prompt.archived_at.is_some();
    if archived {
        let detail = "The prompt is archived; restore it first.".to_owned();
        problems.insert(0, RollbackProblem { code: "archived".to_owned(), detail, emergency: false });
    }
    let valid = decision.is_valid(&asked) && !archived;
    let impact = match (&from, &decision.target) {
        (Some((row, _)), Some(target)) => {
            let tried = known.tried_with(&target.build_hash);
            Some(impact::of(ctx, &standing, (row, target), tried).await?)
        }
        _ => None,
    };
    Ok(RollbackPreview {
        valid,
        needs_approval: decision.needs_approval,
        problems,
        ends_rollout: decision.target.as_ref().is_some_and(|target| target.ends_only),
        from: from.map(|(_, side)| side),
        target: decision.target.map(shown_target),
        last_known_good: decision.last_known_good.map(shown_target),
        impact,
    })
}

/// What would be taken back.
async fn side(
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
) -> Outcome<Option<(VersionRow, RollbackSide)>> {
    let Some(present) = &standing.present else { return Ok(None) };
    let row = reader.version(&present.version_id).await?;
    let row = row.ok_or_else(|| wire::damaged("version", &present.version_id))?;
    let side = shown::side(&row, &present.build_hash, Some(&present.deployment_id));
    Ok(Some((row, side)))
}

fn shown_target(chosen: Chosen) -> RollbackTarget {
    let deployment_id = chosen.before.as_ref().map(|row| row.deployment_id.as_str());
    RollbackTarget {
        build: shown::side(&chosen.version, &chosen.build_hash, deployment_id),
        evidence: chosen.proof.as_str().to_owned(),
        executions: chosen.executions,
        live_s: chosen.live_s,
        live_since: chosen.before.as_ref().map(|row| wire::time(row.since)),
        live_until: chosen.before.as_ref().and_then(|row| row.until).map(wire::time),
        taken_back: chosen.taken_back.map(shown::taken_back),
    }
}
