//! A folder on this machine: read with care, written whole file by whole file.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use promptory_files::{PROJECT_FILE, archive::LIMITS};

use crate::failure::Failure;

/// Path within the folder, with `/`, to text.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

const KNOWN: [&str; 5] = ["md", "yaml", "prompt", "prompty", "jsonl"];

/// Files that may be prompts. Hidden ones and links are left out, and in a project everything but its prompts.
pub(crate) fn read(folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let project = folder.join(PROJECT_FILE).is_file();
    let tops = if project {
        vec![folder.join(PROJECT_FILE), folder.join("prompts")]
    } else {
        vec![folder.to_owned()]
    };
    for top in tops.into_iter().filter(|top| top.exists()) {
        walk(folder, &top, &mut files)?;
    }
    Ok(files)
}

fn walk(root: &Path, path: &Path, files: &mut Files) -> Result<(), Failure> {
    let unread =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let kind = std::fs::symlink_metadata(path).map_err(unread)?.file_type();
    if kind.is_dir() {
        for entry in std::fs::read_dir(path).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                walk(root, &entry.path(), files)?;
            }
        }
        return Ok(());
    }
    let known =
        path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| KNOWN.contains(&ending));
    if !kind.is_file() || !known {
        return Ok(());
    }
    let inner = path.strip_prefix(root).unwrap_or(path);
    let Some(name) = inner.to_str() else {
        return Err(Failure::Usage(format!("the name of {} is no UTF-8 text", path.display())));
    };
    let bytes = std::fs::read(path).map_err(unread)?;
    if bytes.len() as u64 > LIMITS.file_bytes {
        return Err(Failure::Usage(format!(
            "{} has {} bytes; a file has at most {}",
            path.display(),
            bytes.len(),
            LIMITS.file_bytes
        )));
    }
    files.insert(name.replace(std::path::MAIN_SEPARATOR, "/"), bytes);
    Ok(())
}

/// # Errors
/// The folder is no project.
pub(crate) fn project(folder: &Path) -> Result<Files, Failure> {
    if folder.join(PROJECT_FILE).is_file() {
        return read(folder);
    }
    Err(Failure::Usage(format!(
        "{} has no {PROJECT_FILE}; `promptory export {}` makes such a folder, `promptory import` takes other files",
        folder.display(),
        folder.display()
    )))
}

/// Whole or not at all: written beside and put in place. Never through a link.
pub(crate) fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), Failure> {
    let target = folder.join(path);
    let failed =
        |error: std::io::Error| Failure::Local(format!("{} cannot be written: {error}", target.display()));
    let mut at = folder.to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    for part in &parts[..parts.len() - 1] {
        at.push(part);
        match std::fs::symlink_metadata(&at) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(Failure::Local(format!("{} is in the way: it is no folder", at.display()))),
            Err(_) => std::fs::create_dir(&at).map_err(failed)?,
        }
    }
    let mut file = tempfile::NamedTempFile::new_in(&at).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// With the folders that are empty afterwards.
pub(crate) fn remove(folder: &Path, path: &str) -> Result<(), Failure> {
    let target = folder.join(path);
    std::fs::remove_file(&target)
        .map_err(|error| Failure::Local(format!("{} cannot be removed: {error}", target.display())))?;
    let mut at: PathBuf = target;
    while at.pop() && at != folder && std::fs::remove_dir(&at).is_ok() {}
    Ok(())
}

/// So that Git keeps line ends as they are: they are part of a prompt.
pub(crate) fn keep_line_ends(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(".gitattributes");
    if path.exists() { Ok(()) } else { write(folder, ".gitattributes", b"prompts/** -text\n") }
}
