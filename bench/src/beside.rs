//! What recording costs everybody else: serving beside it, going back in the middle of it, memory and the size of the
//! database.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    Size, active,
    executions::{Call, Numbers},
    ingest, machine,
    rounds::{median, verdict},
    seed::{self, active_ask, active_asks},
    server::{ADMIN, Program, folder},
    wire::{Connection, request},
};

const BATCH: u64 = 100;
const OFFERED: u64 = 5_000;
const CONNECTIONS: u64 = 8;
const ROLLBACKS: u64 = 20;
const MIB: f64 = 1024.0 * 1024.0;

pub fn run(size: Size) -> Result<()> {
    let seeded = seed::seeded()?;
    let server = Program::server(seeded.data.path(), None)?;
    ingest::prepare(server.address)?;
    let load = active::load(active_asks(&seeded.key), size.turn());
    let more = more_cpu(&server, &load, size)?;
    let (failed, back) = at_full_ingest(&server, &load, &seeded.key)?;
    server.stop()?;
    let memory = memory(size)?;
    let (bare, with_texts) = (stored_bytes(size, 0)?, stored_bytes(size, 2_000)?);
    println!();
    verdict("active, more CPU a request with 5,000 rows/s", more, " %", more <= 20.0, "≤ 20 %");
    verdict("active at full ingest, failed", failed, "", failed < 1.0, "0");
    verdict("going back at full ingest, the slowest", back, " s", back <= 1.0, "≤ 1 s");
    verdict("memory after full ingest", memory, " MB", memory <= 300.0, "≤ 300 MB, flat");
    println!(
        "=> a million executions: {bare:.0} MiB without texts, {with_texts:.0} MiB with 2 KB of input and output"
    );
    Ok(())
}

/// Executions that come in until it is stopped.
pub struct Recording {
    stop: Arc<AtomicBool>,
    rows: Arc<AtomicU64>,
    threads: Vec<JoinHandle<Result<()>>>,
}

impl Recording {
    /// From so many connections; each at a pace in rows a second, or as fast as it is answered.
    pub fn start(address: SocketAddr, connections: u64, pace: Option<u64>, seed: u64) -> Self {
        let (stop, rows) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let threads = (0..connections).map(|n| {
            let (stop, rows) = (Arc::clone(&stop), Arc::clone(&rows));
            std::thread::spawn(move || {
                let mut numbers = Numbers(seed * 1_000 + n);
                let mut connection = Connection::open(address)?;
                let started = machine::now();
                let mut sent = 0;
                while !stop.load(Ordering::Relaxed) {
                    connection.call(&batch(&mut numbers, None))?.expect(202)?;
                    sent += BATCH;
                    rows.fetch_add(BATCH, Ordering::Relaxed);
                    if let Some(pace) = pace {
                        let due = Duration::from_micros(sent * 1_000_000 / pace);
                        machine::pause(due.saturating_sub(started.elapsed()));
                    }
                }
                Ok(())
            })
        });
        Self { threads: threads.collect(), stop, rows }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
    pub fn stop(self) -> Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().ok().context("a writer panicked")??;
        }
        Ok(self.rows.load(Ordering::Relaxed) as f64)
    }
}

fn batch(numbers: &mut Numbers, text: Option<&str>) -> Vec<u8> {
    let calls = (0..BATCH).map(|_| {
        let mut call = Call::random(numbers).json(None);
        if let Some(text) = text {
            (call["input"], call["output"]) = (json!(text), json!(text));
        }
        call
    });
    request("POST", "/api/v1/executions", ADMIN, "", &Value::from_iter(calls).to_string())
}

/// CPU of the server while this runs, in seconds.
fn spent<T>(server: &Program, what: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let before = machine::cpu(server.pid())?;
    let done = what()?;
    Ok((machine::cpu(server.pid())?.saturating_sub(before).as_secs_f64(), done))
}

