use std::path::PathBuf;

/// How a server is started. The program fills it from flags and `PROMPTORY_*` variables.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`; none: `promptory.db` in the data folder.
    pub database_url: Option<String>,
    pub data_dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: String,
    /// Used as the administrator's key while set; never stored.
    pub admin_key: Option<String>,
    /// Origins of browsers that may call the API from other sites; empty: none.
    pub cors_origins: Vec<String>,
}

impl Config {
    pub(crate) fn database(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("promptory.db").display()))
    }
}
