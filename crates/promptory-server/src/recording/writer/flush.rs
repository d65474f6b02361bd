//! Writing what was counted: the packs of this recorder as they are now, and up to which row they count.

use std::{collections::BTreeMap, sync::Arc};

use promptory_core::analytics::{Pack, PackKey};
use promptory_store::{Recorder, Store};
use tracing::warn;

use super::Writer;
use crate::recording::delta::Generation;

/// Packs that are kept in memory after they were written, so that they need not be read again.
const KEPT_PACKS: usize = 4_000;
/// And for how many flushes without a change: those of a minute that is over are not touched again, but for what comes late.
const KEPT_FLUSHES: u64 = 6;

pub(super) struct Written {
    recorder: Recorder,
    packs: Vec<(PackKey, Vec<u8>)>,
    up_to: i64,
}

/// A generation in every grain in which it is stored.
pub fn spread(generation: &Generation, now: i64) -> BTreeMap<PackKey, Pack> {
    let mut packs: BTreeMap<PackKey, Pack> = BTreeMap::new();
    generation.in_all_grains(now, |key, name, cell| packs.entry(key).or_default().cell(name).merge(cell));
    packs
}

/// The packs of a recorder with these added.
pub(super) async fn added(
    store: &Store,
    recorder: i64,
    more: BTreeMap<PackKey, Pack>,
) -> promptory_store::Result<Vec<(PackKey, Pack)>> {
    let keys: Vec<PackKey> = more.keys().copied().collect();
    let known = store.own_packs(recorder, &keys).await?;
    let merged = more.into_iter().zip(known).map(|((key, more), known)| {
        let mut pack = known.unwrap_or_default();
        pack.merge(&more);
        (key, pack)
    });
    Ok(merged.collect())
}

impl Writer {
    /// Writes what is counted, unless the database is away: then later.
    pub(super) async fn flush(&mut self) {
        match self.try_flush().await {
            Ok(()) => self.app.recording.folded(self.app.clock.now()),
            Err(error) => warn!(%error, "statistics could not be written; they are counted in memory"),
        }
    }

    pub(super) async fn try_flush(&mut self) -> promptory_store::Result<()> {
        self.counted().await;
        if self.doubtful.is_some() {
            self.resolve_doubt().await?;
        }
        if let Some(written) = self.unsure.take() {
            self.write(written).await?;
        }
        let Some(recorder) = self.recorder else { return Ok(()) };
        let Some(generation) = self.app.recording.take_off() else {
            return self.beat(recorder).await;
        };
        let now = self.app.clock.now().micros();
        let up_to = generation.up_to;
        let packs = match self.merged(recorder, &generation, now).await {
            Ok(packs) => packs,
            Err(error) => {
                // Nothing was written: it is counted again with what comes.
                self.app.recording.land(&generation, false);
                return Err(error);
            }
        };
        self.write(Written { recorder, packs, up_to }).await
    }

    /// The packs with a generation added, in memory already.
    pub(super) async fn merged(
        &mut self,
        recorder: Recorder,
        generation: &Generation,
        now: i64,
    ) -> promptory_store::Result<Vec<(PackKey, Vec<u8>)>> {
        let keys = generation.keys_in_all_grains(now);
        let missing: Vec<PackKey> =
            keys.iter().filter(|key| !self.packs.contains_key(*key)).copied().collect();
        let read = self.app.store.own_packs(recorder.number, &missing).await?;
        self.flushes += 1;
        for (key, pack) in missing.into_iter().zip(read) {
            self.packs.insert(key, (self.flushes, pack.unwrap_or_default()));
        }
        // Straight into the packs: in all grains, the generation is several times as large.
        generation.in_all_grains(now, |key, name, cell| {
            if let Some((_, pack)) = self.packs.get_mut(&key) {
                pack.cell(name).merge(cell);
            }
        });
        let mut packs = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some((touched, pack)) = self.packs.get_mut(&key) {
                *touched = self.flushes;
                packs.push((key, pack.to_bytes()));
            }
        }
        Ok(packs)
    }

    async fn write(&mut self, written: Written) -> promptory_store::Result<()> {
        let at = self.app.clock.now().micros();
        let Written { recorder, packs, up_to } = &written;
        match self.app.store.fold(*recorder, packs, *up_to, at).await {
            Ok(true) => {
                self.app.recording.landed(*up_to);
                self.forget_old_packs();
                Ok(())
            }
            Ok(false) => {
                self.lose().await;
                Ok(())
            }
            Err(error) => {
                // It may have arrived all the same. What is written says how things are, so it is written once more.
                self.unsure = Some(written);
                Err(error)
            }
        }
    }

    fn forget_old_packs(&mut self) {
        let kept = self.flushes.saturating_sub(KEPT_FLUSHES);
        self.packs.retain(|_, (touched, _)| *touched >= kept);
        if self.packs.len() <= KEPT_PACKS {
            return;
        }
        let mut touched: Vec<u64> = self.packs.values().map(|(touched, _)| *touched).collect();
        touched.sort_unstable();
        let oldest = touched[touched.len() - KEPT_PACKS];
        self.packs.retain(|_, (touched, _)| *touched >= oldest);
        if self.packs.len() > 2 * KEPT_PACKS {
            self.packs.clear();
        }
    }

    /// With several servers: says that this one lives, and that nothing of it is missing.
    async fn beat(&mut self, recorder: Recorder) -> promptory_store::Result<()> {
        if self.app.store.dialect() != promptory_store::Dialect::Postgres || self.flushes.is_multiple_of(2) {
            self.flushes += 1;
            return Ok(());
        }
        self.flushes += 1;
        let at = self.app.clock.now().micros();
        if !self.app.store.fold(recorder, &[], self.last, at).await? {
            self.lose().await;
        }
        Ok(())
    }

    /// Writes a generation of a recorder whose holder died.
    pub(super) async fn write_for(
        &self,
        recorder: Recorder,
        generation: &Arc<Generation>,
    ) -> promptory_store::Result<bool> {
        let now = self.app.clock.now().micros();
        let packs = added(&self.app.store, recorder.number, spread(generation, now)).await?;
        let packs: Vec<(PackKey, Vec<u8>)> =
            packs.into_iter().map(|(key, pack)| (key, pack.to_bytes())).collect();
        self.app.store.fold(recorder, &packs, generation.up_to, now).await
    }
}
