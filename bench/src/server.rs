//! The programs under test, each in a process of its own.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    machine,
    wire::{Connection, request},
};

/// Known to this bench only: the server listens on the loopback address while a bench runs.
pub const ADMIN: &str = "pk_bench_administrator_of_one_short_run";
const START_WAIT: Duration = Duration::from_secs(60);

pub struct Program {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to the first `200` of `/readyz`.
    pub ready_after: Duration,
}

/// `promptory` as it lies beside this program, built with the same profile.
pub fn promptory() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("promptory");
    if !path.exists() {
        bail!("build both: cargo build --profile fast -p promptory -p promptory-bench");
    }
    Ok(path)
}

/// `target/bench`, on the disk that a server would use.
pub fn folder() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent).context("this program lies nowhere")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Program {
    /// The server with its usual settings; the log goes to a file.
    pub fn server(data: &Path, database_url: Option<&str>) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(promptory()?);
        command.arg("serve").args(["--listen", &address.to_string()]).arg("--data-dir").arg(data);
        command.env("PROMPTORY_ADMIN_KEY", ADMIN).env_remove("PROMPTORY_DATABASE_URL");
        if let Some(url) = database_url {
            command.env("PROMPTORY_DATABASE_URL", url);
        }
        command.stdout(Stdio::null()).stderr(File::create(data.join("log"))?);
        let started = machine::now();
        let child = command.spawn().context("the server cannot be started")?;
        let mut program = Self { child, address, ready_after: Duration::ZERO };
        while !program.ready() {
            if started.elapsed() > START_WAIT || program.child.try_wait()?.is_some() {
                bail!("the server does not start: {}", std::fs::read_to_string(data.join("log"))?);
            }
            machine::pause(Duration::from_millis(1));
        }
        program.ready_after = started.elapsed();
        Ok(program)
    }

    /// The baseline: this program again, answering with these bytes.
    pub fn constant(answer: &Path) -> Result<Self> {
        let started = machine::now();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("constant")
            .arg(answer)
            .stdout(Stdio::piped())
            .spawn()
            .context("the baseline cannot be started")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().parse().context("the baseline gave no address")?;
        Ok(Self { child, address, ready_after: started.elapsed() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn ready(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address) else { return false };
        connection.call(&request("GET", "/readyz", ADMIN, "", "")).is_ok_and(|answer| answer.status == 200)
    }

    /// Orderly, so that the database is closed.
    pub fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.pid().to_string()).status().context("no program `kill`")?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // After an orderly stop there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Free a moment ago. The port is asked for before the server starts, so that its readiness can be seen from outside.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A private PostgreSQL with full durability, for as long as this lives.
pub struct Postgres {
    /// The end of its input stops it.
    child: Child,
    pub url: String,
    /// Kept open: it says more than the address.
    _output: BufReader<ChildStdout>,
    made: std::cell::Cell<usize>,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let mut child = Command::new("cargo")
            .args(["xtask", "postgres", "--durable"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run cargo xtask postgres")?;
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        output.read_line(&mut line)?;
        let url = line
            .trim()
            .strip_prefix("export PROMPTORY_TEST_POSTGRES=")
            .context("PostgreSQL gave no address")?;
        Ok(Self {
            url: url.trim_matches('\'').to_owned(),
            child,
            _output: output,
            made: std::cell::Cell::default(),
        })
    }
}

impl Postgres {
    /// An empty database of its own.
    pub fn database(&self) -> Result<String> {
        self.made.set(self.made.get() + 1);
        let name = format!("bench_{}", self.made.get());
        let made = Command::new("psql").args([&self.url, "-qc", &format!("CREATE DATABASE {name}")]).status();
        anyhow::ensure!(made.context("no program `psql`")?.success(), "no database could be made");
        Ok(self.url.replacen("/postgres?", &format!("/{name}?"), 1))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
