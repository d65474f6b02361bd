//! Keys, which a setting holds, or a file that another setting names.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use promptory_server::seal::{MasterKey, Seals};

use super::Settings;

pub(crate) struct Key {
    pub(crate) key: &'static str,
    /// Names the file.
    pub(crate) file: &'static str,
    /// For people.
    pub(crate) what: &'static str,
}

const ADMIN: Key = Key { key: "admin_key", file: "admin_key_file", what: "the administrator's key" };
const MASTER: Key = Key { key: "master_key", file: "master_key_file", what: "the master key" };
const OLD_MASTER: Key =
    Key { key: "old_master_key", file: "old_master_key_file", what: "the old master key" };
pub(crate) const KEYS: [Key; 3] = [ADMIN, MASTER, OLD_MASTER];

/// For whom a file is open: its bits.
pub(crate) fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|metadata| metadata.mode() & 0o777)
}

impl Settings {
    /// # Errors
    /// The file that should hold it cannot be read, or holds nothing.
    fn key(&self, Key { key, file, what }: &Key) -> Result<Option<String>, String> {
        let rank = |key: &str| self.get(key).map(|(_, source)| source.rank());
        if rank(key) > rank(file) {
            return Ok(self.text(key).map(str::to_owned));
        }
        let Some(path) = self.text(file) else { return Ok(None) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{what} in {path:?} cannot be read: {error}"))?;
        match text.trim() {
            "" => Err(format!("the file {path:?}, which should hold {what}, is empty")),
            key => Ok(Some(key.to_owned())),
        }
    }

    /// # Errors
    /// See [`Settings::key`].
    pub(crate) fn admin_key(&self) -> Result<Option<String>, String> {
        self.key(&ADMIN)
    }

    /// # Errors
    /// See [`Settings::key`]; or what is there is no key.
    pub(crate) fn seals(&self) -> Result<Seals, String> {
        let parsed = |key: &Key| {
            let text = self.key(key)?;
            let parsed = text.as_deref().map(MasterKey::parse).transpose();
            parsed.map_err(|why| format!("{} ({} or {}) {why}", key.what, key.key, key.file))
        };
        Ok(Seals { present: parsed(&MASTER)?, old: parsed(&OLD_MASTER)? })
    }

    /// Files with keys that others than their owner may read: for the log.
    pub(crate) fn open_files(&self) -> impl Iterator<Item = String> {
        KEYS.iter().filter_map(|Key { file, what, .. }| {
            let path = self.text(file)?;
            let mode = mode(Path::new(path)).filter(|mode| mode & 0o077 != 0)?;
            Some(format!("{path} holds {what} and is open to others ({mode:o}): chmod 600 {path}"))
        })
    }
}
