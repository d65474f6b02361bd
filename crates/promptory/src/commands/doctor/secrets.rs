//! The administrator's key, and files that hold secrets.

use std::collections::HashSet;
use std::path::Path;

use super::{Findings, Level};
use crate::settings::{KEYS, Key, Settings, Source, mode, setting};

/// The server refuses shorter ones.
const SHORTEST: usize = 16;
const LONG_ENOUGH: usize = 24;
/// A random text of that length has more different characters than this.
const FEW_CHARACTERS: usize = 9;
const WORDS: [&str; 8] =
    ["password", "passwort", "changeme", "change-me", "secret", "admin", "promptory", "12345678"];

pub(super) fn administrator(settings: &Settings, found: &mut Findings) {
    let check = "key";
    let key = match settings.admin_key() {
        Err(why) => return found.add(Level::Fail, check, why),
        Ok(None) => {
            let detail = "none is set: an empty server makes one and prints it once";
            return found.add(Level::Ok, check, detail);
        }
        Ok(Some(key)) => key,
    };
    if key.len() < SHORTEST {
        let detail =
            format!("the administrator's key has {} characters; at least {SHORTEST} are needed", key.len());
        found.add(Level::Fail, check, detail);
    } else if let Some(why) = guessable(&key) {
        let detail = format!("the administrator's key {why}; take a random one: openssl rand -hex 32");
        found.add(Level::Warn, check, detail);
    } else {
        found.add(Level::Ok, check, "the administrator's key is long and looks random");
    }
}

/// How secrets lie in the database is looked at there.
pub(super) fn master(settings: &Settings, found: &mut Findings) {
    if let Err(why) = settings.seals() {
        found.add(Level::Fail, "key", why);
    }
}

/// Where keys are set.
pub(super) fn places(settings: &Settings, found: &mut Findings) {
    for Key { key, file, what } in KEYS {
        if let (Some((_, Source::Flag(_))), Some(setting)) = (settings.get(key), setting(key)) {
            let variable = setting.variables[0];
            let detail = format!(
                "{what} is a flag, which every user of this machine can see; set {variable} or {file}"
            );
            found.add(Level::Warn, "key", detail);
        }
        if let Some(path) = settings.text(file) {
            readable(Path::new(path), &format!("holds {what}"), found);
        }
    }
}

fn guessable(key: &str) -> Option<String> {
    let lower = key.to_lowercase();
    if let Some(word) = WORDS.iter().find(|word| lower.contains(*word)) {
        return Some(format!("contains {word:?} and can be guessed"));
    }
    let different: HashSet<char> = key.chars().collect();
    if different.len() < FEW_CHARACTERS {
        return Some(format!("has only {} different characters", different.len()));
    }
    (key.len() < LONG_ENOUGH).then(|| format!("has only {} characters", key.len()))
}

/// A configuration file that holds a secret itself.
pub(super) fn file(settings: &Settings, found: &mut Findings) {
    let from_file = |key: &str| matches!(settings.get(key), Some((_, Source::File { .. })));
    let password = settings.text("database_url").is_some_and(|url| {
        from_file("database_url") && crate::settings::without_password(url).contains("hidden")
    });
    let key = KEYS.into_iter().find(|key| from_file(key.key)).map(|key| key.what);
    let Some(what) = key.or(password.then_some("the password of the database")) else { return };
    if let Some(path) = &settings.file {
        readable(path, &format!("holds {what}"), found);
    }
}

fn readable(path: &Path, holds: &str, found: &mut Findings) {
    let Some(mode) = mode(path) else { return };
    let shown = path.display();
    let mend = format!("chmod 600 {shown}");
    if mode & 0o007 != 0 {
        found.add(
            Level::Fail,
            "secrets",
            format!("{shown} {holds} and is open to everybody ({mode:o}): {mend}"),
        );
    } else if mode & 0o070 != 0 {
        found.add(
            Level::Warn,
            "secrets",
            format!("{shown} {holds} and is open to its group ({mode:o}): {mend}"),
        );
    } else {
        found.add(Level::Ok, "secrets", format!("{shown} {holds} and is its owner's alone"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_can_be_guessed() {
        for key in [
            "promptory-key-for-us-all-99",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "Xy7-q2Lw9-k4Zt8P",
            "MyPassWord-9f8e7d6c5b4a3f2e",
        ] {
            assert!(guessable(key).is_some(), "{key}");
        }
        assert_eq!(guessable("pk_69b4c1d7e8f02a3b5c6d7e8f90a1b2c3"), None);
    }
}
