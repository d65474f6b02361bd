//! Counting again from the stored executions, and mending where the statistics say something else.

use std::collections::BTreeMap;

use promptory_api::analytics::{Verified, Verify};
use promptory_core::analytics::{Cell, Grain, Key, Pack, PackKey};
use serde_json::json;
use tokio::sync::oneshot;

use super::{Ctx, Outcome, wire};
use crate::{
    page,
    recording::{Control, recount::Recount},
    refusal::{Code, Refusal},
};

const SHOWN: usize = 20;

/// # Errors
/// The times cannot be used; the database cannot be read; other servers record while it should be mended.
pub async fn verify(ctx: &Ctx, ask: &Verify) -> Outcome<Verified> {
    ctx.unbound()?;
    let repair = ask.repair == Some(true);
    let now = ctx.now.micros();
    let given = (page::time("from", ask.from.as_deref())?, page::time("to", ask.to.as_deref())?);
    let recount = Recount::of(&ctx.app, &ctx.project.id).await?;
    let (whole, first) = recount.span().await?.unwrap_or((Grain::Day.start(now), Grain::Day.start(now)));
    let from = given.0.map_or(whole, |from| Grain::Day.start(from).max(whole));
    // What is ahead of this server's clock is counted too.
    let to = given.1.unwrap_or(now + Grain::Hour.micros());
    let mut verified = Verified {
        agrees: true,
        from: wire::time(from),
        to: wire::time(to),
        days: 0,
        executions: 0,
        cells: 0,
        different: 0,
        differences: Vec::new(),
        repaired: false,
        remarks: Vec::new(),
    };
    if whole > first || given.0.is_some_and(|given| given < whole) {
        let kept = wire::time(whole);
        verified
            .remarks
            .push(format!("Executions from before {kept} are not all kept and cannot be counted."));
    }
    let mut wrong = Vec::new();
    for start in recount.days_between(from, to).await? {
        let day = recount.day(start, now).await?;
        let before = verified.different;
        compare(&day.stored, &day.counted, &mut verified);
        verified.days += 1;
        verified.executions += day.executions;
        if verified.different > before {
            wrong.push(start);
        }
    }
    verified.agrees = wrong.is_empty();
    if repair && !wrong.is_empty() {
        mend(ctx, wrong, &verified).await?;
        verified.repaired = true;
    }
    Ok(verified)
}

async fn mend(ctx: &Ctx, days: Vec<i64>, verified: &Verified) -> Outcome<()> {
    let (done, answer) = oneshot::channel();
    let count = days.len();
    let control = Control::Repair { project: ctx.project.id.clone(), days, done };
    let stopping = || Refusal::new(Code::Unavailable, "The server is stopping. Nothing was mended.");
    if !ctx.app.recording.controls.send(control) {
        return Err(stopping());
    }
    match answer.await.map_err(|_| stopping())? {
        Err(promptory_store::StoreError::Refused(why)) => return Err(Refusal::new(Code::InUse, why)),
        other => other?,
    }
    let detail = json!({"days": count, "cells": verified.different});
    let tx = ctx.write().await?;
    ctx.commit(tx, ctx.audit("rollups.repair", &detail)).await?;
    Ok(())
}

fn compare(stored: &BTreeMap<PackKey, Pack>, counted: &BTreeMap<PackKey, Pack>, verified: &mut Verified) {
    let (none, empty) = (Pack::default(), Cell::default());
    let mut keys: Vec<&PackKey> = stored.keys().chain(counted.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let (stored, counted) = (stored.get(key).unwrap_or(&none), counted.get(key).unwrap_or(&none));
        let mut names: Vec<&[u8]> = stored.0.keys().chain(counted.0.keys()).map(|name| &**name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            verified.cells += 1;
            let (a, b) = (stored.0.get(name).unwrap_or(&empty), counted.0.get(name).unwrap_or(&empty));
            if a == b {
                continue;
            }
            verified.different += 1;
            if verified.differences.len() < SHOWN {
                verified.differences.push(difference(key, name, a, b));
            }
        }
    }
}

fn difference(key: &PackKey, name: &[u8], stored: &Cell, counted: &Cell) -> String {
    let texts = Key::read(name).map_or_else(String::new, |key| key.texts.join(" "));
    format!(
        "{:?} of {:?} at {} ({texts}): {} executions stored, {} counted; cost {} and {} picodollars",
        key.grain,
        key.cube,
        wire::time(key.bucket),
        stored.count(),
        counted.count(),
        stored.cost.sum,
        counted.cost.sum
    )
}
