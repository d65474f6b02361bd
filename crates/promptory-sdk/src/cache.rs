//! What the server said, by what it was asked: bounded, and asked for once however many want it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use moka::future::Cache as Moka;
use promptory_api::problem::Problem;
use promptory_core::time::Timestamp;

use crate::{error::Error, prompt::Answer};

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) prompt: Box<str>,
    /// A reference or a range; none: what is live.
    pub(crate) version: Option<Box<str>>,
    /// Who it is for, as JSON of `key` and `attributes`.
    pub(crate) subject: Option<Box<str>>,
}

/// An answer or a no, with what is known about it.
pub(crate) struct Entry {
    pub(crate) outcome: Result<Answer, Arc<Problem>>,
    pub(crate) etag: Option<String>,
    /// When the server said it, or that it still holds.
    pub(crate) confirmed: Timestamp,
    pub(crate) from_disk: bool,
    /// The server said that it changed.
    pub(crate) outdated: AtomicBool,
    /// Somebody asks already.
    pub(crate) asking: AtomicBool,
    /// Not before this time, in microseconds: it failed just now.
    pub(crate) not_before: AtomicI64,
}

impl Entry {
    pub(crate) fn new(
        outcome: Result<Answer, Arc<Problem>>,
        etag: Option<String>,
        confirmed: Timestamp,
    ) -> Self {
        Self {
            outcome,
            etag,
            confirmed,
            from_disk: false,
            outdated: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            not_before: AtomicI64::new(i64::MIN),
        }
    }

    /// True for one caller, who then must ask and replace this, or call [`Entry::asked`].
    pub(crate) fn claim(&self, now: Timestamp) -> bool {
        now.micros() >= self.not_before.load(Ordering::Relaxed) && !self.asking.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn asked_in_vain(&self, not_before: Timestamp) {
        self.not_before.store(not_before.micros(), Ordering::Relaxed);
        self.asking.store(false, Ordering::Release);
    }
}

pub(crate) struct Cache(Moka<Question, Arc<Entry>>);

impl Cache {
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |question: &Question, entry: &Arc<Entry>| {
            let answer = entry.outcome.as_ref().map_or(1024, |answer| answer.build.bytes());
            let subject = question.subject.as_ref().map_or(0, |text| text.len());
            u32::try_from(answer + subject + question.prompt.len() + 256).unwrap_or(u32::MAX)
        };
        Self(Moka::builder().max_capacity(bytes).weigher(weigh).build())
    }

    pub(crate) async fn get(&self, question: &Question) -> Option<Arc<Entry>> {
        self.0.get(question).await
    }

    pub(crate) async fn put(&self, question: Question, entry: Entry) {
        self.0.insert(question, Arc::new(entry)).await;
        self.keep_bounds().await;
    }

    /// What is there, or what `ask` finds; of many who want the same, one asks.
    ///
    /// # Errors
    /// Those of `ask`, for all who waited.
    pub(crate) async fn get_or_ask(
        &self,
        question: Question,
        ask: impl Future<Output = Result<Entry, Error>>,
    ) -> Result<Arc<Entry>, Error> {
        let ask = async { ask.await.map(Arc::new) };
        let asked = self.0.try_get_with(question, ask).await;
        self.keep_bounds().await;
        asked.map_err(|error: Arc<Error>| Error::clone(&error))
    }

    /// By itself the cache would do so some time later. Who comes here has waited for a server.
    async fn keep_bounds(&self) {
        self.0.run_pending_tasks().await;
    }

    pub(crate) async fn remove(&self, question: &Question) {
        self.0.invalidate(question).await;
    }

    pub(crate) fn all(&self) -> Vec<(Question, Arc<Entry>)> {
        self.0.iter().map(|(question, entry)| (Question::clone(&question), entry)).collect()
    }

    pub(crate) fn clear(&self) {
        self.0.invalidate_all();
    }
}
