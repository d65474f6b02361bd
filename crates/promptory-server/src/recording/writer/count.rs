//! Counting in memory what a commit stored, while the next one is on its way.

use std::sync::Arc;

use promptory_store::ExecutionRow;

use super::Writer;
use crate::{
    app::App,
    recording::{delta::Place, fact},
};

impl Writer {
    /// Everything that is stored is counted in memory.
    pub(super) async fn counted(&mut self) {
        let Some(counting) = self.counting.take() else { return };
        if let Err(error) = counting.await
            && let Ok(panic) = error.try_into_panic()
        {
            std::panic::resume_unwind(panic);
        }
    }

    /// One commit after another, each beside the next.
    pub(super) async fn count(&mut self, rows: Vec<ExecutionRow>) {
        self.counted().await;
        let (app, last) = (Arc::clone(&self.app), self.last);
        self.counting = Some(tokio::spawn(async move { count(&app, &rows, last) }));
    }
}

fn count(app: &App, rows: &[ExecutionRow], up_to: i64) {
    let lines = app.recording.lines.by_number();
    app.recording.change(|open| {
        for row in rows {
            let Some(line) = lines.get(row.line) else { continue };
            let place = Place { project: row.project, prompt: line.prompt };
            fact::of_execution(row, &line, |fact| open.count(place, fact));
        }
        open.up_to = up_to;
    });
}
