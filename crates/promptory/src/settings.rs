//! Settings: what there is, and where each value comes from. The built-in file has the defaults; a file, variables and
//! flags lie over it, in this order.

mod check;
mod file;
mod flags;
mod secrets;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use promptory_server::Config;

pub(crate) use flags::{DatabaseFlags, Flags};
pub(crate) use secrets::{KEYS, Key, mode};

use crate::failure::Failure;

/// The documentation of all settings, with their defaults.
pub(crate) const DEFAULT_FILE: &str = include_str!("../config/promptory.toml");
/// Read when it is there.
const USUAL_FILE: &str = "promptory.toml";
const FILE_VARIABLE: &str = "PROMPTORY_CONFIG";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Neither printed nor logged.
    Secret,
    /// An address that may hold a password.
    Address,
    Number {
        least: i64,
        most: i64,
    },
    List,
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// With the table that it stands in: `log.level`.
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    /// The first that is set counts.
    pub(crate) variables: &'static [&'static str],
}

macro_rules! settings {
    ($($key:literal $kind:expr, $($variable:literal)+;)*) => {
        pub(crate) const SETTINGS: &[Setting] =
            &[$(Setting { key: $key, kind: $kind, variables: &[$($variable),+] }),*];
    };
}

settings! {
    "listen" Kind::Text, "PROMPTORY_LISTEN";
    "data_dir" Kind::Text, "PROMPTORY_DATA_DIR";
    "database_url" Kind::Address, "PROMPTORY_DATABASE_URL";
    "database_connections" Kind::Number { least: 1, most: 1_000 }, "PROMPTORY_DATABASE_CONNECTIONS";
    "admin_key" Kind::Secret, "PROMPTORY_ADMIN_KEY";
    "admin_key_file" Kind::Text, "PROMPTORY_ADMIN_KEY_FILE";
    "master_key" Kind::Secret, "PROMPTORY_MASTER_KEY";
    "master_key_file" Kind::Text, "PROMPTORY_MASTER_KEY_FILE";
    "old_master_key" Kind::Secret, "PROMPTORY_OLD_MASTER_KEY";
    "old_master_key_file" Kind::Text, "PROMPTORY_OLD_MASTER_KEY_FILE";
    "public_url" Kind::Text, "PROMPTORY_PUBLIC_URL";
    "cors_origins" Kind::List, "PROMPTORY_CORS_ORIGINS";
    "webhook_addresses" Kind::Text, "PROMPTORY_WEBHOOK_ADDRESSES";
    "connections" Kind::Number { least: 1, most: 1_000_000 }, "PROMPTORY_CONNECTIONS";
    "shutdown_grace_s" Kind::Number { least: 0, most: 3_600 }, "PROMPTORY_SHUTDOWN_GRACE_S";
    "log.level" Kind::Text, "PROMPTORY_LOG";
    "log.format" Kind::Text, "PROMPTORY_LOG_FORMAT";
    "otel.endpoint" Kind::Address, "PROMPTORY_OTEL_ENDPOINT" "OTEL_EXPORTER_OTLP_ENDPOINT";
}

pub(crate) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    List(Vec<String>),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Default,
    File { path: String, line: usize },
    Variable(&'static str),
    Flag(String),
}

