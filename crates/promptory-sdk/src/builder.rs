//! How a client is made.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};

use crate::{
    Client,
    cache::Cache,
    client::Handle,
    clock::{Clock, SystemClock},
    disk::{self, hex},
    error::Error,
    follow,
    http::Http,
    inner::{Config, Counters, Inner, lock},
    recorder::RecorderBuilder,
    reload,
};

const TTL: Duration = Duration::from_secs(300);
const TIMEOUT: Duration = Duration::from_secs(5);
const CACHE_BYTES: u64 = 64 << 20;
const SNAPSHOT_BYTES: u64 = 256 << 20;

/// Settings of a client; see [`Client::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    url: String,
    key: String,
    environment: Option<String>,
    ttl: Duration,
    timeout: Duration,
    cache_file: Option<PathBuf>,
    cache_bytes: u64,
    snapshot_bytes: u64,
    offline_ok: bool,
    local: bool,
    stream: bool,
    clock: Arc<dyn Clock>,
    recording: Option<Recording>,
}

type Recording = Box<dyn FnOnce(RecorderBuilder) -> RecorderBuilder + Send>;

impl Builder {
    pub(crate) fn new(url: String, key: String) -> Self {
        Self {
            url,
            key,
            environment: None,
            ttl: TTL,
            timeout: TIMEOUT,
            cache_file: None,
            cache_bytes: CACHE_BYTES,
            snapshot_bytes: SNAPSHOT_BYTES,
            offline_ok: false,
            local: false,
            stream: true,
            clock: Arc::new(SystemClock),
            recording: None,
        }
    }

    /// Default: the key's environment, else the production one.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// How old an answer may be before the server is asked whether it still holds; 5 minutes by default. What is older is
    /// given once more while that happens.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How long one request may take, and how long a snapshot may be silent; 5 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Keeps the last known good answers in this file, so that a program that starts while the server is gone has them.
    /// One file for each client.
    pub fn cache_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.cache_file = Some(path.into());
        self
    }

    /// Room for answers in memory; 64 MiB by default.
    pub fn cache_bytes(mut self, bytes: u64) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// The largest snapshot that is taken, unpacked; 256 MiB by default.
    pub fn snapshot_bytes(mut self, bytes: u64) -> Self {
        self.snapshot_bytes = bytes;
        self
    }

    /// `build` succeeds even if the server does not answer and nothing is known.
    pub fn offline_ok(mut self) -> Self {
        self.offline_ok = true;
        self
    }

    /// Loads everything that is live in the environment and resolves here, without asking the server each time.
    pub fn local(mut self) -> Self {
        self.local = true;
        self
    }

    /// Changes are seen when answers are older than their time to live, not at once.
    pub fn no_stream(mut self) -> Self {
        self.stream = false;
        self
    }

    /// Another clock: for tests and simulations.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Settings of the recorder: `.recording(|recorder| recorder.bodies(false))`. Address, key, environment, clock and
    /// timeout are those of the client.
    pub fn recording(
        mut self,
        settings: impl FnOnce(RecorderBuilder) -> RecorderBuilder + Send + 'static,
    ) -> Self {
        self.recording = Some(Box::new(settings));
        self
    }

    /// Asks the server once; if it does not answer, what the file has must do. Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// Settings that cannot work; a key that the server refuses; silence, where nothing is known and
    /// [`Builder::offline_ok`] was not said.
    pub async fn build(self) -> Result<Client, Error> {
        let http = Http::new(&self.url, &self.key, self.timeout)?;
        let mut recording = RecorderBuilder::new(String::new(), String::new()).clock(Arc::clone(&self.clock));
        if let Some(name) = &self.environment {
            recording = recording.environment(name);
        }
        let settings = self.recording.unwrap_or_else(|| Box::new(|recording| recording));
        let recorder = settings(recording).build_with(http.clone())?;
        let inner = Arc::new(Inner {
            config: Config {
                identity: identity(http.base(), self.environment.as_deref(), &self.key),
                environment: self.environment,
                ttl: self.ttl,
                local: self.local,
                snapshot_bytes: self.snapshot_bytes,
                cache_file: self.cache_file,
            },
            http,
            clock: self.clock,
            cache: Cache::new(self.cache_bytes),
            held: ArcSwapOption::empty(),
            denied: ArcSwapOption::empty(),
            seen: Mutex::default(),
            told: Mutex::default(),
            counters: Counters::default(),
            connected: AtomicBool::new(false),
            loading: AtomicBool::new(false),
            reload: Notify::new(),
            save: Notify::new(),
            writing: tokio::sync::Mutex::default(),
            disk_problem: Mutex::default(),
            activity: watch::Sender::default(),
        });
        let something = read_file(&inner).await;
        let asked = if self.local { inner.load().await } else { inner.whoami().await };
        match asked {
            Err(Error::Unreachable(why)) if something || self.offline_ok => {
                tracing::warn!(why, "the server does not answer; starting with what is known");
                if self.local {
                    inner.reload_soon();
                }
            }
            asked => asked?,
        }
        let stop = watch::Sender::new(false);
        if self.stream {
            tokio::spawn(follow::run(Arc::clone(&inner), stop.subscribe()));
        }
        if self.local {
            tokio::spawn(reload::run(Arc::clone(&inner), stop.subscribe()));
        }
        if let Some(path) = inner.config.cache_file.clone() {
            tokio::spawn(disk::run(Arc::clone(&inner), path, stop.subscribe()));
        }
        Ok(Client(Arc::new(Handle { inner, stop, recorder })))
    }
}

/// Whether there was something in it.
async fn read_file(inner: &Arc<Inner>) -> bool {
    let Some(path) = inner.config.cache_file.clone() else { return false };
    let reader = Arc::clone(inner);
    let read = tokio::task::spawn_blocking({
        let path = path.clone();
        move || reader.read_file(&path)
    });
    let answers = match read.await.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(answers) => answers,
        Err(why) => {
            let why = format!("{} is ignored: {why}", path.display());
            tracing::warn!(why, "there are no last known good answers");
            *lock(&inner.disk_problem) = Some(why);
            Vec::new()
        }
    };
    let something = !answers.is_empty() || inner.held.load().is_some();
    for (question, entry) in answers {
        inner.cache.put(question, entry).await;
    }
    something
}

/// A key has 256 random bits: its hash says nothing about it.
fn identity(url: &str, environment: Option<&str>, key: &str) -> String {
    let hash = Sha256::digest(key);
    format!("{url} {} key:{}", environment.unwrap_or("-"), hex(&hash[..16]))
}
