//! A private PostgreSQL in a temporary folder, reachable only through its Unix socket.
//!
//! It is stopped by a small shell, not by us: the shell waits for the end of a pipe that only we hold open, so the
//! server and its folder go away on success, error, panic, Ctrl-C and even `kill -9` of xtask, by one path.

use crate::{console, tools};
use anyhow::{Context, Result, bail, ensure};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

/// Arguments: folder with the programs, folder of the server. Ctrl-C reaches the whole process group: not this one.
const CLEANER: &str = r#"trap '' INT TERM HUP
cat >/dev/null
"$1/pg_ctl" stop -s -w -m immediate -D "$2/data"
rm -rf "$2""#;

/// Not the program's `TMPDIR`: the path of a Unix socket has at most 107 bytes.
const BASE: &str = "/tmp";

pub(crate) struct Postgres {
    folder: PathBuf,
    cleaner: Child,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// For tests: nothing survives a power cut, everything is fast.
    None,
    /// For benches: what a production server does.
    Full,
}

impl Postgres {
    pub(crate) fn start(programs: &Path, durability: Durability) -> Result<Self> {
        let user = unprivileged()?;
        let folder = create_folder(user.as_ref())?;
        let cleaner = command("sh", &folder, user.as_ref())
            .args(["-c", CLEANER, "sh"])
            .args([programs, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start sh")?;
        let server = Self { folder, cleaner };
        server.initialise(programs, user.as_ref())?;
        let configuration = server.folder.join("data/postgresql.conf");
        std::fs::OpenOptions::new()
            .append(true)
            .open(&configuration)
            .and_then(|mut file| file.write_all(settings(&server.folder, durability).as_bytes()))
            .with_context(|| format!("cannot write {}", configuration.display()))?;
        let log = server.folder.join("log");
        let started = command(programs.join("pg_ctl"), &server.folder, user.as_ref())
            .args(["start", "-s", "-w", "-t", "60", "-D", "data", "-l", "log"])
            .stdin(Stdio::null())
            .status()
            .context("cannot run pg_ctl")?;
        if !started.success() {
            bail!("PostgreSQL does not start:\n{}", std::fs::read_to_string(log).unwrap_or_default());
        }
        Ok(server)
    }

    /// In the form that sqlx and psql both understand.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    /// The default order is a language's, as on most servers in the world, not "C": a name column that forgot its
    /// `COLLATE "C"` domain is then sorted differently from SQLite, and a test sees it.
    fn initialise(&self, programs: &Path, user: Option<&User>) -> Result<()> {
        let base = ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        let icu: &[&str] = if major_version(programs)? >= 15 {
            &["--locale-provider=icu", "--icu-locale=en-US"]
        } else {
            console::complain("xtask: this PostgreSQL is older than 15: wrong orders of names are not found");
            &[]
        };
        let output = command(programs.join("initdb"), &self.folder, user)
            .args(base)
            .args(icu)
            .stdin(Stdio::null())
            .output()
            .context("cannot run initdb")?;
        ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of the pipe is the signal.
        drop(self.cleaner.stdin.take());
        if let Err(error) = self.cleaner.wait() {
            console::complain(&format!(
                "xtask: PostgreSQL in {} may still run: {error}",
                self.folder.display()
            ));
        }
    }
}

/// `cargo xtask postgres`.
pub(crate) fn foreground(args: &[String]) -> Result<ExitCode> {
    let durability = match args {
        [] => Durability::None,
        [flag] if flag == "--durable" => Durability::Full,
        _ => bail!("usage: cargo xtask postgres [--durable]"),
    };
    let server = Postgres::start(&tools::postgres()?, durability)?;
    let url = server.url();
    console::say(&format!("export PROMPTORY_TEST_POSTGRES='{url}'\n# psql '{url}'\n# Ctrl-C stops it"));
    std::io::stdin().lock().read_to_end(&mut Vec::new()).context("cannot wait on standard input")?;
    Ok(ExitCode::SUCCESS)
}

struct User {
    uid: u32,
    gid: u32,
}

/// PostgreSQL refuses to run as root; everyone else runs it as themselves.
fn unprivileged() -> Result<Option<User>> {
    if !tools::is_root()? {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let user = find_user(&users, "postgres").or_else(|| find_user(&users, "nobody"));
    Ok(Some(user.context("there is neither a user `postgres` nor `nobody` to run PostgreSQL as")?))
}

fn find_user(users: &str, name: &str) -> Option<User> {
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, uid, gid, ..] = fields[..] else { return None };
        (found == name).then_some(())?;
        Some(User { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}

fn create_folder(user: Option<&User>) -> Result<PathBuf> {
    // A new folder each time: one that exists is another's, or left by a machine that lost its power.
    for attempt in 0..1_000 {
        let folder = Path::new(BASE).join(format!("promptory-pg-{}-{attempt}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => {
                if let Some(user) = user {
                    chown(&folder, Some(user.uid), Some(user.gid))?;
                }
                return Ok(folder);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => bail!("cannot create {}: {error}", folder.display()),
        }
    }
    bail!("{BASE} is full of folders promptory-pg-{}-*", std::process::id())
}

/// In a folder of its own: the present one may be closed to the unprivileged user.
fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path, user: Option<&User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

fn major_version(programs: &Path) -> Result<u32> {
    let output = Command::new(programs.join("postgres")).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_major(&text).with_context(|| format!("cannot read the version of PostgreSQL in `{text}`"))
}

/// `postgres (PostgreSQL) 15.12 (Debian 15.12-0)`
fn parse_major(text: &str) -> Option<u32> {
    let digits = |word: &str| word.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split(' ').map(digits).find_map(|number| number.parse().ok())
}

fn settings(folder: &Path, durability: Durability) -> String {
    let mut text = format!(
        "\nlisten_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 400\ntimezone = 'UTC'\n",
        folder.display()
    );
    if durability == Durability::None {
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            let _ = writeln!(text, "{name} = off");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_packagers_are_read() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.12 (Debian 15.12-0+deb12u2)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("nothing"), None);
    }

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0::/:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:102::/:/bin/sh\n";
        let user = find_user(users, "postgres").unwrap();
        assert_eq!((user.uid, user.gid), (101, 102));
        assert!(find_user(users, "nobody").is_none());
    }

    #[test]
    fn only_tests_give_up_durability() {
        let folder = Path::new("/tmp/x");
        assert!(settings(folder, Durability::None).contains("fsync = off"));
        assert!(!settings(folder, Durability::Full).contains("fsync"));
    }
}
