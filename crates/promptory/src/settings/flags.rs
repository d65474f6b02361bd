//! Settings as flags. A flag is called as its setting, with hyphens.

use std::path::PathBuf;

use clap::Args;

/// Where the data is: for commands that only open the database.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct DatabaseFlags {
    /// File with settings; absent: PROMPTORY_CONFIG, else ./promptory.toml if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for the SQLite database [default: ./data] [env: PROMPTORY_DATA_DIR].
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// `postgres://…`, or `sqlite://…`; absent: SQLite in the data folder [env: PROMPTORY_DATABASE_URL].
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
}

/// All settings. A flag wins over the variable, the variable over the file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Flags {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080] [env: PROMPTORY_LISTEN].
    #[arg(long)]
    listen: Option<String>,
    #[command(flatten)]
    database: DatabaseFlags,
    /// Connections to the database at most [default: 16] [env: PROMPTORY_DATABASE_CONNECTIONS].
    #[arg(long, value_name = "N")]
    database_connections: Option<String>,
    /// Key of the administrator, in place of one that is made and printed once; better set PROMPTORY_ADMIN_KEY.
    #[arg(long, value_name = "KEY")]
    admin_key: Option<String>,
    /// File that holds the administrator's key [env: PROMPTORY_ADMIN_KEY_FILE].
    #[arg(long, value_name = "FILE")]
    admin_key_file: Option<String>,
    /// Key that secrets in the database are sealed with, 32 bytes in base64; better set PROMPTORY_MASTER_KEY.
    #[arg(long, value_name = "KEY")]
    master_key: Option<String>,
    /// File that holds the master key [env: PROMPTORY_MASTER_KEY_FILE].
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<String>,
    /// The master key before, which still opens; better set PROMPTORY_OLD_MASTER_KEY.
    #[arg(long, value_name = "KEY")]
    old_master_key: Option<String>,
    /// File that holds the master key before [env: PROMPTORY_OLD_MASTER_KEY_FILE].
    #[arg(long, value_name = "FILE")]
    old_master_key_file: Option<String>,
    /// Address that people use, such as https://prompts.example [env: PROMPTORY_PUBLIC_URL].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Origins of web pages that may call the interface, with commas [env: PROMPTORY_CORS_ORIGINS].
    #[arg(long, value_name = "ORIGIN")]
    cors_origins: Option<String>,
    /// Where webhooks may go: public, or any, which includes private addresses and plain http [default: public] [env:
    /// PROMPTORY_WEBHOOK_ADDRESSES].
    #[arg(long, value_name = "ADDRESSES")]
    webhook_addresses: Option<String>,
    /// Connections of callers at most [default: 10000] [env: PROMPTORY_CONNECTIONS].
    #[arg(long, value_name = "N")]
    connections: Option<String>,
    /// Seconds for requests under way when the server stops [default: 20] [env: PROMPTORY_SHUTDOWN_GRACE_S].
    #[arg(long, value_name = "SECONDS")]
    shutdown_grace_s: Option<String>,
    /// How much is logged, such as debug or promptory_server=debug,info [default: info] [env: PROMPTORY_LOG].
    #[arg(long)]
    log_level: Option<String>,
    /// json or text [default: json] [env: PROMPTORY_LOG_FORMAT].
    #[arg(long)]
    log_format: Option<String>,
    /// Base address of an OpenTelemetry collector, for traces [env: PROMPTORY_OTEL_ENDPOINT].
    #[arg(long, value_name = "URL")]
    otel_endpoint: Option<String>,
}

impl From<DatabaseFlags> for Flags {
    fn from(database: DatabaseFlags) -> Self {
        Self { database, ..Self::default() }
    }
}

impl Flags {
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.database.config.clone()
    }

    /// For a check of one file.
    pub(crate) fn with_file(file: Option<PathBuf>) -> Self {
        Self { database: DatabaseFlags { config: file, ..DatabaseFlags::default() }, ..Self::default() }
    }

    /// Name and value of those that were typed.
    pub(super) fn given(&self) -> Vec<(&'static str, String)> {
        let DatabaseFlags { config: _, data_dir, database_url } = &self.database;
        let all = [
            ("listen", &self.listen),
            ("data-dir", data_dir),
            ("database-url", database_url),
            ("database-connections", &self.database_connections),
            ("admin-key", &self.admin_key),
            ("admin-key-file", &self.admin_key_file),
            ("master-key", &self.master_key),
            ("master-key-file", &self.master_key_file),
            ("old-master-key", &self.old_master_key),
            ("old-master-key-file", &self.old_master_key_file),
            ("public-url", &self.public_url),
            ("cors-origins", &self.cors_origins),
            ("webhook-addresses", &self.webhook_addresses),
            ("connections", &self.connections),
            ("shutdown-grace-s", &self.shutdown_grace_s),
            ("log-level", &self.log_level),
            ("log-format", &self.log_format),
            ("otel-endpoint", &self.otel_endpoint),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

/// `log-level` is `log.level`, `data-dir` is `data_dir`.
pub(super) fn key_of(flag: &str) -> String {
    let key = flag.replace('-', "_");
    for table in ["log", "otel"] {
        if let Some(rest) = key.strip_prefix(table).and_then(|rest| rest.strip_prefix('_')) {
            return format!("{table}.{rest}");
        }
    }
    key
}
