//! A database for each test: a folder for SQLite, or a copy of a migrated PostgreSQL database.

use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use promptory_server::{Config, Running, app::passwords::PasswordCost, http::ui::Ui};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{
    instance,
    raw::{self, Raw},
};

pub(crate) const ADMIN_KEY: &str = "administrator-of-the-tests";

pub(crate) struct Db {
    folder: TempDir,
    /// None: SQLite in the folder.
    database: Option<String>,
    /// Stopped when the test ends.
    servers: Mutex<Vec<Running>>,
}

impl Db {
    pub(crate) fn sqlite() -> Self {
        Self::in_a_folder(None)
    }

    pub(crate) async fn postgres() -> Self {
        Self::copy_of(template().await).await
    }

    /// Without a schema.
    pub(crate) async fn empty_postgres() -> Self {
        Self::copy_of("template1").await
    }

    /// A file that is there and has nothing in it.
    pub(crate) fn empty_sqlite() -> Self {
        let db = Self::sqlite();
        std::fs::write(db.folder().join("promptory.db"), "").expect("made");
        db
    }

    async fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("promptory_server_{}_{number}", std::process::id());
        raw::create_database(&server_url(), &name, template).await;
        Self::in_a_folder(Some(name))
    }

    fn in_a_folder(database: Option<String>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self { folder, database, servers: Mutex::default() }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// The name of the PostgreSQL database.
    pub(crate) fn name(&self) -> &str {
        self.database.as_deref().expect("a PostgreSQL database")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            database_url: self.database.as_deref().map(url_of),
            data_dir: self.folder.path().to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            admin_key: Some(ADMIN_KEY.to_owned()),
            cors_origins: Vec::new(),
            // A folder that somebody built is not part of a test.
            ui: Ui::None,
            // What real passwords cost, the tests would wait for.
            password_cost: PasswordCost { memory_kib: 8, passes: 1 },
            ..Config::default()
        }
    }

    fn url(&self) -> String {
        match &self.database {
            Some(name) => url_of(name),
            None => format!("sqlite://{}", self.folder.path().join("promptory.db").display()),
        }
    }

    /// A connection past the server.
    pub(crate) async fn raw(&self) -> Raw {
        Raw::connect(&self.url()).await
    }

    /// Schema and rows as text.
    pub(crate) async fn dump(&self) -> String {
        match &self.database {
            Some(name) => instance::dump(&url_of(name)).await,
            None => self.raw().await.dump().await,
        }
    }

    pub(crate) fn keep(&self, running: Running) {
        self.servers.lock().expect("no test panicked here").push(running);
    }

    /// Ends the servers that were started last, for tests of what another one finds.
    pub(crate) async fn stop_servers(&self) {
        let servers = std::mem::take(&mut *self.servers.lock().expect("no test panicked here"));
        for server in servers {
            server.stop().await;
        }
    }

    /// What a failed test leaves stays for inspection.
    pub(crate) async fn finish(self) {
        self.stop_servers().await;
        if let Some(name) = &self.database {
            raw::drop_database(&server_url(), name).await;
        }
        self.folder.close().expect("the folder is removed");
    }
}

/// Gives a closure the type of its argument, so that bodies need not write it.
pub(crate) async fn call(db: &Db, body: impl AsyncFnOnce(&Db)) {
    body(db).await;
}

pub(crate) fn server_url() -> String {
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

/// Migrated once, copied for each test; nobody stays connected to it.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("promptory_server_{}_template", std::process::id());
            raw::create_database(&server_url(), &name, "template1").await;
            let db = Db::in_a_folder(Some(name.clone()));
            promptory_server::migrate::up(&db.config()).await.expect("the schema is made");
            name
        })
        .await
}
