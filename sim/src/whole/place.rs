//! The database that the servers share: a file of SQLite that is in memory where the system has such a folder, or a
//! database of PostgreSQL that is made for this and dropped afterwards.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};
use promptory_server::{Config, app::passwords::PasswordCost, http::ui::Ui};
use tempfile::TempDir;

pub const ADMIN_KEY: &str = "administrator-of-the-simulation";
const MEMORY: &str = "/dev/shm";
/// Of each server.
const CONNECTIONS: u32 = 3;

pub struct Place {
    folder: TempDir,
    postgres: Option<Made>,
}

struct Made {
    server: String,
    name: String,
}

impl Place {
    /// `postgres`: the address of a server on which databases may be made.
    pub fn make(postgres: Option<&str>) -> Result<Self> {
        let folder =
            if Path::new(MEMORY).is_dir() { tempfile::tempdir_in(MEMORY) } else { tempfile::tempdir() };
        let folder = folder.context("a folder for the database")?;
        let postgres = postgres.map(Made::make).transpose()?;
        Ok(Self { folder, postgres })
    }

    pub fn name(&self) -> &'static str {
        if self.is_postgres() { "PostgreSQL" } else { "SQLite" }
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    pub fn config(&self) -> Config {
        Config {
            database_url: self.postgres.as_ref().map(Made::url),
            data_dir: self.folder.path().to_owned(),
            admin_key: Some(ADMIN_KEY.to_owned()),
            // People sign in from anywhere.
            public_url: Some("https://promptory.test".to_owned()),
            // What real passwords cost, a simulation would wait for.
            password_cost: PasswordCost { memory_kib: 8, passes: 1 },
            ui: Ui::None,
            database_connections: CONNECTIONS,
            ..Config::default()
        }
    }
}

impl Made {
    fn make(server: &str) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let made = Self {
            server: server.to_owned(),
            name: format!("promptory_sim_{}_{number}", std::process::id()),
        };
        made.tell(&format!("CREATE DATABASE {}", made.name))?;
        Ok(made)
    }

    fn tell(&self, sql: &str) -> Result<()> {
        let done = Command::new("psql").args([self.server.as_str(), "-qc", sql]).status();
        ensure!(done.context("psql does not run")?.success(), "{sql}");
        Ok(())
    }

    /// `postgres://user@host/database?parameters` with another database.
    fn url(&self) -> String {
        let (head, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let server = head.rsplit_once('/').map_or(head, |(server, _)| server);
        format!("{server}/{}?{parameters}", self.name)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // Of a simulation that failed it is not wanted either: the seed makes it again.
        let _ = self.tell(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
