//! What a recorder and its task share.

use std::{
    io,
    sync::{Arc, Mutex},
};

use promptory_core::time::Timestamp;
use tokio::sync::watch;

use super::{
    encode::{Encoded, Encoder},
    folder::Folder,
    ids::Ids,
    queue::{Entry, Queue},
};
use crate::{clock::Clock, http::Http, inner::lock};

pub(crate) struct Shared {
    pub(crate) queue: Queue,
    pub(crate) ids: Ids,
    pub(crate) http: Http,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) encoder: Encoder,
    pub(crate) folder: Option<Arc<Mutex<Folder>>>,
    /// False: variables, inputs and outputs stay here.
    pub(crate) bodies: bool,
    /// Of a request: count and bytes.
    pub(crate) batch: (usize, usize),
    pub(crate) pack_above: usize,
    /// Everything before this number was stored, dropped or written to the disk.
    pub(crate) settled: watch::Sender<u64>,
    /// The task has ended.
    pub(crate) ended: watch::Sender<bool>,
    /// Counts what callers may want to look at again.
    pub(crate) activity: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn tick(&self) {
        self.activity.send_modify(|count| *count += 1);
    }

    /// What the caller says, or a new one.
    pub(crate) fn id(&self, given: Option<String>, now: Timestamp) -> Arc<str> {
        given.filter(|id| !id.is_empty()).map_or_else(|| self.ids.next(now), Arc::from)
    }

    /// Blocks for as long as a redaction does.
    pub(crate) fn encode(&self, entries: Vec<Entry>) -> Encoded {
        let encoded = self.encoder.encode(entries, self.batch);
        self.queue.change(|stats| {
            stats.unredacted += encoded.unredacted;
            stats.queued -= encoded.too_large;
            stats.dropped.too_large += encoded.too_large;
        });
        encoded
    }

    /// Does something with the folder, beside the threads of the application. None: there is no folder, or it does not
    /// work, which is noted.
    pub(crate) async fn with_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Folder) -> io::Result<T> + Send + 'static,
    ) -> Option<T> {
        let folder = Arc::clone(self.folder.as_ref()?);
        let done = tokio::task::spawn_blocking(move || work(&mut lock(&folder))).await;
        let done = done.unwrap_or_else(|error| Err(io::Error::other(error)));
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                self.note_disk(&error);
                None
            }
        }
    }

    pub(crate) fn note_disk(&self, error: &io::Error) {
        tracing::warn!(%error, "the folder for executions that wait cannot be used");
        self.queue.change(|stats| stats.disk_problem = Some(error.to_string()));
    }
}
