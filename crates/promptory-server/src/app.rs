//! Use cases: load, let core decide, write, commit with the audit entry.

pub mod analytics;
pub mod approvals;
mod attempts;
pub mod audit;
mod authority;
mod builds;
pub mod comments;
pub mod compare;
mod conversation;
pub mod copies;
pub mod denials;
pub mod dependents;
pub mod deployments;
pub mod emergencies;
pub mod environments;
pub mod executions;
pub mod explain;
pub mod export;
pub mod facets;
pub mod freezes;
pub mod history;
pub mod idempotent;
pub mod import;
pub mod keys;
pub mod labels;
pub mod langfuse;
pub mod langfuse_list;
pub mod lists;
pub mod passwords;
pub mod people;
pub mod pins;
mod policies;
pub mod prices;
pub mod projects;
pub mod prompts;
pub mod references;
pub mod releases;
pub mod removal;
pub mod render;
pub mod rollbacks;
pub mod samples;
pub mod serve;
pub mod servers;
pub mod sessions;
pub mod sign_in;
pub mod snapshot;
pub mod stream;
pub mod users;
pub mod uses;
pub mod verify;
pub mod versions;
mod versions_change;
pub mod versions_derive;
mod versions_number;
pub mod webhooks;
pub(crate) mod wire;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::KeyValue;
use promptory_core::{cost::PriceBook, id::ProjectId, time::Timestamp};
use promptory_store::{NewAudit, Store, WriteTx};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::{
    clock::Clock,
    ids::{IdGen, hex, uuid_v7},
    jobs::Lease,
    metrics::Metrics,
    recording::Recording,
    refusal::{Code, Refusal},
    seal::Seals,
    serving::{Caller, Feed, ProjectServing, Serving, Tokens, Uses},
    traces::Traces,
};
use denials::Denials;
use idempotent::{Idempotency, Running};
use people::People;
use pins::Pins;
use webhooks::sender::Webhooks;

pub type Outcome<T> = Result<T, Refusal>;

/// How long the answer to a write waits for this server's own snapshot.
const OWN_SNAPSHOT_WAIT: Duration = Duration::from_secs(5);
/// Random bytes, twice as long as text.
const DOUBT_BYTES: usize = 256 * 1024;
const MIN_REVISION_WAIT: Duration = Duration::from_secs(1);

/// Everything that a request needs, shared by all of them.
pub struct App {
    pub store: Store,
    pub serving: Arc<Serving>,
    pub feed: Arc<Feed>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdGen>,
    pub tokens: Tokens,
    /// Opens and seals what other servers of this database must know.
    pub seals: Seals,
    pub denials: Denials,
    pub people: People,
    pub pins: Pins,
    pub uses: Uses,
    pub recording: Recording,
    /// Whether this server moves rollouts on.
    pub rollouts: Lease,
    pub webhooks: Webhooks,
    /// Open streams may not outnumber their limit, and end first when the server stops.
    pub streams: Arc<Semaphore>,
    pub stopping: watch::Receiver<bool>,
    pub metrics: Metrics,
    /// None: nobody collects them.
    pub traces: Option<Traces>,
    /// Requests with an `Idempotency-Key` that run on this server now.
    pub running: Mutex<HashSet<String>>,
    /// Names this run of this server.
    pub node: String,
    /// The project of things that concern the whole instance.
    pub instance: ProjectId,
    pub database: &'static str,
    pub started: std::time::Instant,
    /// A request failed for want of the database since it was last written to at some length.
    pub in_doubt: AtomicBool,
    /// Whether the database could be written to when it was last tried.
    pub last_ping: tokio::sync::Mutex<Option<(std::time::Instant, bool)>>,
}

impl App {
    /// Whether the database takes what is written to it. After a request that failed, that is as much as a large change
    /// has: a full disk may still have room for a little.
    pub async fn takes_writes(&self) -> bool {
        let doubt = self.in_doubt.load(Ordering::Relaxed);
        let mut bytes = vec![0; if doubt { DOUBT_BYTES } else { 8 }];
        // What is all alike would be compressed.
        self.ids.bytes(&mut bytes);
        let works = self.store.probe(&hex(&bytes)).await.is_ok();
        if works {
            self.in_doubt.store(false, Ordering::Relaxed);
        }
        works
    }
}

impl App {
    /// Waits until this server serves a committed revision of a project.
    pub async fn settle(&self, project: &ProjectServing, revision: i64) {
        self.feed.wake_at(&project.id, revision);
        // A feed that cannot read right now catches up later; the change is durable all the same.
        let _ = tokio::time::timeout(OWN_SNAPSHOT_WAIT, project.reached(revision)).await;
    }
}

/// Who asks, for which project, when. Made by the permission extractors only.
#[derive(Clone)]
pub struct Ctx {
    pub app: Arc<App>,
    pub caller: Arc<Caller>,
    /// The key's project, or the one that an instance administrator chose.
    pub project: Arc<ProjectServing>,
    pub now: Timestamp,
    pub request_id: String,
    pub address: Option<String>,
    pub idempotency: Option<Idempotency>,
    /// Held until the answer is sent.
    pub running: Option<Arc<Running>>,
}

