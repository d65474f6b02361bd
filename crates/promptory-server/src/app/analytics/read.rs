//! Cells that answer a plan: those of the database, and those in memory that are not there yet.

use promptory_core::analytics::{Cell, Cube, Grain, Pack};
use promptory_store::{PackQuery, PackRow, RecorderRow};

use super::{ask::invalid, plan::Plan};
use crate::{
    app::{Ctx, Outcome, wire::damaged},
    recording::Unfolded,
};

/// What one question may add up.
const BYTES: usize = 256 * 1024 * 1024;
/// Prompts that are looked up one by one; of more, all are read.
const FEW_PROMPTS: usize = 8;

/// Cells with their buckets and keys.
type Memory = Vec<(i64, Box<[u8]>, Cell)>;

/// Cells of one span.
struct Part {
    grain: Grain,
    stored: Vec<PackRow>,
    memory: Memory,
}

/// Cells of a plan.
pub struct Cells {
    cube: Cube,
    parts: Vec<Part>,
}

pub struct Read {
    /// In the order of the plans.
    pub cells: Vec<Cells>,
    /// Microseconds.
    pub complete_until: i64,
    pub bytes: usize,
}

/// # Errors
/// The database cannot be read, or there is too much.
pub async fn read(ctx: &Ctx, project: i64, plans: &[&Plan], prompts: Option<&[i64]>) -> Outcome<Read> {
    let prompts = prompts.filter(|few| few.len() <= FEW_PROMPTS).unwrap_or_default();
    let queries: Vec<PackQuery> = plans
        .iter()
        .flat_map(|plan| {
            plan.spans.iter().map(|span| PackQuery {
                project,
                cube: plan.cube,
                grain: span.grain,
                prompts: if plan.cube.is_total() { Vec::new() } else { prompts.to_vec() },
                from: span.from,
                to: span.to,
            })
        })
        .collect();
    // Memory first: what is folded in between is then left out by its number, never missed.
    let unfolded = ctx.app.recording.unfolded(&queries);
    let Some(packs) = ctx.app.store.packs_within(&queries, BYTES).await? else {
        return Err(invalid(
            "There is more than 256 MiB of figures to add up: shorten the time, name prompts, or choose a longer interval.",
        ));
    };
    let complete_until = complete_until(&packs.recorders, &unfolded.own, ctx.now.micros());
    let bytes = packs.rows.iter().flatten().map(|row| row.cells.len()).sum();
    let memory = not_stored(unfolded, &packs.recorders, queries.len());
    let mut parts = queries.iter().zip(packs.rows).zip(memory).map(|((query, stored), memory)| Part {
        grain: query.grain,
        stored,
        memory,
    });
    let cells = plans
        .iter()
        .map(|plan| Cells { cube: plan.cube, parts: parts.by_ref().take(plan.spans.len()).collect() })
        .collect();
    Ok(Read { cells, complete_until, bytes })
}

impl Cells {
    /// Each cell that the plan counts, with its bucket. A cell is handed over once.
    ///
    /// # Errors
    /// Stored cells are damaged.
    pub fn each(&self, plan: &Plan, mut each: impl FnMut(Cube, u32, &[u8], Cell)) -> Outcome<()> {
        for part in &self.parts {
            for row in &part.stored {
                let Some(slot) = plan.slot(part.grain, row.bucket) else { continue };
                Pack::each(&row.cells, |key, cell| each(self.cube, slot, key, cell)).map_err(|error| {
                    tracing::error!(%error, "statistics");
                    damaged("rollup", &row.bucket.to_string())
                })?;
            }
            for (bucket, key, cell) in &part.memory {
                if let Some(slot) = plan.slot(part.grain, *bucket) {
                    each(self.cube, slot, key, cell.clone());
                }
            }
        }
        Ok(())
    }
}

/// Cells in memory for each query, without those that the database has by now.
fn not_stored(unfolded: Unfolded, recorders: &[RecorderRow], queries: usize) -> Vec<Memory> {
    let mut found = Vec::new();
    found.resize_with(queries, Vec::new);
    for part in unfolded.parts {
        let folded = recorders.iter().find(|row| row.number == part.recorder.number);
        if folded.is_some_and(|row| part.up_to <= row.folded_up_to) {
            continue;
        }
        for (cells, found) in part.cells.into_iter().zip(&mut found) {
            found.extend(cells.into_iter().map(|(key, name, cell)| (key.bucket, name, cell)));
        }
    }
    found
}

/// What others have not folded yet is not known here.
fn complete_until(recorders: &[RecorderRow], own: &[i64], now: i64) -> i64 {
    let others = recorders.iter().filter(|row| !row.free && !own.contains(&row.number));
    others.map(|row| row.folded_at).fold(now, i64::min)
}

#[cfg(test)]
mod tests {
    use promptory_core::analytics::PackKey;
    use promptory_store::Recorder;

    use super::*;
    use crate::recording::UnfoldedPart;

    fn recorder(number: i64, free: bool, folded_up_to: i64, folded_at: i64) -> RecorderRow {
        RecorderRow { number, fence: 1, free, beats: 1, folded_up_to, folded_at }
    }

    fn part(number: i64, up_to: i64, bucket: i64) -> UnfoldedPart {
        let key = PackKey { project: 1, cube: Cube::Line, grain: Grain::Minute, prompt: 1, bucket };
        let cells = vec![Vec::new(), vec![(key, [1].into(), Cell::default())]];
        UnfoldedPart { recorder: Recorder { number, fence: 1 }, up_to, cells }
    }

    #[test]
    fn what_is_in_memory_counts_until_the_database_has_it() {
        let parts = vec![part(1, 10, 100), part(1, 20, 200), part(2, 5, 300), part(3, 7, 400)];
        let unfolded = Unfolded { parts, own: vec![1] };
        // The first generation of 1 is folded, all of 2 is, 3 is new.
        let recorders = [recorder(1, false, 10, 0), recorder(2, false, 5, 0)];
        let found = not_stored(unfolded, &recorders, 2);
        let buckets: Vec<i64> = found[1].iter().map(|(bucket, ..)| *bucket).collect();
        assert_eq!((found[0].len(), buckets), (0, vec![200, 400]));
    }

    #[test]
    fn others_may_be_behind() {
        let recorders = [recorder(1, false, 0, 10), recorder(2, false, 0, 70), recorder(3, true, 0, 5)];
        assert_eq!(complete_until(&recorders, &[1], 100), 70);
        assert_eq!(complete_until(&recorders, &[1, 2], 100), 100);
        assert_eq!(complete_until(&recorders, &[], 100), 10);
        assert_eq!(complete_until(&[], &[], 100), 100);
    }
}
