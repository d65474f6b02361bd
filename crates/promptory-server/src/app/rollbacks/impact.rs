//! What callers would notice of a way back.

use std::collections::BTreeMap;

use promptory_api::{
    analytics::VersionFigures,
    compare::Difference,
    rollback::{RenderedInputs, RollbackCaller, RollbackDependent, RollbackFigures, RollbackImpact},
};
use promptory_core::{
    bucketing::Share,
    compare::{self, Budget},
};
use promptory_store::{ProjectReader, VersionRow};

use super::{decide::Chosen, evidence::Tried, standing::Standing};
use crate::{
    app::{Ctx, Outcome, analytics, deployments::percentage, wire},
    compare_wire as to_wire,
    numbers::number_text,
    refusal::{Code, Refusal},
};

/// Callers that got it within so many seconds are affected.
const LATELY_S: i64 = 86_400;
/// Of uses; a prompt that more keys use shows the most recent.
const ROWS: i64 = 1_000;
const CALLERS: usize = 20;

pub(super) async fn of(
    ctx: &Ctx,
    standing: &Standing,
    (from, target): (&VersionRow, &Chosen),
    tried: Option<&Tried>,
) -> Outcome<RollbackImpact> {
    let (mut callers, dependents, since) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let callers = callers(&mut reader, standing, ctx.now.plus_seconds(-LATELY_S).micros()).await?;
        let dependents = dependents(&mut reader, standing).await?;
        (callers, dependents, served_since(standing))
    };
    let callers_count = callers.len() as u64;
    callers.truncate(CALLERS);
    let kind = standing.prompt.kind.as_str();
    let (before, after) = (wire::definition(kind, from)?, wire::definition(kind, &target.version)?);
    // Large texts take a moment: not on the threads that serve.
    let found =
        tokio::task::spawn_blocking(move || compare::compare(&before, &after, Budget::default())).await;
    let found = found.map_err(|error| {
        tracing::error!(%error, "a comparison failed");
        Refusal::new(Code::Internal, "The comparison failed. The request id is in the log.")
    })?;
    let before = target.before.as_ref();
    let live = before.map(|row| (row.since, row.until));
    let share = u32::try_from(standing.share_ppm()).ok().and_then(Share::from_ppm).unwrap_or_default();
    let setting = |named: compare::Named<serde_json::Value>| Difference {
        name: named.name,
        before: named.before,
        after: named.after,
    };
    Ok(RollbackImpact {
        percentage: percentage(share),
        callers,
        callers_count,
        contract: to_wire::verdict(found.forward),
        variables: found.variables.into_iter().map(to_wire::variable).collect(),
        settings: found.settings.into_iter().map(setting).collect(),
        dependents,
        from_figures: figures(ctx, standing, from, since.map(|since| (since, None))).await?,
        to_figures: figures(ctx, standing, &target.version, live).await?,
        rendered: tried.map_or_else(RenderedInputs::default, |tried| RenderedInputs {
            executions: tried.executions,
            samples: tried.samples,
            failed: tried.failed,
        }),
    })
}

/// When callers first got what would be taken back.
fn served_since(standing: &Standing) -> Option<i64> {
    let present = standing.present.as_ref()?;
    if present.rolling {
        return standing.running.as_ref()?.started_at;
    }
    standing.live.as_ref().map(|row| row.since)
}

/// The busiest first.
async fn callers(
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
    since: i64,
) -> Outcome<Vec<RollbackCaller>> {
    let Some(present) = &standing.present else { return Ok(Vec::new()) };
    let mut by_key: BTreeMap<String, (RollbackCaller, i64)> = BTreeMap::new();
    for row in reader.uses(&standing.prompt.id, ROWS).await? {
        let same = row.environment == standing.environment && row.build_hash == present.build_hash;
        if !same || row.last_at < since {
            continue;
        }
        let (caller, last) = by_key.entry(row.key_id.clone()).or_insert_with(|| {
            let key_name = row.key_name.unwrap_or_else(|| "administrator".to_owned());
            let caller =
                RollbackCaller { key_id: row.key_id, key_name, uses: 0, last_at: wire::time(row.last_at) };
            (caller, row.last_at)
        });
        caller.uses += row.uses;
        if row.last_at > *last {
            (*last, caller.last_at) = (row.last_at, wire::time(row.last_at));
        }
    }
    let mut callers: Vec<RollbackCaller> = by_key.into_values().map(|(caller, _)| caller).collect();
    callers.sort_by_key(|caller| std::cmp::Reverse(caller.uses));
    Ok(callers)
}

async fn dependents(reader: &mut ProjectReader<'_>, standing: &Standing) -> Outcome<Vec<RollbackDependent>> {
    let rows = reader.live_with(&standing.prompt.id).await?;
    let here = rows.into_iter().filter(|row| row.environment == standing.environment);
    let shown = here.map(|row| RollbackDependent {
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        includes_version: number_text(
            row.included_major,
            row.included_minor,
            row.included_patch,
            &row.included_pre,
        ),
        prompt: row.prompt,
        build_hash: row.build_hash,
    });
    Ok(shown.collect())
}

async fn figures(
    ctx: &Ctx,
    standing: &Standing,
    version: &VersionRow,
    time: Option<(i64, Option<i64>)>,
) -> Outcome<RollbackFigures> {
    let Some((since, until)) = time else { return Ok(RollbackFigures::default()) };
    let place = (standing.prompt.name.as_str(), standing.environment.as_str());
    let mut all = analytics::of_versions_in(ctx, place, (since, until)).await?;
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    let figures: VersionFigures = all.remove(&number).unwrap_or_default();
    Ok(RollbackFigures { since: Some(wire::time(since)), until: until.map(wire::time), figures })
}