impl Source {
    /// The higher one wins.
    fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Variable(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File { path, line } => write!(f, "{path}, line {line}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

type Values = BTreeMap<&'static str, (Value, Source)>;

/// The values in force.
#[derive(Debug)]
pub(crate) struct Settings {
    values: Values,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

impl Settings {
    /// From the built-in file, the given or usual one, the variables of this process, and flags.
    ///
    /// # Errors
    /// Everything that is wrong, with its place.
    pub(crate) fn load(flags: &Flags) -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        Self::layered(flags, &variable).map_err(|problems| Failure::Usage(problems.join("\n       ")))
    }

    /// # Errors
    /// See [`Settings::load`].
    pub(crate) fn layered(
        flags: &Flags,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut values = file::read(DEFAULT_FILE, "the built-in file", &mut problems);
        values.values_mut().for_each(|(_, source)| *source = Source::Default);
        let file = chosen_file(flags.file().or_else(|| variable(FILE_VARIABLE).map(PathBuf::from)));
        if let Some(path) = &file {
            values.extend(read_file(path, &mut problems));
        }
        for setting in SETTINGS {
            let set = setting.variables.iter().find_map(|name| Some((*name, variable(name)?)));
            if let Some((name, text)) = set {
                put(&mut values, setting, &text, Source::Variable(name), &mut problems);
            }
        }
        for (flag, text) in flags.given() {
            let key = flags::key_of(flag);
            if let Some(setting) = setting(&key) {
                put(&mut values, setting, &text, Source::Flag(flag.to_owned()), &mut problems);
            }
        }
        let settings = Self { values, file };
        settings.check(&mut problems);
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&(Value, Source)> {
        self.values.get(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some((Value::Text(text), _)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, key: &str) -> u32 {
        match self.get(key) {
            Some((Value::Number(number), _)) => u32::try_from(*number).unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    pub(crate) fn list(&self, key: &str) -> &[String] {
        match self.get(key) {
            Some((Value::List(items), _)) => items,
            _ => &[],
        }
    }

    pub(crate) fn data_dir(&self) -> &Path {
        Path::new(self.text("data_dir").unwrap_or_default())
    }

    /// What the server is started with.
    ///
    /// # Errors
    /// A file that should hold a key cannot be read, or what it holds is none.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let admin_key = self.admin_key().map_err(Failure::Usage)?;
        let seals = self.seals().map_err(Failure::Usage)?;
        Ok(Config {
            database_url: self.text("database_url").map(str::to_owned),
            data_dir: self.data_dir().to_owned(),
            listen: self.text("listen").unwrap_or_default().to_owned(),
            admin_key,
            seals,
            public_url: self.text("public_url").map(str::to_owned),
            cors_origins: self.list("cors_origins").to_vec(),
            database_connections: self.number("database_connections"),
            connections: self.number("connections") as usize,
            shutdown_grace: Duration::from_secs(self.number("shutdown_grace_s").into()),
            webhooks_private: self.text("webhook_addresses") == Some("any"),
            otel_endpoint: self.text("otel.endpoint").map(str::to_owned),
            ..Config::default()
        })
    }

    /// As it may be shown: key, value, source.
    pub(crate) fn shown(&self) -> Vec<(&'static str, serde_json::Value, String)> {
        let row = |setting: &'static Setting| match self.get(setting.key) {
            None => (setting.key, serde_json::Value::Null, Source::Default.to_string()),
            Some((value, source)) => (setting.key, shown(setting.kind, value), source.to_string()),
        };
        SETTINGS.iter().map(row).collect()
    }
}

/// A secret is named but not shown; of an address only its password is hidden.
fn shown(kind: Kind, value: &Value) -> serde_json::Value {
    match (kind, value) {
        (Kind::Secret, _) => "(hidden)".into(),
        (Kind::Address, Value::Text(text)) => without_password(text).into(),
        (_, Value::Text(text)) => text.as_str().into(),
        (_, Value::Number(number)) => (*number).into(),
        (_, Value::List(items)) => items.clone().into(),
    }
}

/// What cannot be read as an address is not shown at all: a password may stand anywhere in it.
pub(crate) fn without_password(address: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(address) else { return "(hidden)".to_owned() };
    let hidden = |name: &str| name.contains("password") || name == "options";
    if url.query_pairs().any(|(name, _)| hidden(&name)) {
        let kept: Vec<(String, String)> =
            url.query_pairs().filter(|(name, _)| !hidden(name)).map(|(n, v)| (n.into(), v.into())).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair("password", "hidden");
    }
    if url.password().is_some() && url.set_password(Some("hidden")).is_err() {
        return "(hidden)".to_owned();
    }
    url.to_string()
}

/// One that is named must be there; the usual one may be.
fn chosen_file(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| Some(PathBuf::from(USUAL_FILE)).filter(|path| path.exists()))
}

fn read_file(path: &Path, problems: &mut Vec<String>) -> Values {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => file::read(&text, &name, problems),
        Err(error) => {
            problems.push(format!("{name}: cannot be read: {error}"));
            Values::new()
        }
    }
}

fn put(values: &mut Values, setting: &Setting, text: &str, source: Source, problems: &mut Vec<String>) {
    let value = match setting.kind {
        Kind::Text | Kind::Secret | Kind::Address => Ok(Value::Text(text.to_owned())),
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::List(items.map(str::to_owned).collect()))
        }
        Kind::Number { .. } => text
            .trim()
            .parse()
            .map(Value::Number)
            .map_err(|_| format!("{source}: {text:?} is no whole number")),
    };
    match value.and_then(|value| file::in_bounds(setting, value).map_err(|why| format!("{source}: {why}"))) {
        Ok(value) => {
            values.insert(setting.key, (value, source));
        }
        Err(problem) => problems.push(problem),
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
