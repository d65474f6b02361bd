//! Follows the event stream: what changes on the server is asked for again at once, not when it is old.

use std::sync::Arc;

use promptory_api::{
    events::{Event, Parser},
    serving::{StreamChange, StreamHello, StreamReset},
};
use tokio::sync::watch;

use crate::{
    error::Error,
    http::Revision,
    inner::{Inner, backoff, count, lock, stopped},
};

/// Until the client is gone.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut stop) => {}
        () = follow(&inner) => {}
    }
    inner.set_connected(false);
}

async fn follow(inner: &Arc<Inner>) {
    let mut following = Following { last: None, failures: 0 };
    loop {
        let ended = following.once(inner).await;
        inner.set_connected(false);
        if let Err(error) = ended {
            tracing::debug!(%error, "the event stream broke");
            count(&inner.counters.failures);
            inner.note_refusal(&error);
        }
        following.failures = following.failures.saturating_add(1);
        inner.clock.wait(backoff(following.failures)).await;
    }
}

struct Following {
    /// The id of the last event.
    last: Option<String>,
    failures: u32,
}

impl Following {
    /// One connection, until it ends.
    async fn once(&mut self, inner: &Arc<Inner>) -> Result<(), Error> {
        let opened = inner.http.stream(inner.config.environment.as_deref(), self.last.as_deref()).await;
        let mut response = match opened {
            // What the last event was is not understood any more: from the beginning.
            Err(Error::Refused(problem)) if problem.status == 400 && self.last.is_some() => {
                self.last = None;
                return Err(Error::Refused(problem));
            }
            opened => opened?,
        };
        let mut parser = Parser::default();
        let broken = |why: String| Error::Unreachable(why);
        while let Some(piece) = response.chunk().await.map_err(|error| broken(crate::http::chain(&error)))? {
            parser.push(&piece).map_err(|_| broken("this is no stream of events".to_owned()))?;
            while let Some(event) = parser.take() {
                self.event(inner, &event).map_err(|error| broken(error.to_string()))?;
            }
        }
        Ok(())
    }

    fn event(&mut self, inner: &Arc<Inner>, event: &Event) -> Result<(), serde_json::Error> {
        match event.name.as_str() {
            "hello" => {
                let hello: StreamHello = serde_json::from_str(&event.data)?;
                self.hello(inner, &hello);
            }
            "change" => {
                let change: StreamChange = serde_json::from_str(&event.data)?;
                told(inner, change.entry_revision);
                let names: Vec<&str> =
                    change.renamed_from.as_deref().into_iter().chain([change.prompt.as_str()]).collect();
                inner.outdate_prompt(&names);
            }
            "reset" => {
                let reset: StreamReset = serde_json::from_str(&event.data)?;
                *lock(&inner.told) = Revision::parse(&reset.revision);
                inner.outdate_all();
            }
            // Of a newer server.
            _ => {}
        }
        if event.id.is_some() {
            self.last.clone_from(&event.id);
        }
        Ok(())
    }

    fn hello(&mut self, inner: &Arc<Inner>, hello: &StreamHello) {
        self.failures = 0;
        inner.admit();
        let revision = Revision::parse(&hello.revision);
        let last = self.last.as_deref().and_then(Revision::parse);
        let same = |known: &Revision| revision.as_ref().is_some_and(|now| now.epoch == known.epoch);
        let known = inner.held.load().as_ref().map(|held| held.snapshot.revision().to_owned());
        let missed = match &last {
            // What happened since is told next, unless the server has forgotten more than it knows.
            Some(last) => !same(last) || revision.as_ref().is_none_or(|now| now.number < last.number),
            // Nobody tells what happened before.
            None => known.as_deref() != Some(hello.revision.as_str()),
        };
        *lock(&inner.told) = revision;
        if missed {
            inner.outdate_all();
        }
        inner.set_connected(true);
    }
}

/// The number is of the epoch that `hello` named.
fn told(inner: &Inner, number: i64) {
    if let Some(told) = lock(&inner.told).as_mut() {
        told.number = told.number.max(number);
    }
}
