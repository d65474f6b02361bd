//! How long going back takes while everything else goes on: from the request to the event on the stream of another
//! server. Two servers on PostgreSQL, beside resolving, recording and many clients that follow.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{
    Size,
    beside::Recording,
    ingest, machine,
    rounds::{median, verdict},
    server::{ADMIN, Postgres, Program, folder},
    wire::{Connection, request},
};

const PROMPT: &str = "going-back";
const RESOLVES: u64 = 2_000;
const EXECUTIONS: u64 = 2_000;
const STREAMS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(size: Size) -> Result<()> {
    let postgres = Postgres::start()?;
    let (url, one, two) = (postgres.database()?, folder_of()?, folder_of()?);
    let here = Program::server(one.path(), Some(&url))?;
    let there = Program::server(two.path(), Some(&url))?;
    ingest::prepare(here.address)?;
    let mut connection = Connection::open(here.address)?;
    prompt(&mut connection)?;
    let (told, events) = channel();
    follow(there.address, told)?;
    for _ in 1..STREAMS {
        let (ignored, _) = channel();
        follow(there.address, ignored)?;
    }
    let resolving = Resolving::start(there.address);
    let recording = Recording::start(here.address, 1, Some(EXECUTIONS), 7);
    machine::pause(size.turn());
    let times = times(&mut connection, &events, size)?;
    let (resolved, recorded) = (resolving.stop()?, recording.stop()?);
    let slowest = slowest(&times, 0.99);
    println!(
        "  {} ways back beside {resolved} resolves, {recorded:.0} executions and {STREAMS} streams: median {:.3} s",
        times.len(),
        median(times.iter().copied())
    );
    verdict("going back until another server's stream says so, p99", slowest, " s", slowest <= 1.0, "≤ 1 s");
    there.stop()?;
    here.stop()
}

fn folder_of() -> Result<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(folder()?)?)
}

/// The first version is live.
fn prompt(connection: &mut Connection) -> Result<()> {
    let made = json!({"name": PROMPT, "kind": "text", "version": {"content": "one"}}).to_string();
    connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &made))?.expect(201)?;
    let path = format!("/api/v1/prompts/{PROMPT}/versions");
    connection.call(&request("POST", &path, ADMIN, "", r#"{"content":"two"}"#))?.expect(201)?;
    activate(connection, "1")
}

fn activate(connection: &mut Connection, version: &str) -> Result<()> {
    let body = json!({"version": version, "environment": "production", "acknowledge_rollback": true});
    let path = format!("/api/v1/prompts/{PROMPT}/activate");
    connection.call(&request("POST", &path, ADMIN, "", &body.to_string()))?.expect(201)?;
    Ok(())
}

/// Forward and back again, so often; how long it took back.
fn times(connection: &mut Connection, events: &Receiver<(String, Instant)>, size: Size) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..size.rollbacks() {
        activate(connection, "2")?;
        wait(events, "1.0.1")?;
        let listed = format!("/api/v1/deployments?prompt={PROMPT}&limit=1");
        let live = connection.call(&request("GET", &listed, ADMIN, "", ""))?.expect(200)?.json()?;
        let body = json!({"deployment_id": live["items"][0]["id"], "reason": "It is bad"}).to_string();
        let asked = machine::now();
        connection.call(&request("POST", "/api/v1/rollbacks", ADMIN, "", &body))?.expect(201)?;
        times.push(wait(events, "1.0.0")?.duration_since(asked).as_secs_f64());
    }
    Ok(times)
}

/// When the other server said that this version is live.
fn wait(events: &Receiver<(String, Instant)>, version: &str) -> Result<Instant> {
    let (told, at) = events.recv_timeout(PATIENCE).context("the stream says nothing")?;
    ensure!(told == version, "{told} went live where {version} was expected");
    Ok(at)
}

/// Reads a stream as long as the server lives, and tells when which version of the prompt went live.
fn follow(address: SocketAddr, told: Sender<(String, Instant)>) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&request("GET", "/api/v1/stream?environment=production", ADMIN, "", ""))?;
    let mut lines = BufReader::new(stream).lines();
    let opened = lines.by_ref().map_while(std::result::Result::ok).any(|line| line.contains("event: hello"));
    ensure!(opened, "the stream did not open");
    std::thread::spawn(move || {
        for line in lines.map_while(std::result::Result::ok) {
            let at = machine::now();
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let Ok(event) = serde_json::from_str::<serde_json::Value>(data) else { continue };
            if event["prompt"] == PROMPT && event["change"] == "live" {
                // Nobody may listen to this one.
                let _ = told.send((event["version"].as_str().unwrap_or_default().to_owned(), at));
            }
        }
    });
    Ok(())
}

/// Callers of the other server, at a pace.
struct Resolving {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<u64>>,
}

impl Resolving {
    fn start(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let body = json!({"environment": "production"}).to_string();
            let path = format!("/api/v1/prompts/{PROMPT}/resolve");
            let (ask, mut connection) =
                (request("POST", &path, ADMIN, "", &body), Connection::open(address)?);
            let (started, mut sent) = (machine::now(), 0);
            while !ends.load(Ordering::Relaxed) {
                connection.call(&ask)?.expect(200)?;
                sent += 1;
                let due = Duration::from_micros(sent * 1_000_000 / RESOLVES);
                machine::pause(due.saturating_sub(started.elapsed()));
            }
            Ok(sent)
        });
        Self { stop, thread }
    }

    fn stop(self) -> Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().ok().context("a caller panicked")?
    }
}

fn slowest(times: &[f64], quantile: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some dozens"
    )]
    let at = (sorted.len() as f64 * quantile).ceil() as usize;
    sorted.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
}
