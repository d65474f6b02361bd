//! A PostgreSQL of a test's own, which it may stop, start and put back to an older state.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{db::server_url, raw::Raw};

/// Ends the server when the pipe from us ends, however we end. Arguments: programs, folder.
const CLEANER: &str = r#"trap '' INT TERM HUP
cat >/dev/null
"$1/pg_ctl" stop -s -w -m immediate -D "$2/data""#;

pub(crate) struct Instance {
    /// Removed after the server has stopped.
    folder: TempDir,
    programs: PathBuf,
    owner: (u32, u32),
    cleaner: Child,
}

impl Instance {
    /// With the programs and as the user of the server that the tests run on.
    pub(crate) async fn start() -> Self {
        let (programs, data) = of_the_tests().await;
        let owner = fs::metadata(data).map(|data| (data.uid(), data.gid())).expect("its data");
        // Not in the folder for temporary files: the path of a socket has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("promptory-").tempdir_in("/tmp").expect("a folder");
        chown(folder.path(), Some(owner.0), Some(owner.1)).expect("its owner");
        let cleaner = command("sh", folder.path(), owner)
            .args(["-c", CLEANER, "sh"])
            .args([&programs, folder.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        let instance = Self { folder, programs, owner, cleaner };
        instance.run("initdb", &["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let configuration = instance.folder.path().join("data/postgresql.conf");
        let settings = format!(
            "\nlisten_addresses = ''\nunix_socket_directories = '{}'\nfsync = off\n",
            instance.folder.path().display()
        );
        let text = fs::read_to_string(&configuration).expect("read") + &settings;
        fs::write(&configuration, text).expect("written");
        instance.begin();
        instance
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }

    pub(crate) fn begin(&self) {
        self.run("pg_ctl", &["start", "-s", "-w", "-D", "data", "-l", "log"]);
    }

    /// As an administrator stops it: whoever is connected is cut off.
    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["stop", "-s", "-w", "-m", "fast", "-D", "data"]);
    }

    /// As a power cut does.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["stop", "-s", "-w", "-m", "immediate", "-D", "data"]);
    }

    /// Of the stopped server.
    pub(crate) fn copy_data(&self) {
        self.run("/bin/cp", &["-a", "data", "copy"]);
    }

    /// The stopped server's data become those of the copy.
    pub(crate) fn put_copy_back(&self) {
        self.run("/bin/rm", &["-r", "data"]);
        self.run("/bin/mv", &["copy", "data"]);
    }

    fn run(&self, program: &str, args: &[&str]) {
        let mut command = command(self.programs.join(program), self.folder.path(), self.owner);
        let status = command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
        assert!(status.expect("it runs").success(), "{program} {args:?} in {}", self.folder.path().display());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        drop(self.cleaner.stdin.take());
        // Nothing can be done about one that does not end.
        let _ = self.cleaner.wait();
    }
}

/// Where the programs and the data are of the server that the tests run on.
async fn of_the_tests() -> (PathBuf, PathBuf) {
    let data = PathBuf::from(Raw::connect(&server_url()).await.data_directory().await);
    let started = fs::read_to_string(data.join("postmaster.opts")).expect("how the server was started");
    let program = Path::new(started.split(' ').next().expect("a program"));
    (program.parent().expect("a folder").to_path_buf(), data)
}

/// By the server's own tool, without what only that reads.
pub(crate) async fn dump(url: &str) -> String {
    let tool = of_the_tests().await.0.join("pg_dump");
    let output = Command::new(tool).args(["--inserts", "--no-owner", "--no-privileges", url]).output();
    let output = output.expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let kept = |line: &&str| !line.starts_with('\\') && !line.starts_with("--") && !line.is_empty();
    text.lines().filter(kept).collect::<Vec<_>>().join("\n") + "\n"
}

fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path, (uid, gid): (u32, u32)) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).uid(uid).gid(gid);
    command
}
