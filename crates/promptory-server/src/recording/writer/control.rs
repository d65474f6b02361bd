//! What only the task that writes may do: put cells in place of others, and change costs that are counted.

use promptory_core::{analytics::Grain, cost::PriceBook, id::ProjectId};
use promptory_store::{Result, StoreError};
use tokio::sync::oneshot;

use super::Writer;
use crate::recording::{
    delta::{Generation, Place},
    fact,
    pricing::priced_as,
    recount::{DAY, Recount},
};

const PAGE: i64 = 500;

pub enum Control {
    /// Counts the days that begin then again, and puts what is counted in place of what is stored.
    Repair { project: ProjectId, days: Vec<i64>, done: oneshot::Sender<Result<()>> },
    /// Prices what has no cost.
    Price {
        project: ProjectId,
        book: Box<PriceBook>,
        span: (i64, i64),
        done: oneshot::Sender<Result<Priced>>,
    },
}

/// What became of executions without a cost.
#[derive(Debug, Default, Clone, Copy)]
pub struct Priced {
    pub priced: u64,
    /// There is still no price for their model.
    pub unpriced: u64,
}

impl Writer {
    pub(super) async fn control(&mut self, control: Control) {
        self.counted().await;
        // Whoever asked may be gone; it is done all the same.
        match control {
            Control::Repair { project, days, done } => {
                let _ = done.send(self.repair(&project, &days).await);
            }
            Control::Price { project, book, span, done } => {
                let _ = done.send(self.price(&project, &book, span).await);
            }
        }
    }

    async fn repair(&mut self, project: &ProjectId, days: &[i64]) -> Result<()> {
        let others = self.app.store.recorders().await?;
        let own = self.recorder.map(|recorder| recorder.number);
        if others.iter().any(|row| !row.free && own != Some(row.number)) {
            return Err(StoreError::Refused(
                "Other servers are recording: they hold what they counted in memory. Stop them, and repair then."
                    .to_owned(),
            ));
        }
        self.try_flush().await?;
        let app = std::sync::Arc::clone(&self.app);
        let now = app.clock.now().micros();
        let recount = Recount::of(&app, project).await?;
        for start in days {
            let day = recount.day(*start, now).await?;
            for grain in Grain::ALL {
                let packs: Vec<_> = day
                    .counted
                    .iter()
                    .filter(|(key, _)| key.grain == grain)
                    // Under the number that no recorder has: nobody adds to these.
                    .map(|(key, pack)| (0, *key, pack.to_bytes()))
                    .collect();
                let number = promptory_core::analytics::short(project.as_str());
                app.store.replace_packs((number, grain), (*start, start + DAY), &packs).await?;
            }
        }
        self.packs.clear();
        Ok(())
    }

    async fn price(&mut self, project: &ProjectId, book: &PriceBook, span: (i64, i64)) -> Result<Priced> {
        let mut result = Priced::default();
        let number = promptory_core::analytics::short(project.as_str());
        for day in self.app.store.days().await? {
            let mut after = 0;
            loop {
                // Rows that are not counted yet would be counted twice.
                self.try_flush().await?;
                let rows = self.app.store.unpriced(number, span, (day, after), PAGE).await?;
                let Some(last) = rows.last() else { break };
                after = last.fact.n;
                self.price_some(day, rows, book, &mut result).await?;
            }
        }
        Ok(result)
    }

    async fn price_some(
        &mut self,
        day: i64,
        rows: Vec<promptory_store::UnpricedRow>,
        book: &PriceBook,
        result: &mut Priced,
    ) -> Result<()> {
        let now = self.app.clock.now().micros();
        if self.recorder.is_none() {
            let (recorder, last) = self.app.store.claim_recorder(now).await?;
            self.hold(recorder, last);
        }
        let Some(recorder) = self.recorder else { return Ok(()) };
        let folded: std::collections::HashMap<i64, i64> =
            self.app.store.recorders().await?.iter().map(|row| (row.number, row.folded_up_to)).collect();
        let projects = self.app.recording.projects(&self.app);
        let mut generation = Generation::of(recorder, self.last);
        let mut costs = Vec::new();
        for row in rows {
            let fact = &row.fact;
            let counted = folded
                .get(&(fact.n / promptory_store::ROWS_PER_RECORDER))
                .is_some_and(|up_to| fact.n <= *up_to);
            let cost = priced_as(book, fact, row.provider_sent.as_deref(), row.model_sent.as_deref());
            let (true, Some(cost)) = (counted, cost) else {
                result.unpriced += 1;
                continue;
            };
            if let Some(line) = self.line(&projects, fact.project, fact.line).await? {
                let place = Place { project: fact.project, prompt: line.prompt };
                fact::of_stored(fact, &line, |fact| generation.price(place, fact, cost));
                costs.push((fact.n, cost));
            }
        }
        if costs.is_empty() {
            return Ok(());
        }
        let packs = self.merged(recorder, &generation, now).await?;
        let written = self.app.store.set_costs(recorder, (day, &costs), &packs, (self.last, now)).await;
        if !matches!(written, Ok(true)) {
            // What is in memory is not what is stored.
            self.packs.clear();
            written?;
            return Err(StoreError::Busy("the costs were changed by somebody else; try again".to_owned()));
        }
        result.priced += costs.len() as u64;
        Ok(())
    }
}
