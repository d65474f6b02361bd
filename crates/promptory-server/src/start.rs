//! Starting: open, migrate, make what an empty database needs, load, listen.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use anyhow::{Context, bail};
use axum::Router;
use promptory_core::{access::Scopes, id::ProjectId, limits};
use promptory_store::{Dialect, Lock, NewAudit, NewKey, NewProject, SecretPlace, Settings, Standing, Store};
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tracing::info;

use crate::{
    app::{
        App,
        denials::Denials,
        keys::{new_secret, prefix},
        people::People,
        pins::Pins,
        projects::INSTANCE,
        sign_in::setup_token,
        webhooks::sender::Webhooks,
    },
    clock::{Clock, instant},
    config::Config,
    http::{listen, router},
    ids::{IdGen, hex, new_epoch, unhex, uuid_v7},
    jobs,
    metrics::Metrics,
    recording::{self, Recording},
    seal::{self, Seals},
    serving::{Caller, Feed, Serving, Tokens, Uses, Who, secret_hash},
    traces::Traces,
};

/// Sorts before every generated id.
const INSTANCE_ID: &str = "00000000-0000-0000-0000-000000000000";
pub(crate) const DEFAULT_PROJECT: &str = "default";
/// An administrator's key that is shorter can be guessed.
const ADMIN_KEY_BYTES: usize = 16;

/// A server that runs.
pub struct Running {
    pub address: SocketAddr,
    pub app: Arc<App>,
    /// Made for an empty database: shown once.
    pub first_key: Option<String>,
    /// Where the first account is made, while there is none.
    pub first_account: Option<String>,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
    jobs: Vec<JoinHandle<()>>,
    recorder: JoinHandle<()>,
    _lock: Option<Lock>,
}

impl Running {
    /// Stops accepting, lets requests finish, writes what is still in memory, closes the database.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // A task that panicked has logged it already.
        let _ = self.listening.await;
        for job in self.jobs {
            let _ = job.await;
        }
        // No request is under way any more: what waits is stored, what is counted is written.
        self.app.recording.queue.close();
        let _ = self.recorder.await;
        if let Err(error) = self.app.denials.flush(&self.app.store, self.app.clock.now()).await {
            tracing::warn!(%error, "denied attempts of the last minute could not be written");
        }
        if let Err(error) = jobs::flush_uses(&self.app, self.app.clock.now()).await {
            tracing::warn!(%error, "uses of the last seconds could not be written");
        }
        self.app.store.close().await;
        if let Some(traces) = &self.app.traces {
            traces.stop().await;
        }
    }
}

/// Takes the lock of a SQLite file; nothing for PostgreSQL.
pub(crate) fn lock(config: &Config) -> anyhow::Result<Option<Lock>> {
    let url = config.database();
    let Some(file) = Store::sqlite_file(&url) else { return Ok(None) };
    let folder = file.parent().map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    private(&file)?;
    Ok(Some(Lock::take(&file)?))
}

/// The database holds prompts and the key of tokens: for the owner alone. SQLite gives its other files the same mode.
fn private(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file);
    made.map(drop).with_context(|| format!("the database {} cannot be made", file.display()))
}

pub(crate) async fn open(config: &Config) -> anyhow::Result<Store> {
    let url = config.database();
    let shown = url.split('@').next_back().unwrap_or_default();
    Store::open(&Settings { url: url.clone(), connections: config.database_connections })
        .await
        .with_context(|| format!("the database at {shown} cannot be opened"))
}

/// # Errors
/// What is wrong and what to do, for the person who starts the server.
pub async fn start(config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn IdGen>) -> anyhow::Result<Running> {
    check(config)?;
    let lock = lock(config)?;
    let store = migrated(config).await?;
    // Before a first key is made: a start that fails afterwards would take the only showing of it along.
    let listener = TcpListener::bind(&config.listen).await.with_context(|| {
        format!("{} cannot be listened on; choose another address with PROMPTORY_LISTEN", config.listen)
    })?;
    let (stop, stopped) = watch::channel(false);
    let (app, first_key) = loaded(store, clock, ids, stopped.clone(), config).await?;
    let address = listener.local_addr()?;
    let first_account = first_account(&app, address).await?;
    let jobs = jobs::start(&app, &stopped);
    let waiting = app.recording.queue.receiver().context("the queue has another reader")?;
    let controls = app.recording.controls.receiver().context("the controls have another reader")?;
    let recorder = tokio::spawn(recording::run(Arc::clone(&app), waiting, controls));
    let router = router::router(&app, &config.cors_origins, &config.ui);
    let bounds = listen::Bounds { connections: config.connections, drain: config.shutdown_grace };
    let listening = tokio::spawn(listen::listen(listener, Arc::clone(&app), router, bounds, stopped));
    info!(%address, database = app.database, node = %app.node, "ready");
    Ok(Running { address, app, first_key, first_account, stop, listening, jobs, recorder, _lock: lock })
}