/// By how many per cent `active` takes more CPU beside 5,000 rows a second, whose own CPU is measured alone and taken
/// off.
#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
fn more_cpu(server: &Program, load: &crate::load::Load, size: Size) -> Result<f64> {
    let (address, time) = (server.address, size.turn());
    let mut ratios = Vec::new();
    for turn in 0..=size.turns() as u64 {
        let (cpu, tally) = spent(server, || load.run(address))?;
        let alone = cpu / tally.requests as f64;
        let (cpu, rows) = spent(server, || {
            let recording = Recording::start(address, 1, Some(OFFERED), 2 * turn);
            machine::pause(time);
            recording.stop()
        })?;
        let row = cpu / rows;
        let (cpu, (tally, rows)) = spent(server, || {
            let recording = Recording::start(address, 1, Some(OFFERED), 2 * turn + 1);
            let tally = load.run(address)?;
            Ok((tally, recording.stop()?))
        })?;
        let beside = (cpu - row * rows) / tally.requests as f64;
        println!(
            "  active alone {:.1} µs, beside {:.0} rows/s {:.1} µs; a row {:.1} µs",
            alone * 1e6,
            rows / tally.wall.as_secs_f64(),
            beside * 1e6,
            row * 1e6
        );
        // The first warms up.
        if turn > 0 {
            ratios.push(beside / alone);
        }
    }
    Ok((median(ratios) - 1.0) * 100.0)
}

/// Failed requests for what is live, and the longest time from asking for another version to being served it.
#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
fn at_full_ingest(server: &Program, load: &crate::load::Load, key: &str) -> Result<(f64, f64)> {
    let address = server.address;
    let recording = Recording::start(address, CONNECTIONS, None, 100);
    let tally = load.run(address)?;
    let mut connection = Connection::open(address)?;
    let ask = active_ask(key, 7, "production", "").request;
    let mut times = Vec::new();
    for n in 0..ROLLBACKS {
        let version = 1 + n % 2;
        let body = json!({"environment": "production", "version": version.to_string(), "acknowledge_rollback": true});
        let body = body.to_string();
        let started = machine::now();
        let path = seed::path(7, "activate");
        connection.call(&request("POST", &path, ADMIN, "", &body))?.expect(201)?;
        let live = connection.call(&ask)?.expect(200)?.json()?;
        ensure!(live["sequence"] == version, "served something else: {}", live["sequence"]);
        times.push(started.elapsed().as_secs_f64());
    }
    let (usual, slowest) = (median(times.iter().copied()), times.into_iter().fold(0.0, f64::max));
    println!(
        "  {:.0} rows came in meanwhile; {} asked for what is live; going back took {usual:.3} s, at most {slowest:.3} s",
        recording.stop()?,
        tally.requests
    );
    Ok((tally.failed(200) as f64, slowest))
}

/// Resident at the end of full ingest, in megabytes; what it was on the way is printed.
#[expect(clippy::cast_precision_loss, reason = "bytes of a process are far below 2^53")]
fn memory(size: Size) -> Result<f64> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), None)?;
    ingest::prepare(server.address)?;
    let recording = Recording::start(server.address, CONNECTIONS, None, 200);
    let mut last = 0.0;
    for _ in 0..size.minutes() {
        machine::pause(Duration::from_secs(60));
        last = machine::resident_bytes(server.pid())? as f64 / 1e6;
        println!("  {:>9} rows, {last:.0} MB resident", recording.rows.load(Ordering::Relaxed));
    }
    recording.stop()?;
    server.stop()?;
    Ok(last)
}

/// MiB of the database for a million executions whose input and output have so many bytes together.
#[expect(clippy::cast_precision_loss, reason = "bytes of a file are far below 2^53")]
fn stored_bytes(size: Size, texts: usize) -> Result<f64> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), None)?;
    ingest::prepare(server.address)?;
    let bytes = |folder: &std::path::Path| -> Result<u64> {
        let mut sum = 0;
        for entry in std::fs::read_dir(folder)? {
            sum += entry?.metadata()?.len();
        }
        Ok(sum)
    };
    let words = "the parcel left our store on Monday and is on its way ";
    let text: String = words.chars().cycle().take(texts / 2).collect();
    let (mut numbers, mut connection) = (Numbers(texts as u64), Connection::open(server.address)?);
    let rows = size.rows() as u64;
    for _ in 0..rows / BATCH {
        let batch = batch(&mut numbers, (texts > 0).then_some(text.as_str()));
        connection.call(&batch)?.expect(202)?;
    }
    server.stop()?;
    Ok(bytes(data.path())? as f64 / MIB / rows as f64 * 1e6)
}
