//! Keeps the snapshot of a local client up to date.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

use crate::{
    error::Error,
    http::{Ask, Reply},
    inner::{Held, Inner, backoff, count, stopped},
    snapshot::Snapshot,
};

/// Until the client is gone.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut stop) => {}
        () = reload_when_asked(&inner) => {}
    }
}

async fn reload_when_asked(inner: &Arc<Inner>) {
    loop {
        inner.reload.notified().await;
        inner.loading.store(true, Ordering::Release);
        let mut failures = 0;
        while let Err(error) = inner.load().await {
            failures += 1;
            tracing::debug!(%error, failures, "the snapshot was not loaded");
            tokio::select! {
                () = inner.clock.wait(backoff(failures)) => {}
                // The stream has something to say, so the server is there.
                () = inner.reload.notified() => {}
            }
        }
        inner.loading.store(false, Ordering::Release);
    }
}

impl Inner {
    /// # Errors
    /// The server's no to all that this client asks, or silence.
    pub(crate) async fn load(self: &Arc<Self>) -> Result<(), Error> {
        let loaded = self.load_snapshot().await;
        match &loaded {
            Ok(()) => {
                count(&self.counters.refreshes);
                self.admit();
                self.save.notify_one();
            }
            Err(error) => {
                count(&self.counters.failures);
                self.note_refusal(error);
            }
        }
        self.tick();
        loaded
    }

    async fn load_snapshot(self: &Arc<Self>) -> Result<(), Error> {
        let before = self.held.load_full();
        let seen = self.seen();
        let ask = Ask {
            path: "/snapshot".to_owned(),
            environment: self.config.environment.as_deref(),
            etag: before.as_ref().and_then(|held| held.etag.as_deref()),
            at_least: self.at_least(),
            most_bytes: self.config.snapshot_bytes,
            large: true,
            body: None,
        };
        let held = match (self.http.send(ask).await?, before) {
            (Reply::NotModified { revision }, Some(before)) => {
                self.observe(seen.as_ref(), revision);
                let (snapshot, etag) = (Arc::clone(&before.snapshot), before.etag.clone());
                self.held(snapshot, etag)
            }
            (Reply::NotModified { .. }, None) => {
                return Err(Error::Unreachable("304 to who has nothing: is it Promptory?".to_owned()));
            }
            (Reply::Found { body, etag, revision }, before) => {
                let read = move || Snapshot::read(&body, before.as_deref().map(|held| &*held.snapshot));
                // Large ones take a moment: not on the threads of the application.
                let read = tokio::task::spawn_blocking(read).await;
                let read = read.map_err(|error| Error::Unreachable(error.to_string()))?;
                let snapshot = read.map_err(|error| {
                    Error::Unreachable(format!("the answer is no snapshot of Promptory: {error}"))
                })?;
                self.observe(seen.as_ref(), revision);
                self.held(Arc::new(snapshot), etag)
            }
        };
        self.held.store(Some(Arc::new(held)));
        Ok(())
    }

    fn held(&self, snapshot: Arc<Snapshot>, etag: Option<String>) -> Held {
        Held {
            snapshot,
            etag,
            confirmed: self.clock.now(),
            from_disk: false,
            outdated: AtomicBool::new(false),
        }
    }
}
