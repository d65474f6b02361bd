//! Versions created over HTTP, on both databases, against what the disk can do.

use std::{
    fs::File,
    io::Write,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    Size, machine,
    rounds::{median, verdict},
    seed,
    server::{ADMIN, Postgres, Program, folder},
    wire::{Connection, request},
};

const CONNECTIONS: usize = 32;
/// So that versions of one run differ from those of another in a database that was there before.
const BASE: usize = 1_000_000;

pub fn run(size: Size, postgres: Option<String>) -> Result<()> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), None)?;
    let sqlite = database("SQLite, synchronous=FULL", &server, data.path(), size)?;
    server.stop()?;
    let own = if postgres.is_none() { Some(Postgres::start()?) } else { None };
    let url = postgres.or_else(|| own.as_ref().map(|own| own.url.clone())).context("no PostgreSQL")?;
    let server = Program::server(data.path(), Some(&url))?;
    let postgres = database("PostgreSQL, one project", &server, data.path(), size)?;
    server.stop()?;
    println!("load average {:.1}\n", machine::load_average());
    verdict("versions a second, SQLite", sqlite, "", sqlite >= 1_500.0, "≥ 1,500");
    verdict("versions a second, PostgreSQL", postgres, "", postgres >= 400.0, "≥ 400");
    Ok(())
}

/// Prints both rows; answers the rate of the first.
fn database(title: &str, server: &Program, data: &Path, size: Size) -> Result<f64> {
    println!("\n{title}: {CONNECTIONS} connections, medians of {} turns", size.turns());
    prepare(server.address)?;
    let mut rates = Vec::new();
    for (row, prompts) in [("spread over 32 prompts", CONNECTIONS), ("all on one prompt", 1)] {
        let (mut created, mut synced, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..size.turns() {
            let before = machine::cpu(server.pid())?;
            let (rate, count) = create(server.address, prompts, turn, size.turn())?;
            cpu.push((machine::cpu(server.pid())? - before).as_secs_f64() * 1e6 / count);
            created.push(rate);
            synced.push(appends(data, size.turn() / 4)?);
        }
        let (rate, disk) = (median(created), median(synced));
        println!(
            "  {row:<24} {rate:>7.0} versions/s, {:.0} µs of CPU each; bare loop of synced 4 KiB appends {disk:.0}/s; \
             ratio {:.2}",
            median(cpu),
            rate / disk
        );
        rates.push(rate);
    }
    Ok(rates[0])
}

fn prepare(address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address)?;
    for prompt in 0..CONNECTIONS {
        let body = json!({"name": seed::name(prompt), "kind": "text"}).to_string();
        let status = connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body))?.status;
        anyhow::ensure!(matches!(status, 201 | 409), "a prompt could not be made: {status}");
    }
    Ok(())
}

/// Versions a second, and how many.
#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
fn create(address: SocketAddr, prompts: usize, turn: usize, time: Duration) -> Result<(f64, f64)> {
    let started = machine::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|writer| std::thread::spawn(move || write(address, writer, prompts, turn, (started, time))))
        .collect();
    let mut count = 0_usize;
    for thread in threads {
        count += thread.join().ok().context("a writer panicked")??;
    }
    Ok((count as f64 / started.elapsed().as_secs_f64(), count as f64))
}

fn write(
    address: SocketAddr,
    writer: usize,
    prompts: usize,
    turn: usize,
    (started, time): (Instant, Duration),
) -> Result<usize> {
    let mut connection = Connection::open(address)?;
    let path = seed::path(writer % prompts, "versions");
    let mut count = 0;
    while started.elapsed() < time {
        let text = seed::content(turn * BASE + count, &format!("{prompts} {writer} {}", std::process::id()));
        let body = json!({"content": text}).to_string();
        connection.call(&request("POST", &path, ADMIN, "", &body))?.expect(201)?;
        count += 1;
    }
    Ok(count)
}

/// What the disk gives to one writer that waits for each of its commits.
fn appends(folder: &Path, time: Duration) -> Result<f64> {
    let mut file = File::create(folder.join("appends"))?;
    let started = machine::now();
    let mut count = 0_u32;
    while started.elapsed() < time {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}