impl Ctx {
    /// Who asks, for people to read: the person, also where a key of theirs asks.
    pub async fn who(&self, tx: &mut WriteTx) -> Outcome<String> {
        // A session carries the name already.
        let person = match (self.caller.key_id(), self.caller.person()) {
            (Some(_), Some(id)) => tx.find_person(id).await?,
            _ => None,
        };
        Ok(person.map_or_else(|| self.caller.name.to_string(), |person| person.name))
    }

    pub fn new_id(&self) -> String {
        uuid_v7(&*self.app.ids, self.now)
    }

    /// What calls of models cost, by what is in memory now. Take it once for many calls.
    pub fn prices(&self) -> PriceBook {
        self.app.serving.prices(&self.project, &self.app.instance)
    }

    /// Begins a change of this project.
    ///
    /// # Errors
    /// Busy or unavailable.
    pub async fn write(&self) -> Outcome<WriteTx> {
        let begin = self.app.store.write(&self.project.id, self.now);
        Ok(match &self.app.traces {
            Some(traces) => traces.part("store.lock", Vec::new(), begin).await?,
            None => begin.await?,
        })
    }

    pub fn audit(&self, action: &str, detail: &Value) -> NewAudit {
        NewAudit {
            actor: self.caller.actor(),
            actor_name: self.caller.name.to_string(),
            action: action.to_owned(),
            address: self.address.clone(),
            request_id: Some(self.request_id.clone()),
            detail: detail.to_string(),
            ..NewAudit::default()
        }
    }

    /// The environment of a read: the given one, else the key's, else the production one.
    ///
    /// # Errors
    /// The key is bound to another environment.
    pub fn environment(&self, given: Option<&str>) -> Outcome<String> {
        match (given, self.caller.environment.as_deref()) {
            (Some(given), Some(own)) if given != own => Err(Refusal::new(
                Code::WrongEnvironment,
                format!("This key is bound to the environment {own:?} and may not use {given:?}."),
            )),
            (Some(name), _) | (None, Some(name)) => Ok(name.to_owned()),
            (None, None) => match self.project.snapshot().production() {
                Some(environment) => Ok(environment.name.clone()),
                None => Err(Refusal::new(Code::NotFound, "This project has no production environment.")),
            },
        }
    }

    /// For what concerns all environments.
    ///
    /// # Errors
    /// The key is bound to one.
    pub fn unbound(&self) -> Outcome<()> {
        match self.caller.environment.as_deref() {
            None => Ok(()),
            Some(own) => Err(Refusal::new(
                Code::WrongEnvironment,
                format!("This concerns all environments, and the key is bound to {own:?}."),
            )),
        }
    }

    /// The environment of a change: the given one or the key's, never a guess.
    ///
    /// # Errors
    /// None given, the key is bound to another one, or there is no such environment.
    pub fn environment_to_change(&self, given: Option<&str>, pointer: &str) -> Outcome<String> {
        if given.is_none() && self.caller.environment.is_none() {
            return Err(Refusal::invalid(pointer, "Name the environment; this key is not bound to one."));
        }
        let name = self.environment(given)?;
        if self.project.snapshot().environment(&name).is_none() {
            return Err(Refusal::no_environment(&name));
        }
        Ok(name)
    }

    /// Ends a change and waits until this server serves it, so that its caller reads what it wrote.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn commit(&self, tx: WriteTx, audit: NewAudit) -> Outcome<i64> {
        let committed = match &self.app.traces {
            Some(traces) => traces.part("store.commit", named(&audit), tx.commit(audit)).await?,
            None => tx.commit(audit).await?,
        };
        self.app.metrics.emergencies(committed.emergencies);
        self.settle(committed.revision).await;
        Ok(committed.revision)
    }

    /// Waits until this server serves a committed revision.
    pub async fn settle(&self, revision: i64) {
        self.app.settle(&self.project, revision).await;
    }

    /// # Errors
    /// This server has not seen the revision within a second, or it is of another database.
    pub async fn reach(&self, wanted: &str) -> Outcome<()> {
        let malformed = || Refusal::new(Code::Malformed, "Promptory-Min-Revision is <epoch>:<number>.");
        let (epoch, revision) = wanted.split_once(':').ok_or_else(malformed)?;
        let revision: i64 = revision.parse().map_err(|_| malformed())?;
        if *self.project.snapshot().epoch != *epoch {
            // The database was restored since: what the caller waits for may never come.
            return Err(Refusal::new(
                Code::Behind,
                "The revision is of another epoch: the database was restored. Read without Promptory-Min-Revision.",
            ));
        }
        self.app.feed.wake();
        tokio::time::timeout(MIN_REVISION_WAIT, self.project.reached(revision)).await.map_err(|_| {
            Refusal::new(
                Code::Behind,
                format!("This server has not seen revision {revision} yet; try again."),
            )
        })
    }
}

/// What a change is about, for its span: never its detail.
fn named(audit: &NewAudit) -> Vec<KeyValue> {
    let some =
        |name: &'static str, value: &Option<String>| value.clone().map(|value| KeyValue::new(name, value));
    let action = Some(KeyValue::new("promptory.action", audit.action.clone()));
    let about = [some("promptory.prompt", &audit.prompt), some("promptory.environment", &audit.environment)];
    [action].into_iter().chain(about).flatten().collect()
}
