use std::{path::PathBuf, time::Duration};

use crate::{app::passwords::PasswordCost, http::ui::Ui, seal::Seals};

/// How a server is started. The program fills it from its settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`; none: `promptory.db` in the data folder.
    pub database_url: Option<String>,
    pub data_dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: String,
    /// Used as the administrator's key while set; never stored.
    pub admin_key: Option<String>,
    /// What secrets in the database are sealed with.
    pub seals: Seals,
    /// Origins of browsers that may call the API from other sites; empty: none.
    pub cors_origins: Vec<String>,
    /// The address that people use, such as `https://prompts.example`; none: plain http, on this machine only.
    pub public_url: Option<String>,
    /// Of each password.
    pub password_cost: PasswordCost,
    /// The web interface.
    pub ui: Ui,
    /// To PostgreSQL at most; readers of SQLite.
    pub database_connections: u32,
    /// Of callers at once; more wait.
    pub connections: usize,
    /// Requests under way get this long when the server stops.
    pub shutdown_grace: Duration,
    /// Whether webhooks may reach private addresses, and plain http.
    pub webhooks_private: bool,
    /// Base address of a collector of traces; none: no traces are made.
    pub otel_endpoint: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: None,
            data_dir: PathBuf::from("./data"),
            listen: "127.0.0.1:8080".to_owned(),
            admin_key: None,
            seals: Seals::default(),
            cors_origins: Vec::new(),
            public_url: None,
            password_cost: PasswordCost::default(),
            ui: Ui::default(),
            database_connections: 16,
            connections: 10_000,
            shutdown_grace: Duration::from_secs(20),
            webhooks_private: false,
            otel_endpoint: None,
        }
    }
}

impl Config {
    pub(crate) fn database(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("promptory.db").display()))
    }
}
