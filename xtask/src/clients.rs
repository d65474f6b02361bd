//! Packages of other registries that the tests run against a server: the clients of Langfuse. Installed into the target
//! folder, from the versions that `xtask/clients` pins, and again when those change.

use crate::{console, workspace};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON_HELP: &str =
    "needs python3 (3.10 or newer) with venv; on Debian: apt-get install -y python3-venv";
const NODE_HELP: &str = "needs node (20 or newer) and npm; on Debian: apt-get install -y nodejs npm";

pub(crate) struct Clients {
    /// The interpreter that finds the Python client.
    pub(crate) python: PathBuf,
    /// The folder with `node_modules`.
    pub(crate) node: PathBuf,
}

pub(crate) fn install(root: &Path) -> Result<Clients> {
    let tools = workspace::target_dir(root)?.join("tools");
    let pinned = root.join("xtask/clients");
    let python = tools.join("clients-python");
    once(&python, &[pinned.join("requirements.txt")], || {
        run(Command::new("python3").args(["-m", "venv"]).arg(&python)).context(PYTHON_HELP)?;
        let requirements = pinned.join("requirements.txt");
        run(Command::new(python.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"])
            .arg(requirements))
    })?;
    let node = tools.join("clients-node");
    let files = [pinned.join("package.json"), pinned.join("package-lock.json")];
    once(&node, &files, || {
        for file in &files {
            std::fs::copy(file, node.join(file.file_name().context("a file")?))?;
        }
        run(Command::new("npm")
            .args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&node))
        .context(NODE_HELP)
    })?;
    Ok(Clients { python: python.join("bin/python"), node })
}

/// Into an empty folder, unless it was done before from the same files.
fn once(folder: &Path, from: &[PathBuf], install: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut wanted = String::new();
    for file in from {
        wanted += &std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    }
    let done = folder.join("installed-from");
    if std::fs::read_to_string(&done).is_ok_and(|held| held == wanted) {
        return Ok(());
    }
    console::say(&format!("installing what {} pins", from[0].display()));
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    install()?;
    std::fs::write(done, wanted)?;
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} failed with {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installed_once_for_each_content_and_again_after_a_failure() {
        let place = std::env::temp_dir().join(format!("promptory-clients-{}", std::process::id()));
        let (folder, lock) = (place.join("tools"), place.join("lock"));
        std::fs::create_dir_all(&place).unwrap();
        let times = std::cell::Cell::new(0);
        let install = |works: bool| {
            once(&folder, std::slice::from_ref(&lock), || {
                times.set(times.get() + 1);
                ensure!(std::fs::read_dir(&folder)?.next().is_none(), "what was there before is gone");
                std::fs::write(folder.join("package"), "")?;
                ensure!(works, "no network");
                Ok(())
            })
        };
        std::fs::write(&lock, "one").unwrap();
        assert!(install(false).is_err());
        install(true).unwrap();
        install(true).unwrap();
        assert_eq!(times.get(), 2);
        std::fs::write(&lock, "two").unwrap();
        install(true).unwrap();
        assert_eq!(times.get(), 3);
        std::fs::remove_dir_all(place).unwrap();
    }
}
