//! A fresh database for each test: a file in a temporary folder, or a copy of a migrated PostgreSQL database.

use std::sync::atomic::{AtomicU32, Ordering};

use promptory_store::{Dialect, Settings, Store};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::raw::Raw;

const CONNECTIONS: u32 = 8;

pub(crate) struct Db {
    pub(crate) store: Store,
    url: String,
    place: Place,
    projects: AtomicU32,
}

enum Place {
    Folder(TempDir),
    Database(String),
}

impl Db {
    pub(crate) async fn sqlite() -> Self {
        let db = Self::empty_sqlite().await;
        db.store.migrate().await.expect("the schema is made");
        db
    }

    pub(crate) async fn postgres() -> Self {
        Self::copy_of(template().await).await
    }

    /// Another database of the same kind, without a schema.
    pub(crate) async fn empty_one_like_it(&self) -> Self {
        match self.store.dialect() {
            Dialect::Sqlite => Self::empty_sqlite().await,
            Dialect::Postgres => Self::empty_postgres().await,
        }
    }

    async fn empty_sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("registry.db").display());
        Self::opened(url, Place::Folder(folder)).await
    }

    pub(crate) async fn empty_postgres() -> Self {
        Self::copy_of("template1").await
    }

    async fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("promptory_store_{}_{number}", std::process::id());
        create_database(&name, template).await;
        Self::opened(url_of(&name), Place::Database(name)).await
    }

    async fn opened(url: String, place: Place) -> Self {
        let store = open(&url).await;
        Self { store, url, place, projects: AtomicU32::new(0) }
    }

    /// A second handle with connections of its own, as another process has.
    pub(crate) async fn open_again(&self) -> Store {
        open(&self.url).await
    }

    /// As [`Db::open_again`], with an addition to the address, like `mode=ro`.
    pub(crate) fn url_with(&self, parameter: &str) -> String {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{separator}{parameter}", self.url)
    }

    /// A connection past the store.
    pub(crate) async fn raw(&self) -> Raw {
        Raw::connect(&self.url).await
    }

    pub(crate) fn next_project_number(&self) -> u32 {
        self.projects.fetch_add(1, Ordering::Relaxed)
    }

    /// What a failed test leaves stays for inspection.
    pub(crate) async fn finish(self) {
        self.store.close().await;
        match self.place {
            Place::Folder(folder) => folder.close().expect("the folder is removed"),
            Place::Database(name) => {
                let mut server = Raw::connect(&server_url()).await;
                server.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
                server.close().await;
            }
        }
    }
}

/// Gives a closure the type of its argument, so that bodies need not write it.
pub(crate) async fn call(db: &Db, body: impl AsyncFnOnce(&Db)) {
    body(db).await;
}

pub(crate) fn for_all<S: Strategy>(
    cases: u32,
    strategy: &S,
    db: impl Future<Output = Db>,
    body: impl AsyncFn(&Db, S::Value),
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let db = runtime.block_on(db);
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(strategy, |value| {
        runtime.block_on(body(&db, value));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    runtime.block_on(db.finish());
}

pub(crate) async fn open(url: &str) -> Store {
    let settings = Settings { url: url.to_owned(), connections: CONNECTIONS };
    Store::open(&settings).await.expect("the database opens")
}

fn server_url() -> String {
    std::env::var("PROMPTORY_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "PROMPTORY_TEST_POSTGRES is not set: run `cargo xtask test`, or keep `cargo xtask postgres` running in \
             another terminal and export the line that it prints"
        )
    })
}

/// `postgres://user@host/database?parameters` with another database.
fn url_of(database: &str) -> String {
    let url = server_url();
    let (head, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = head.rsplit_once('/').expect("PROMPTORY_TEST_POSTGRES names a database");
    format!("{server}/{database}?{parameters}")
}

async fn create_database(name: &str, template: &str) {
    let mut server = Raw::connect(&server_url()).await;
    // One of that name is left of an ended process with our number.
    server.execute(&format!("DROP DATABASE IF EXISTS {name}")).await.expect("dropped");
    server.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("created");
    server.close().await;
}

/// Migrated once, copied for each test; nobody stays connected to it.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("promptory_store_{}_template", std::process::id());
            create_database(&name, "template1").await;
            let store = open(&url_of(&name)).await;
            store.migrate().await.expect("the schema is made");
            store.close().await;
            name
        })
        .await
}