/// A server that does nothing by itself: it has no port, no jobs and no lock of its SQLite file. Who simulates asks its
/// router and calls its jobs, in an order that can be repeated.
pub struct Still {
    pub app: Arc<App>,
    pub router: Router,
    _stop: watch::Sender<bool>,
}

/// On a database from [`migrated`]. Several on SQLite share one: what a dropped change leaves open, the next one of the
/// same handle ends.
///
/// # Errors
/// As for a start.
pub async fn still(
    store: Store,
    config: &Config,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
) -> anyhow::Result<Still> {
    let (stop, stopped) = watch::channel(false);
    let (app, _) = loaded(store, clock, ids, stopped, config).await?;
    let router = router::router(&app, &config.cors_origins, &config.ui);
    Ok(Still { app, router, _stop: stop })
}

/// The database, with the schema of this program.
///
/// # Errors
/// It cannot be opened, or is of a newer program.
pub async fn migrated(config: &Config) -> anyhow::Result<Store> {
    let store = open(config).await?;
    check_schema(store.oldest_binary().await?.as_deref())?;
    store.migrate().await?;
    Ok(store)
}

/// With what an empty database needs, and all that is served in memory; and the first key, where one was made.
async fn loaded(
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
    stopped: watch::Receiver<bool>,
    config: &Config,
) -> anyhow::Result<(Arc<App>, Option<String>)> {
    seal::settle(&store, &config.seals, &*ids).await?;
    let first_key = bootstrap(&store, config, &*clock, &*ids).await?;
    let app = Arc::new(build(store, clock, ids, stopped, config).await?);
    app.feed.poll(app.clock.now()).await?;
    if let Some(key) = &config.admin_key {
        add_admin_key(&app, key)?;
    }
    Ok((app, first_key))
}

fn check(config: &Config) -> anyhow::Result<()> {
    if config.admin_key.as_ref().is_some_and(|key| key.len() < ADMIN_KEY_BYTES) {
        bail!(
            "the administrator's key (PROMPTORY_ADMIN_KEY) must have at least {ADMIN_KEY_BYTES} characters"
        );
    }
    Ok(())
}

