//! Starting the program and talking to it.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use reqwest::Client;
use serde_json::Value;

pub const ADMIN: &str = "pk_test_0123456789abcdef0123456789abcdef";
/// Far beyond what anything here takes; only a hang gets there.
pub const PATIENCE: Duration = Duration::from_secs(300);

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promptory"));
    // Nothing of who runs the tests.
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("PROMPTORY_") || name.starts_with("OTEL_"))
    {
        command.env_remove(name);
    }
    command
}

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    client: Client,
    /// In a lock only so that a server may be shared.
    stdout: Mutex<Receiver<String>>,
    log: Mutex<Option<Receiver<String>>>,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self.body
    }

    pub fn revision(&self) -> String {
        self.headers["promptory-revision"].to_str().expect("text").to_owned()
    }
}

pub fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // The receiver may be gone; the pipe is still drained, so that the server never blocks on it.
            let _ = send.send(line);
        }
    });
    receive
}

pub fn client() -> Client {
    // Installed once for the process; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client")
}

impl Server {
    /// Starts on SQLite in a folder, with the administrator's key.
    pub fn sqlite(folder: &Path) -> Self {
        Self::start(program().env("PROMPTORY_DATA_DIR", folder).env("PROMPTORY_ADMIN_KEY", ADMIN))
    }

    pub fn postgres(url: &str) -> Self {
        Self::start(program().env("PROMPTORY_DATABASE_URL", url).env("PROMPTORY_ADMIN_KEY", ADMIN))
    }

    /// Waits for the line that says where it listens.
    pub fn start(command: &mut Command) -> Self {
        Self::spawn(command).ready()
    }

    /// With more words behind `serve`.
    pub fn start_with(command: &mut Command, args: &[&str]) -> Self {
        Self::spawn_with(command, args).ready()
    }

    pub fn spawn(command: &mut Command) -> Starting {
        Self::spawn_with(command, &[])
    }

    fn spawn_with(command: &mut Command, args: &[&str]) -> Starting {
        let mut child = command
            .arg("serve")
            .args(args)
            .env("PROMPTORY_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = lines(child.stdout.take().expect("stdout"));
        let log = lines(child.stderr.take().expect("stderr"));
        Starting { child, stdout, log }
    }

    pub fn printed(&mut self) -> Vec<String> {
        self.stdout.get_mut().expect("unpoisoned").iter().collect()
    }

    /// Everything that it logs from now on.
    pub fn take_log(&self) -> Receiver<String> {
        self.log.lock().expect("unpoisoned").take().expect("nobody has taken it")
    }

    pub async fn get(&self, path: &str, key: &str) -> Answer {
        self.try_get(path, key, None).await.expect("an answer")
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.try_post(path, key, body).await.expect("an answer")
    }

    pub async fn try_post(&self, path: &str, key: &str, body: &Value) -> reqwest::Result<Answer> {
        self.send(self.client.post(self.address(path)).bearer_auth(key).json(body)).await
    }

    /// A change that may be sent again.
    pub async fn change(
        &self,
        method: &str,
        path: &str,
        key: &str,
        name: &str,
        body: &Value,
    ) -> reqwest::Result<Answer> {
        let method = method.parse().expect("a method");
        let request = self.client.request(method, self.address(path)).bearer_auth(key).json(body);
        self.send(request.header("idempotency-key", name)).await
    }

    /// Where a process that was told to die says that it did.
    pub fn died(mut self) -> String {
        let status = self.child.wait().expect("waited");
        assert!(!status.success(), "{status}");
        let said = std::mem::take(&mut self.log).into_inner().expect("unpoisoned");
        let place =
            said.into_iter().flatten().find_map(|line| line.strip_prefix("died at: ").map(str::to_owned));
        place.expect("it died by itself")
    }

    /// A read that must see at least this revision.
    pub async fn get_after(&self, path: &str, key: &str, revision: &str) -> Answer {
        self.try_get(path, key, Some(revision)).await.expect("an answer")
    }

    async fn try_get(&self, path: &str, key: &str, revision: Option<&str>) -> reqwest::Result<Answer> {
        let request = self.client.get(self.address(path)).bearer_auth(key);
        let request = match revision {
            Some(revision) => request.header("promptory-min-revision", revision),
            None => request,
        };
        self.send(request).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, headers, body })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        self.wait()
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill runs").success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("waited")
    }

    /// The command line against this server.
    pub fn cli(&self, args: &[&str]) -> Output {
        program()
            .args(args)
            .env("PROMPTORY_URL", &self.url)
            .env("PROMPTORY_KEY", ADMIN)
            .stdin(Stdio::null())
            .output()
            .expect("the program runs")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that has not said yet where it listens.
pub struct Starting {
    child: Child,
    stdout: Receiver<String>,
    log: Receiver<String>,
}

impl Starting {
    pub fn ready(self) -> Server {
        let mut seen = Vec::new();
        while let Ok(line) = self.log.recv_timeout(PATIENCE) {
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["fields"]["message"] == "ready" {
                let address = entry["fields"]["address"].as_str().expect("an address");
                let url = format!("http://{address}");
                return Server {
                    child: self.child,
                    url,
                    client: client(),
                    stdout: Mutex::new(self.stdout),
                    log: Mutex::new(Some(self.log)),
                };
            }
            seen.push(line);
        }
        panic!("the server did not start:\n{}", seen.join("\n"));
    }

    /// For a start that must fail: its status and everything that it said.
    pub fn failed(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("waited");
        (status, self.log.into_iter().chain(self.stdout).collect::<Vec<_>>().join("\n"))
    }
}

/// The deployment as this server knows it, once it has that share or more.
///
/// # Errors
/// The server died.
pub async fn reached(server: &Server, id: &str, percentage: u64) -> reqwest::Result<Value> {
    let path = format!("/api/v1/deployments/{id}");
    let reached = async {
        let mut next = None;
        loop {
            // Waits for the next change, up to a second.
            let seen = server.try_get(&path, ADMIN, next.as_deref()).await?;
            if seen.body["percentage"].as_u64().is_some_and(|now| now >= percentage) {
                return Ok(seen.good());
            }
            next = (seen.status == 200).then(|| after(&seen.revision()));
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("it gets there")
}

fn after(revision: &str) -> String {
    let (epoch, n) = revision.split_once(':').expect("an epoch and a number");
    format!("{epoch}:{}", n.parse::<i64>().expect("a number") + 1)
}

pub fn test_server() -> String {
    std::env::var("PROMPTORY_TEST_POSTGRES")
        .expect("PROMPTORY_TEST_POSTGRES is not set: run `cargo xtask test`, or see docs/testing.md")
}

/// A database of its own on the private PostgreSQL of the tests.
pub fn postgres_database() -> String {
    let server = test_server();
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("program_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let made = Command::new("psql")
        .args([server.as_str(), "-qc", &format!("{} DATABASE {name}", "CREATE")])
        .status()
        .expect("psql runs");
    assert!(made.success());
    server.replacen("/postgres?", &format!("/{name}?"), 1)
}
