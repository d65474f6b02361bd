//! How a recorder is made.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    CLOSE, Handle, Recorder,
    encode::{Bodies, Encoder, Redact},
    folder::Folder,
    ids::Ids,
    queue::{Limits, Queue},
    shared::Shared,
    worker::Worker,
};
use crate::{
    clock::{Clock, SystemClock},
    error::Error,
    http::Http,
};

/// Switches recording off in all programs that see it, whatever they are built with.
const SWITCH: &str = "PROMPTORY_RECORDING";
const TIMEOUT: Duration = Duration::from_secs(10);
const QUEUE: (usize, usize) = (10_000, 32 << 20);
const BATCH: (usize, usize) = (500, 1 << 20);
const BATCH_AGE: Duration = Duration::from_secs(1);
/// Below, packing costs more than it saves.
const PACK_ABOVE: usize = 4 << 10;

/// Settings of a recorder; see [`Recorder::builder`], and [`Builder::recording`](crate::Builder::recording) for that of
/// a client.
#[must_use = "a builder does nothing until `build`"]
pub struct RecorderBuilder {
    url: String,
    key: String,
    environment: Option<String>,
    timeout: Duration,
    enabled: Option<bool>,
    bodies: bool,
    redact: Option<Redact>,
    queue: (usize, usize),
    batch: (usize, usize),
    batch_age: Duration,
    pack_above: usize,
    folder: Option<(PathBuf, u64)>,
    clock: Arc<dyn Clock>,
}

impl RecorderBuilder {
    pub(crate) fn new(url: String, key: String) -> Self {
        Self {
            url,
            key,
            environment: None,
            timeout: TIMEOUT,
            enabled: None,
            bodies: true,
            redact: None,
            queue: QUEUE,
            batch: BATCH,
            batch_age: BATCH_AGE,
            pack_above: PACK_ABOVE,
            folder: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Of executions that do not say theirs. Default: the key's, else the production one.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// How long one request may take; 10 seconds by default, and what the client has where it comes from a client.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether anything is recorded, whatever the variable `PROMPTORY_RECORDING` says. By default everything is, unless
    /// that is `off`, `0` or `false`.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// False: variables, inputs and outputs do not leave this process. Error messages do; see
    /// [`RecorderBuilder::redact`].
    pub fn bodies(mut self, bodies: bool) -> Self {
        self.bodies = bodies;
        self
    }

    /// Looks at all texts of each execution before they leave this process, for the server or for the disk, on a thread
    /// of its own. If it panics, none of them leaves.
    pub fn redact(mut self, redact: impl Fn(&mut Bodies) + Send + Sync + 'static) -> Self {
        self.redact = Some(Arc::new(redact));
        self
    }

    /// How much may wait in memory; 10,000 and 32 MiB by default. What does not fit is dropped and counted.
    pub fn queue(mut self, count: usize, bytes: usize) -> Self {
        self.queue = (count, bytes);
        self
    }

    /// When a batch is sent: so many, so many bytes, or the first is so old. 500, 1 MiB, 1 second by default.
    pub fn batch(mut self, count: usize, bytes: usize, age: Duration) -> Self {
        (self.batch, self.batch_age) = ((count, bytes), age);
        self
    }

    /// Requests that are larger are sent gzipped; 4 KiB by default.
    pub fn gzip_above(mut self, bytes: usize) -> Self {
        self.pack_above = bytes;
        self
    }

    /// Keeps in this folder what cannot be sent for long, does not fit in memory, or is left when the recorder is closed;
    /// it is sent later, also by the next program. At most so many bytes; the oldest goes first. Programs of one
    /// project may share a folder, those of different projects may not.
    pub fn spill_to(mut self, folder: impl Into<PathBuf>, most_bytes: u64) -> Self {
        self.folder = Some((folder.into(), most_bytes));
        self
    }

    /// Another clock: for tests and simulations.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Asks nobody. Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// Settings that cannot work.
    pub fn build(self) -> Result<Recorder, Error> {
        let http = Http::new(&self.url, &self.key, self.timeout)?;
        self.build_with(http)
    }

    pub(crate) fn build_with(self, http: Http) -> Result<Recorder, Error> {
        self.check()?;
        let clock = self.clock;
        if !self.enabled.unwrap_or_else(|| !switched_off(std::env::var(SWITCH).ok().as_deref())) {
            return Ok(Recorder { handle: None, clock });
        }
        let folder =
            self.folder.map(|(path, bytes)| Arc::new(Mutex::new(Folder::new(path, http.base(), bytes))));
        let limits = Limits {
            count: self.queue.0,
            bytes: self.queue.1,
            batch_count: self.batch.0,
            batch_bytes: self.batch.1,
            batch_age: self.batch_age,
        };
        let shared = Arc::new(Shared {
            queue: Queue::new(limits),
            ids: Ids::default(),
            http,
            clock: Arc::clone(&clock),
            encoder: Encoder { environment: self.environment, redact: self.redact },
            folder,
            bodies: self.bodies,
            batch: self.batch,
            pack_above: self.pack_above,
            settled: watch::Sender::default(),
            ended: watch::Sender::default(),
            activity: watch::Sender::default(),
        });
        let runtime = tokio::runtime::Handle::try_current()
            .map_err(|_| Error::Usage("a recorder is made inside a Tokio runtime".to_owned()))?;
        let (stop, limit) = (watch::Sender::new(false), watch::Sender::new(CLOSE));
        runtime.spawn(Worker::new(Arc::clone(&shared), stop.subscribe(), limit.subscribe()).run());
        Ok(Recorder { handle: Some(Arc::new(Handle { shared, stop, limit })), clock })
    }

    fn check(&self) -> Result<(), Error> {
        let refuse = |why: &str| Err(Error::Usage(why.to_owned()));
        let ((queue, queue_bytes), (batch, batch_bytes)) = (self.queue, self.batch);
        if batch == 0 || batch_bytes == 0 || queue < batch || queue_bytes < batch_bytes {
            return refuse("a batch of a recorder holds something, and its queue at least a batch");
        }
        if batch > promptory_core::limits::EXECUTIONS_PER_REQUEST {
            return refuse(
                "a batch of a recorder has at most 10,000 executions, as many as the server takes",
            );
        }
        if batch_bytes > promptory_core::limits::EXECUTIONS_BODY_BYTES / 2 {
            return refuse("a batch of a recorder has at most 16 MiB, half of what the server takes");
        }
        Ok(())
    }
}

fn switched_off(variable: Option<&str>) -> bool {
    let word = variable.unwrap_or_default().trim();
    ["off", "0", "false"].iter().any(|off| word.eq_ignore_ascii_case(off))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_words_switch_it_off() {
        for word in ["off", "OFF", "0", "false", " False\n"] {
            assert!(switched_off(Some(word)), "{word}");
        }
        for word in [None, Some(""), Some("on"), Some("1"), Some("true"), Some("offline")] {
            assert!(!switched_off(word), "{word:?}");
        }
    }
}