/// A schema may ask for a newer program than this one.
fn check_schema(oldest: Option<&str>) -> anyhow::Result<()> {
    let own = env!("CARGO_PKG_VERSION");
    let parts = |text: &str| text.split('.').map(|part| part.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    match oldest {
        Some(oldest) if parts(oldest) > parts(own) => {
            bail!("this database needs promptory {oldest} or newer; this is {own}")
        }
        _ => Ok(()),
    }
}

/// What another program has put in place must be for this one.
pub(crate) fn check_standing(standing: &Standing) -> anyhow::Result<()> {
    check_schema(standing.oldest_binary.as_deref())
}

/// Whichever server comes first makes what an empty database needs; all others find it there.
async fn bootstrap(
    store: &Store,
    config: &Config,
    clock: &dyn Clock,
    ids: &dyn IdGen,
) -> anyhow::Result<Option<String>> {
    let now = clock.now();
    store.shared_value("epoch", &new_epoch(ids)).await?;
    let project = |id: &str, name: &str| NewProject {
        id: id.to_owned(),
        name: name.to_owned(),
        created_at: now.micros(),
    };
    store.insert_project(&project(INSTANCE_ID, INSTANCE), false).await?;
    store.insert_project(&project(&uuid_v7(ids, now), DEFAULT_PROJECT), true).await?;
    if config.admin_key.is_some() {
        return Ok(None);
    }
    first_key(store, clock, ids).await
}

/// A database without any key gets one; under the project's lock, so that two servers do not make two.
async fn first_key(store: &Store, clock: &dyn Clock, ids: &dyn IdGen) -> anyhow::Result<Option<String>> {
    let row = store
        .read()
        .await?
        .project_by_name(DEFAULT_PROJECT)
        .await?
        .context("the default project is missing")?;
    let id = ProjectId::from(row.id);
    let mut tx = store.write(&id, clock.now()).await?;
    if tx.project().count_keys().await? > 0 {
        return Ok(None);
    }
    let secret = new_secret(ids);
    let key = NewKey {
        id: uuid_v7(ids, clock.now()),
        name: "first admin key".to_owned(),
        prefix: secret.prefix,
        hash: secret.hash,
        scopes: Scopes::ADMIN.to_string(),
        environment: None,
        instance_admin: true,
        created_by: "system".to_owned(),
        expires_at: None,
        person_id: None,
        personal: false,
    };
    tx.insert_key(&key).await?;
    let audit = NewAudit {
        actor: "system".to_owned(),
        actor_name: "system".to_owned(),
        action: "key.create".to_owned(),
        detail: json!({"id": key.id, "name": key.name, "prefix": key.prefix, "scopes": key.scopes})
            .to_string(),
        ..NewAudit::default()
    };
    tx.commit(audit).await?;
    Ok(Some(secret.key))
}

/// One for all servers of the database.
async fn token_key(store: &Store, seals: &Seals, ids: &dyn IdGen) -> anyhow::Result<[u8; 32]> {
    let mut fresh = [0_u8; 32];
    ids.bytes(&mut fresh);
    let place = SecretPlace::TOKEN_KEY;
    let fresh = seals.seal(ids, place, &hex(&fresh));
    let held = seals.open(place, &store.shared_value(place.row, fresh.as_str()).await?.into())?;
    unhex(&held).and_then(|bytes| bytes.try_into().ok()).context("the stored token key is damaged")
}

async fn build(
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
    stopping: watch::Receiver<bool>,
    config: &Config,
) -> anyhow::Result<App> {
    let token_key = token_key(&store, &config.seals, &*ids).await?;
    let serving = Arc::new(Serving::new());
    let feed = Arc::new(Feed::new(store.clone(), Arc::clone(&serving), Arc::clone(&ids)));
    let database = match store.dialect() {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgresql",
    };
    let people = People::new(config.password_cost, config.public_url.as_deref(), Arc::clone(&clock))?;
    Ok(App {
        people,
        node: uuid_v7(&*ids, clock.now()),
        tokens: Tokens::new(token_key),
        seals: config.seals.clone(),
        store,
        serving,
        feed,
        clock,
        ids,
        denials: Denials::default(),
        pins: Pins::new(),
        uses: Uses::default(),
        recording: Recording::default(),
        rollouts: jobs::Lease::new(jobs::ROLLOUTS),
        webhooks: Webhooks::new(config.webhooks_private, jobs::Lease::new(jobs::WEBHOOKS)),
        streams: Arc::new(Semaphore::new(limits::STREAMS)),
        stopping,
        metrics: Metrics::new()?,
        traces: config.otel_endpoint.as_deref().map(Traces::to).transpose()?,
        running: std::sync::Mutex::default(),
        instance: ProjectId::from(INSTANCE_ID),
        database,
        started: instant(),
        in_doubt: AtomicBool::new(false),
        last_ping: tokio::sync::Mutex::default(),
    })
}

async fn first_account(app: &App, mut address: SocketAddr) -> anyhow::Result<Option<String>> {
    if app.store.read().await?.count_instance_admins().await? > 0 {
        return Ok(None);
    }
    if address.ip().is_unspecified() {
        let loopback =
            |is_v4: bool| if is_v4 { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback(address.is_ipv4()));
    }
    let path = format!("/welcome#token={}", setup_token(app));
    Ok(Some(app.people.url(&path).unwrap_or_else(|| format!("http://{address}{path}"))))
}

/// Checked in memory while it is set, never stored.
fn add_admin_key(app: &App, key: &str) -> anyhow::Result<()> {
    let project = app.serving.project_named(DEFAULT_PROJECT).context("the default project is missing")?;
    let entry = Caller {
        serial: Caller::next_serial(),
        who: Who::Administrator,
        name: "administrator".into(),
        prefix: prefix(key).into(),
        scopes: Scopes::ADMIN,
        environment: None,
        instance_admin: true,
        expires_at: None,
        project,
        writes: Caller::write_limiter(),
    };
    app.serving.keys.change(vec![(secret_hash(key), entry)], &[]);
    Ok(())
}
