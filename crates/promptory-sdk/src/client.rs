//! What an application holds.

use std::{
    future::IntoFuture,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use promptory_api::serving::Resolve as Body;
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::{
    builder::Builder,
    cache::Question,
    clock::since,
    error::Error,
    inner::{Inner, lock},
    prompt::Prompt,
    recorder::Recorder,
};

/// A client of one server, project and environment. Clones share everything; the last one that goes ends its tasks.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Handle>);

pub(crate) struct Handle {
    pub(crate) inner: Arc<Inner>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) recorder: Recorder,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl std::fmt::Debug for Client {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("url", &self.0.inner.http.base()).finish_non_exhaustive()
    }
}

/// What happened since the client was made, and what it has now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Answered from memory, and young enough.
    pub hits: u64,
    /// Answered from memory, older than the time to live or known to have changed.
    pub stale: u64,
    /// The caller waited for the server.
    pub misses: u64,
    /// What was there was replaced or confirmed.
    pub refreshes: u64,
    /// Requests that the server did not answer, or refused this client altogether.
    pub failures: u64,
    /// Answers in memory; the snapshot is not among them.
    pub answers: usize,
    /// Since the oldest of them was confirmed.
    pub oldest: Option<Duration>,
    /// Since the snapshot was confirmed; none: there is none.
    pub snapshot_age: Option<Duration>,
    /// `<epoch>:<number>`
    pub snapshot_revision: Option<String>,
    /// Changes are told as they happen.
    pub connected: bool,
    /// Why there are no last known good answers, or why they are not kept.
    pub disk_problem: Option<String>,
}

impl Client {
    /// The address of the server, and a key with the scope `render`.
    pub fn builder(url: impl Into<String>, key: impl Into<String>) -> Builder {
        Builder::new(url.into(), key.into())
    }

    /// What is live.
    ///
    /// # Errors
    /// The server's no; its silence, when nothing is known.
    pub async fn get(&self, prompt: &str) -> Result<Prompt, Error> {
        self.resolve(prompt).ask().await
    }

    /// The version for a request: say more, then `.await`.
    pub fn resolve<'a>(&'a self, prompt: &'a str) -> Resolve<'a> {
        Resolve { client: self, prompt, version: None, key: None, attributes: None, variables: None }
    }

    /// What records executions with this client's key, which needs the scope `record` for it. One for all clones.
    pub fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    pub fn stats(&self) -> Stats {
        let inner = &self.0.inner;
        let now = inner.clock.now();
        let answers = inner.cache.all();
        let age = |confirmed| since(confirmed, now).unwrap_or_default();
        let held = inner.held.load();
        let counters = &inner.counters;
        Stats {
            hits: counters.hits.load(Ordering::Relaxed),
            stale: counters.stale.load(Ordering::Relaxed),
            misses: counters.misses.load(Ordering::Relaxed),
            refreshes: counters.refreshes.load(Ordering::Relaxed),
            failures: counters.failures.load(Ordering::Relaxed),
            oldest: answers.iter().map(|(_, entry)| age(entry.confirmed)).max(),
            answers: answers.len(),
            snapshot_age: held.as_ref().map(|held| age(held.confirmed)),
            snapshot_revision: held.as_ref().map(|held| held.snapshot.revision().to_owned()),
            connected: inner.connected.load(Ordering::Relaxed),
            disk_problem: lock(&inner.disk_problem).clone(),
        }
    }

    /// A count that moves whenever this client learns something: an answer was replaced, the stream was opened or lost, the
    /// key was refused, the file was written. For programs that wait for such a moment, and for tests.
    pub fn activity(&self) -> watch::Receiver<u64> {
        self.0.inner.activity.subscribe()
    }

    /// Writes the file of last known good answers now: for programs that end. By itself it is written about a second after
    /// there is something new.
    pub async fn flush(&self) {
        if let Some(path) = &self.0.inner.config.cache_file {
            self.0.inner.write_file(path).await;
        }
    }

    /// Forgets all answers in memory and asks for the snapshot again. The file of last known good answers follows when
    /// there are new ones.
    pub fn clear(&self) {
        let inner = &self.0.inner;
        inner.cache.clear();
        inner.held.store(None);
        if inner.config.local {
            inner.reload_soon();
        }
    }
}

/// A question that is being put together.
#[must_use = "nothing is asked until this is awaited"]
#[derive(Debug)]
pub struct Resolve<'a> {
    client: &'a Client,
    prompt: &'a str,
    version: Option<&'a str>,
    key: Option<&'a str>,
    attributes: Option<Map<String, Value>>,
    variables: Option<Variables<'a>>,
}

/// What a prompt is rendered with: a JSON object, given or lent.
#[derive(Debug)]
pub enum Variables<'a> {
    Given(Value),
    Lent(&'a Map<String, Value>),
}

impl From<Value> for Variables<'_> {
    fn from(value: Value) -> Self {
        Self::Given(value)
    }
}

impl From<Map<String, Value>> for Variables<'_> {
    fn from(variables: Map<String, Value>) -> Self {
        Self::Given(Value::Object(variables))
    }
}

impl<'a> From<&'a Map<String, Value>> for Variables<'a> {
    fn from(variables: &'a Map<String, Value>) -> Self {
        Self::Lent(variables)
    }
}

impl<'a> Resolve<'a> {
    /// Who it is for: a stable name of a user.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// A number, a sequence, a label, an environment, or a range such as `^1.2`.
    pub fn version(mut self, reference: &'a str) -> Self {
        self.version = Some(reference);
        self
    }

    /// What rules may look at.
    pub fn attributes(mut self, attributes: Map<String, Value>) -> Self {
        self.attributes = Some(attributes);
        self
    }

    /// With them the answer is rendered: an object, such as of `serde_json::json!`, or a map that is lent.
    pub fn variables(mut self, variables: impl Into<Variables<'a>>) -> Self {
        self.variables = Some(variables.into());
        self
    }

    async fn ask(self) -> Result<Prompt, Error> {
        let variables = match &self.variables {
            None => None,
            Some(Variables::Lent(variables)) => Some(*variables),
            Some(Variables::Given(Value::Object(variables))) => Some(variables),
            Some(Variables::Given(_)) => return Err(Error::Usage("variables are a JSON object".to_owned())),
        };
        let inner = &self.client.0.inner;
        inner.check(self.prompt, self.key)?;
        let served = match inner.local(self.prompt, self.version, self.key) {
            Some(served) => served?,
            None => inner.cached(self.question()).await?,
        };
        served.rendered(variables)
    }

    fn question(&self) -> Question {
        let subject = (self.key.is_some() || self.attributes.is_some()).then(|| {
            let key = self.key.map(str::to_owned);
            let body = Body { key, attributes: self.attributes.clone(), ..Body::default() };
            // Writing plain values to memory cannot fail.
            serde_json::to_string(&body).unwrap_or_default().into()
        });
        Question { prompt: self.prompt.into(), version: self.version.map(Into::into), subject }
    }
}

impl<'a> IntoFuture for Resolve<'a> {
    type Output = Result<Prompt, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ask())
    }
}
