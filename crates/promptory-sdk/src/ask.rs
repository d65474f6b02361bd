//! From a question to an answer: the snapshot, the cache, the server, and what is left when that is gone.

use std::{
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use promptory_api::serving::{Active, Resolve, Resolved};
use promptory_core::resolve::Asker;
use serde_json::{Map, Value};

use crate::{
    build::{Build, active_of},
    cache::{Entry, Question},
    chance::drawn,
    clock::since,
    error::{self, Error},
    http::{Ask, Reply, Revision, prompt_path},
    inner::{Inner, NO_TTL, RETRY_PAUSE, count},
    prompt::{Answer, Prompt, Source},
    snapshot::Found,
};

/// A content of 1 MiB and what it includes, escaped as JSON, and room for more than today's servers send.
const ANSWER_BYTES: u64 = 256 << 20;

/// How often one refresh asks again because things changed meanwhile.
const ATTEMPTS: usize = 3;

/// What the server said.
struct Asked {
    /// None: what the caller has still holds.
    entry: Option<Entry>,
    /// The server did not know yet what the stream has told.
    behind: bool,
}

/// An answer before it is rendered.
pub(crate) struct Served {
    answer: Answer,
    source: Source,
    stale: bool,
    age: Duration,
}

impl Served {
    /// # Errors
    /// The variables do not fit, or the template fails.
    pub(crate) fn rendered(self, variables: Option<&Map<String, Value>>) -> Result<Prompt, Error> {
        let Self { answer, source, stale, age } = self;
        let rendered = variables.map(|variables| answer.build.render(variables)).transpose()?;
        Ok(Prompt { answer, rendered, source, stale, age })
    }
}

impl Inner {
    /// What needs no looking at any prompt.
    ///
    /// # Errors
    /// Nobody can answer this, or nobody will answer this client.
    pub(crate) fn check(self: &Arc<Self>, prompt: &str, key: Option<&str>) -> Result<(), Error> {
        error::check_key(key)?;
        if matches!(prompt, "." | "..") {
            // No name, and no address either: a URL would lead elsewhere.
            let detail = format!("There is no prompt {prompt:?} in this project.");
            return Err(error::refused(error::NOT_FOUND, detail, Vec::new()));
        }
        self.check_denied()
    }

    fn check_denied(self: &Arc<Self>) -> Result<(), Error> {
        let Some(denied) = self.denied.load_full() else { return Ok(()) };
        if since(denied.at, self.clock.now()).is_none_or(|age| age > NO_TTL) {
            // Asked again beside: a key may be extended, an environment made.
            self.deny(&denied.problem);
            let inner = Arc::clone(self);
            tokio::spawn(async move { inner.ask_whether_denied().await });
        }
        Err(Error::Refused(Arc::clone(&denied.problem)))
    }

    async fn ask_whether_denied(self: Arc<Self>) {
        if self.config.local {
            self.reload.notify_one();
        } else if self.whoami().await.is_ok() {
            self.admit();
        }
    }

    /// Whether the server knows the key.
    pub(crate) async fn whoami(self: &Arc<Self>) -> Result<(), Error> {
        let before = self.seen();
        let ask = Ask { path: "/whoami".to_owned(), most_bytes: ANSWER_BYTES, ..Ask::default() };
        match self.http.send(ask).await {
            Ok(Reply::Found { revision, .. } | Reply::NotModified { revision }) => {
                self.observe(before.as_ref(), revision);
                Ok(())
            }
            Err(error) => {
                count(&self.counters.failures);
                self.note_refusal(&error);
                Err(error)
            }
        }
    }

    /// None: the snapshot does not know.
    pub(crate) fn local(
        &self,
        prompt: &str,
        version: Option<&str>,
        key: Option<&str>,
    ) -> Option<Result<Served, Error>> {
        if !self.config.local {
            return None;
        }
        let held = self.held.load();
        let Some(held) = &*held else {
            self.reload_soon();
            return None;
        };
        let (age, stale) = self.age(held.confirmed, &held.outdated);
        if stale {
            self.reload_soon();
        }
        match held.snapshot.find(prompt, version, Asker::Unit { key, pin: None, random: &drawn }) {
            Found::Unknown => None,
            found => {
                count(if stale { &self.counters.stale } else { &self.counters.hits });
                let source = if held.from_disk { Source::Disk } else { Source::Snapshot };
                Some(match found {
                    Found::Answer(answer) => Ok(Served { answer, source, stale, age }),
                    Found::Refused(error) => Err(error),
                    Found::Unknown => return None,
                })
            }
        }
    }

    /// # Errors
    /// The server's no, or silence where nothing is known.
    pub(crate) async fn cached(self: &Arc<Self>, question: Question) -> Result<Served, Error> {
        if let Some(entry) = self.cache.get(&question).await {
            match &entry.outcome {
                Ok(_) => return self.serve(question, &entry),
                Err(problem) => {
                    let known = since(entry.confirmed, self.clock.now()).is_some_and(|age| age <= NO_TTL);
                    if known && !entry.outdated.load(Ordering::Relaxed) {
                        count(&self.counters.hits);
                        return Err(Error::Refused(Arc::clone(problem)));
                    }
                    self.cache.remove(&question).await;
                }
            }
        }
        count(&self.counters.misses);
        // Boxed, so that the usual answer does not carry room for this one along.
        let ask = Box::pin(self.ask_anew(&question));
        let asked = self.cache.get_or_ask(question.clone(), ask).await;
        match asked {
            Ok(entry) => served(&entry, Source::Server),
            Err(Error::Unreachable(why)) => self.fall_back(question).await.ok_or(Error::Unreachable(why)),
            Err(error) => Err(error),
        }
    }

    /// What is known, with a refresh beside when it is old.
    fn serve(self: &Arc<Self>, question: Question, entry: &Arc<Entry>) -> Result<Served, Error> {
        let (age, stale) = self.age(entry.confirmed, &entry.outdated);
        count(if stale { &self.counters.stale } else { &self.counters.hits });
        if stale && entry.claim(self.clock.now()) {
            let (inner, entry) = (Arc::clone(self), Arc::clone(entry));
            tokio::spawn(async move { inner.refresh(question, entry).await });
        }
        let source = if entry.from_disk { Source::Disk } else { Source::Cache };
        served(entry, source).map(|served| Served { age, stale, ..served })
    }

    /// Nothing is known for this user, and the server is gone: what was live last is better than nothing.
    async fn fall_back(self: &Arc<Self>, question: Question) -> Option<Served> {
        if question.version.is_some() || question.subject.is_none() {
            return None;
        }
        let live = Question { subject: None, ..question };
        let entry = self.cache.get(&live).await?;
        let served = self.serve(live, &entry).ok()?;
        Some(Served { stale: true, ..served })
    }

    /// Replaces what was claimed, unless there is no answer.
    pub(crate) async fn refresh(self: &Arc<Self>, question: Question, old: Arc<Entry>) {
        for _ in 0..ATTEMPTS {
            let at_least = if old.outdated.load(Ordering::Relaxed) { self.at_least() } else { None };
            let asked = self.ask(&question, old.etag.as_deref(), at_least).await;
            let Ok(Asked { entry, behind }) = asked.inspect_err(|error| {
                tracing::debug!(prompt = question.prompt, %error, "a refresh failed");
            }) else {
                let pause = i64::try_from(RETRY_PAUSE.as_micros()).unwrap_or(i64::MAX);
                old.asked_in_vain(self.clock.now().plus_micros(pause));
                return self.tick();
            };
            if behind {
                // It changed while it was asked for.
                old.outdated.store(true, Ordering::Relaxed);
                continue;
            }
            let again = || Entry::new(old.outcome.clone(), old.etag.clone(), self.clock.now());
            count(&self.counters.refreshes);
            self.cache.put(question, entry.unwrap_or_else(again)).await;
            self.save.notify_one();
            return self.tick();
        }
        old.asked_in_vain(self.clock.now());
    }

    async fn ask_anew(self: &Arc<Self>, question: &Question) -> Result<Entry, Error> {
        let Asked { entry, behind } = self.ask(question, None, None).await?;
        let entry =
            entry.ok_or_else(|| Error::Unreachable("304 to who has nothing: is it Promptory?".to_owned()))?;
        entry.outdated.store(behind, Ordering::Relaxed);
        self.keep_live(question, &entry).await;
        self.save.notify_one();
        Ok(entry)
    }

    /// What one user got because it is live is what others fall back on.
    async fn keep_live(&self, question: &Question, entry: &Entry) {
        let Ok(answer) = &entry.outcome else { return };
        let live = Question { subject: None, ..question.clone() };
        if question.subject.is_none() || question.version.is_some() || answer.reason != "live" {
            return;
        }
        if self.cache.get(&live).await.is_none() {
            let answer = Answer { resolution: None, ..answer.clone() };
            self.cache.put(live, Entry::new(Ok(answer), None, entry.confirmed)).await;
        }
    }

    async fn ask(
        self: &Arc<Self>,
        question: &Question,
        etag: Option<&str>,
        at_least: Option<Revision>,
    ) -> Result<Asked, Error> {
        let before = self.seen();
        let ask = self.request(question);
        let asked = self.http.send(Ask { etag, at_least, ..ask }).await;
        let now = self.clock.now();
        let asked = match asked {
            Ok(Reply::NotModified { revision }) => {
                let behind = self.behind(revision.as_ref());
                self.observe(before.as_ref(), revision);
                Ok(Asked { entry: None, behind })
            }
            Ok(Reply::Found { body, etag, revision }) => {
                let behind = self.behind(revision.as_ref());
                self.observe(before.as_ref(), revision);
                let entry = parse(question, &body).map(|answer| Entry::new(Ok(answer), etag, now));
                entry.map(|entry| Asked { entry: Some(entry), behind }).map_err(|error| {
                    Error::Unreachable(format!("the answer is not one of Promptory: {error}"))
                })
            }
            Err(Error::Refused(problem)) if problem.status != 401 => {
                Ok(Asked { entry: Some(Entry::new(Err(problem), None, now)), behind: false })
            }
            Err(error) => {
                self.note_refusal(&error);
                Err(error)
            }
        };
        asked.inspect_err(|_| count(&self.counters.failures))
    }

    /// Whether the stream has told of something newer.
    fn behind(&self, revision: Option<&Revision>) -> bool {
        let told = self.at_least();
        let (Some(told), Some(now)) = (told, revision) else { return false };
        told.epoch == now.epoch && told.number > now.number
    }

    fn request(&self, question: &Question) -> Ask<'_> {
        let environment = self.config.environment.as_deref();
        if question.version.is_none() && question.subject.is_none() {
            let path = prompt_path(&question.prompt, "active");
            return Ask { path, environment, most_bytes: ANSWER_BYTES, ..Ask::default() };
        }
        let mut body = match &question.subject {
            Some(subject) => serde_json::from_str(subject).unwrap_or_default(),
            None => Resolve::default(),
        };
        body.environment = environment.map(str::to_owned);
        body.version = question.version.as_deref().map(str::to_owned);
        Ask {
            path: prompt_path(&question.prompt, "resolve"),
            // Writing plain values to memory cannot fail.
            body: Some(serde_json::to_string(&body).unwrap_or_default()),
            most_bytes: ANSWER_BYTES,
            ..Ask::default()
        }
    }
}

