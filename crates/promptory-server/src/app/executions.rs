//! Recording executions and looking at them.

mod body;
mod export;
mod list;
mod privacy;
mod scores;
mod show;

use std::sync::{Arc, atomic::Ordering};

use promptory_api::execution::{NewExecution, Recorded, Rejected};
use promptory_core::analytics::short;
use promptory_store::ExecutionRow;

pub use body::{Batch, Item, read_batch, unpack};
pub use export::export;
pub(super) use list::some as some_rows;
pub use list::{list, tail};
pub use privacy::{erase, put_recording, recording};
pub use scores::score;
pub use show::show;

use super::{Ctx, Outcome};
use crate::{
    ids::uuid_v7,
    recording::{Job, Line, Said, Seen, Stored, intake::Intake},
    refusal::{Code, Refusal, item},
};

/// Stores what is right of a batch and says what is not. Answered when it is on the disk.
///
/// # Errors
/// One execution by itself that is wrong; the queue is full; the database does not take it.
pub async fn record(ctx: &Ctx, batch: Batch<'_>) -> Outcome<Recorded> {
    let single = batch.single;
    let counters = &ctx.app.recording.counters;
    let recorded = stored(ctx, batch).await.inspect_err(|_| {
        counters.refused.fetch_add(1, Ordering::Relaxed);
    })?;
    counters.accepted.fetch_add(recorded.accepted, Ordering::Relaxed);
    counters.duplicates.fetch_add(recorded.duplicates, Ordering::Relaxed);
    counters.rejected.fetch_add(recorded.rejected.len() as u64, Ordering::Relaxed);
    match recorded.rejected.as_slice() {
        [only] if single => {
            Err(Refusal::with_items(Code::Invalid, vec![item("invalid", "", only.detail.clone())]))
        }
        _ => Ok(recorded),
    }
}

async fn stored(ctx: &Ctx, batch: Batch<'_>) -> Outcome<Recorded> {
    let mut recorded = Recorded::default();
    let (rows, lines, places) = prepare(ctx, batch.items, &mut recorded.rejected).await?;
    if rows.is_empty() {
        return Ok(recorded);
    }
    let unpriced = rows.iter().filter(|row| row.cost.is_none()).count() as u64;
    ctx.app.recording.counters.unpriced.fetch_add(unpriced, Ordering::Relaxed);
    let job = Job { project: ctx.project.id.clone(), lines, executions: rows, scores: Vec::new() };
    let done = ctx.app.recording.queue.store(job).await?;
    for (index, stored) in places.into_iter().zip(done.executions) {
        match stored {
            Stored::Accepted => recorded.accepted += 1,
            Stored::Duplicate => recorded.duplicates += 1,
            Stored::Refused => recorded
                .rejected
                .push(Rejected { index, detail: "The database does not take this execution.".to_owned() }),
        }
    }
    recorded.rejected.sort_by_key(|rejected| rejected.index);
    Ok(recorded)
}

type Prepared = (Vec<ExecutionRow>, Vec<Arc<Line>>, Vec<u64>);

async fn prepare(ctx: &Ctx, items: Vec<Item<'_>>, rejected: &mut Vec<Rejected>) -> Outcome<Prepared> {
    let policy = ctx.app.recording.policies.of(ctx).await?;
    let book = ctx.prices();
    let intake = Intake {
        project: ctx.project.id.as_str(),
        project_number: short(ctx.project.id.as_str()),
        policy: &policy,
        prices: &book,
        now: ctx.now,
    };
    let parsed: Vec<Result<NewExecution, String>> = items.into_iter().map(Item::parse).collect();
    let (mut attributions, mut seen) = (Vec::with_capacity(parsed.len()), Seen::default());
    for sent in &parsed {
        attributions.push(match sent {
            Ok(sent) => Some(seen.attribute(ctx, said(sent)).await?),
            Err(_) => None,
        });
    }
    drop(seen);
    let (mut rows, mut lines, mut places) = (Vec::with_capacity(parsed.len()), Vec::new(), Vec::new());
    // Held for the whole batch: nobody else takes it for long.
    let Ok(mut caps) = ctx.app.recording.caps.lock() else {
        return Err(Refusal::new(Code::Internal, "The server failed."));
    };
    for (index, (sent, whose)) in (0..).zip(parsed.into_iter().zip(attributions)) {
        let row = sent.and_then(|mut sent| {
            let whose = whose.unwrap_or_else(|| Err(String::new()))?;
            let id = sent.id.take().unwrap_or_else(|| uuid_v7(&*ctx.app.ids, ctx.now));
            let row = intake.row(sent, id, &whose, &mut caps)?;
            lines.push(Arc::clone(&whose.line));
            Ok(row)
        });
        match row {
            Ok(row) => {
                rows.push(row);
                places.push(index);
            }
            Err(detail) => rejected.push(Rejected { index, detail }),
        }
    }
    lines.sort_unstable_by_key(|line| line.id);
    lines.dedup_by_key(|line| line.id);
    Ok((rows, lines, places))
}

fn said(sent: &NewExecution) -> Said<'_> {
    Said {
        resolution: sent.resolution.as_deref(),
        prompt: sent.prompt.as_deref(),
        version: sent.version.as_deref(),
        environment: sent.environment.as_deref(),
    }
}
