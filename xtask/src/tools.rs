//! Programs that the tests need and Rust does not bring: PostgreSQL, promtool and a browser.

use crate::{console, workspace};
use anyhow::{Context, Result, bail, ensure};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const POSTGRES_LINE: &str = "apt-get update && apt-get install -y --no-install-recommends postgresql";
const PROMTOOL_LINE: &str = "apt-get update && apt-get install -y --no-install-recommends prometheus";
const CHROMIUM_LINE: &str = "apt-get update && apt-get install -y --no-install-recommends chromium";
/// As distributions call it.
const CHROMIUM_PROGRAMS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const POSTGRES_PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// The folder with `initdb`, `pg_ctl` and `postgres`; installed when missing, if we may.
pub(crate) fn postgres() -> Result<PathBuf> {
    if let Some(folder) = find_postgres() {
        return Ok(folder);
    }
    ensure!(is_root()? && has("apt-get"), "PostgreSQL is missing; run as root: {POSTGRES_LINE}");
    console::say("PostgreSQL is missing: installing it");
    let _no_services = NoServices::during_install()?;
    apt_get(&["update"], Path::new("/"))?;
    apt_get(&["install", "-y", "--no-install-recommends", "postgresql"], Path::new("/"))?;
    find_postgres().context("PostgreSQL was installed, but initdb is not in /usr/lib/postgresql/*/bin")
}

/// Only the one program is wanted, so the package is unpacked, not installed: no daemon, no user, no root.
pub(crate) fn promtool(root: &Path) -> Result<PathBuf> {
    let folder = workspace::target_dir(root)?.join("tools");
    let unpacked = folder.join("usr/bin/promtool");
    if let Some(found) = in_path("promtool").or_else(|| unpacked.is_file().then(|| unpacked.clone())) {
        return Ok(found);
    }
    ensure!(has("apt-get") && has("dpkg"), "promtool is missing; on Debian run as root: {PROMTOOL_LINE}");
    console::say("promtool is missing: unpacking it into the target folder");
    std::fs::create_dir_all(&folder)?;
    if is_root()? {
        apt_get(&["update"], &folder)?;
    }
    apt_get(&["download", "prometheus"], &folder)
        .with_context(|| format!("cannot get promtool; run as root: {PROMTOOL_LINE}"))?;
    for entry in std::fs::read_dir(&folder)? {
        let package = entry?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            let status = Command::new("dpkg").arg("-x").args([&package, &folder]).status()?;
            ensure!(status.success(), "cannot unpack {}", package.display());
            std::fs::remove_file(&package)?;
        }
    }
    ensure!(unpacked.is_file(), "the package prometheus holds no promtool; run as root: {PROMTOOL_LINE}");
    Ok(unpacked)
}

/// The browser of the system; installed when missing, if we may.
pub(crate) fn chromium() -> Result<PathBuf> {
    let find = || CHROMIUM_PROGRAMS.iter().find_map(|name| in_path(name));
    if let Some(program) = find() {
        return Ok(program);
    }
    ensure!(is_root()? && has("apt-get"), "Chromium is missing; on Debian run as root: {CHROMIUM_LINE}");
    console::say("Chromium is missing: installing it");
    apt_get(&["update"], Path::new("/"))?;
    apt_get(&["install", "-y", "--no-install-recommends", "chromium"], Path::new("/"))?;
    find().context("Chromium was installed, but no program of its names is in PATH")
}

pub(crate) fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().context("cannot run id")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn find_postgres() -> Option<PathBuf> {
    // A link in PATH leads to the folder where the other programs are.
    let linked = in_path("initdb").and_then(|path| path.canonicalize().ok());
    let in_path = linked.and_then(|path| path.parent().map(Path::to_path_buf));
    let complete = |folder: &PathBuf| POSTGRES_PROGRAMS.iter().all(|name| folder.join(name).is_file());
    in_path.filter(complete).or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .filter(complete)
            .max_by_key(|folder| version_of(folder))
    })
}

fn version_of(folder: &Path) -> u32 {
    let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|name| name.parse().ok()).unwrap_or(0)
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn has(program: &str) -> bool {
    in_path(program).is_some()
}

fn apt_get(args: &[&str], folder: &Path) -> Result<()> {
    let status = Command::new("apt-get")
        .arg("-q")
        .args(args)
        .current_dir(folder)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .context("cannot run apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed", args.join(" "));
    }
    Ok(())
}

/// Debian asks this script whether an installed service may be started: we want the programs only.
struct NoServices {
    ours: Option<&'static Path>,
}

impl NoServices {
    fn during_install() -> Result<Self> {
        let path = Path::new("/usr/sbin/policy-rc.d");
        if path.exists() {
            return Ok(Self { ours: None });
        }
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o755).open(path)?;
        std::io::Write::write_all(&mut file, b"#!/bin/sh\nexit 101\n")?;
        Ok(Self { ours: Some(path) })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if let Some(path) = self.ours
            && let Err(error) = std::fs::remove_file(path)
        {
            console::complain(&format!("xtask: remove {} by hand: {error}", path.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_is_the_one_with_the_highest_number() {
        assert!(version_of(Path::new("/x/9/bin")) < version_of(Path::new("/x/15/bin")));
        assert_eq!(version_of(Path::new("/x/other/bin")), 0);
    }
}