fn served(entry: &Entry, source: Source) -> Result<Served, Error> {
    match &entry.outcome {
        Ok(answer) => Ok(Served { answer: answer.clone(), source, stale: false, age: Duration::ZERO }),
        Err(problem) => Err(Error::Refused(Arc::clone(problem))),
    }
}

fn parse(question: &Question, body: &[u8]) -> Result<Answer, serde_json::Error> {
    if question.version.is_none() && question.subject.is_none() {
        let active: Active = serde_json::from_slice(body)?;
        return live(active);
    }
    let resolved: Resolved = serde_json::from_slice(body)?;
    answer(resolved)
}

/// From what `active` answers.
pub(crate) fn live(active: Active) -> Result<Answer, serde_json::Error> {
    Ok(Answer {
        reason: Cow::Borrowed("live"),
        deployment_id: None,
        resolution: None,
        renamed_to: active.renamed_to.as_deref().map(Arc::from),
        build: Arc::new(Build::new(active)?),
    })
}

fn answer(resolved: Resolved) -> Result<Answer, serde_json::Error> {
    let reason = match resolved.reason.as_str() {
        "live" => Cow::Borrowed("live"),
        "pinned" => Cow::Borrowed("pinned"),
        "rollout" => Cow::Borrowed("rollout"),
        _ => Cow::Owned(resolved.reason.clone()),
    };
    Ok(Answer {
        reason,
        deployment_id: resolved.deployment_id.as_deref().map(Arc::from),
        resolution: Some(Arc::from(resolved.resolution.as_str())),
        renamed_to: resolved.renamed_to.as_deref().map(Arc::from),
        build: Arc::new(Build::new(active_of(resolved))?),
    })
}
