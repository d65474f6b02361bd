//! Executions recorded over HTTP, against a bare loop of the same inserts.

use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use promptory_store::{Bare, day_of};
use serde_json::json;

use crate::{
    Size,
    executions::{Call, Numbers, PROMPTS, VERSIONS, prompt_name},
    machine,
    rounds::{median, verdict},
    server::{ADMIN, Postgres, Program, folder},
    wire::{Connection, request},
};

const CONNECTIONS: usize = 8;
const BATCH: usize = 100;
const SINGLES: usize = 64;
const BARE_BATCH: usize = 1_000;

/// One turn of one side.
struct Turn {
    cpu_us: f64,
    per_second: f64,
}

pub fn run(size: Size, postgres: Option<String>) -> Result<()> {
    let rows = size.rows();
    let ours = sides("SQLite, synchronous=FULL", size, rows, &|| Ok(None))?;
    let own = if postgres.is_none() { Some(Postgres::start()?) } else { None };
    let url = postgres.or_else(|| own.as_ref().map(|own| own.url.clone())).context("no PostgreSQL")?;
    let theirs = match &own {
        Some(own) => sides("PostgreSQL, server and backends", size, rows, &|| own.database().map(Some))?,
        None => sides("PostgreSQL, server and backends", size, rows, &|| Ok(Some(url.clone())))?,
    };
    let singles = singles(size)?;
    println!("load average {:.1}\n", machine::load_average());
    verdict("SQLite: CPU per row ÷ bare inserts", ours.0, "", ours.0 <= 4.0, "≤ 4");
    verdict("SQLite: rows a second, client beside it", ours.1, "", ours.1 >= 20_000.0, "≥ 20,000");
    verdict("PostgreSQL: CPU per row ÷ bare inserts", theirs.0, "", theirs.0 <= 4.0, "≤ 4");
    verdict("single executions a second", singles, "", singles >= 5_000.0, "≥ 5,000");
    Ok(())
}

/// Ratio by CPU, and our rows a second.
fn sides(
    title: &str,
    size: Size,
    rows: usize,
    database: &dyn Fn() -> Result<Option<String>>,
) -> Result<(f64, f64)> {
    println!("\n{title}: {rows} rows a turn, medians of {} alternated turns", size.turns());
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for turn in 0..size.turns() {
        for side in if turn % 2 == 0 { [0, 1] } else { [1, 0] } {
            let url = database()?;
            if side == 0 {
                ours.push(record(turn, rows, url.as_deref())?)
            } else {
                bare.push(alone(rows, url)?)
            }
        }
    }
    let of = |turns: &[Turn], pick: fn(&Turn) -> f64| median(turns.iter().map(pick));
    let ratio = median(ours.iter().zip(&bare).map(|(a, b)| a.cpu_us / b.cpu_us));
    let rate = of(&ours, |turn| turn.per_second);
    println!(
        "  recorded over HTTP  {:>6.1} µs of CPU a row, {rate:>7.0} rows/s\n  bare inserts        {:>6.1} µs of CPU a row, \
         {:>7.0} rows/s\n  ratio {ratio:.2} by CPU",
        of(&ours, |turn| turn.cpu_us),
        of(&bare, |turn| turn.cpu_us),
        of(&bare, |turn| turn.per_second),
    );
    Ok((ratio, rate))
}

/// Prompts and versions that executions may name.
pub fn prepare(address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address)?;
    for prompt in 0..PROMPTS {
        let body = json!({"name": prompt_name(prompt), "kind": "text"}).to_string();
        let status = connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body))?.status;
        ensure!(matches!(status, 201 | 409), "a prompt could not be made: {status}");
        let path = format!("/api/v1/prompts/{}/versions", prompt_name(prompt).replace('/', "%2F"));
        for version in 0..VERSIONS {
            let number = format!("1.{version}.0");
            let body = json!({"content": format!("Text {version}"), "version": number}).to_string();
            let status = connection.call(&request("POST", &path, ADMIN, "", &body))?.status;
            ensure!(matches!(status, 201 | 409), "a version could not be made: {status}");
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
fn record(turn: usize, rows: usize, url: Option<&str>) -> Result<Turn> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), url)?;
    prepare(server.address)?;
    let batches: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
        .map(|connection| requests(turn * 1_000 + connection, rows / CONNECTIONS / BATCH))
        .collect();
    let postmaster = url.map(postmaster).transpose()?;
    let cpu = || -> Result<Duration> {
        let backends = postmaster.map_or(Ok(Duration::ZERO), machine::cpu_of_children)?;
        Ok(machine::cpu(server.pid())? + backends)
    };
    let (before, started) = (cpu()?, machine::now());
    let address = server.address;
    let threads: Vec<_> =
        batches.into_iter().map(|batches| std::thread::spawn(move || send(address, &batches))).collect();
    for thread in threads {
        thread.join().ok().context("a sender panicked")??;
    }
    let wall = started.elapsed();
    // What is counted in memory is written within a second.
    machine::pause(Duration::from_millis(1500));
    let used = cpu()?.saturating_sub(before);
    server.stop()?;
    Ok(Turn { cpu_us: used.as_secs_f64() * 1e6 / rows as f64, per_second: rows as f64 / wall.as_secs_f64() })
}

fn requests(seed: usize, batches: usize) -> Vec<Vec<u8>> {
    let mut numbers = Numbers(seed as u64);
    let batch = |numbers: &mut Numbers| {
        let calls: Vec<_> = (0..BATCH).map(|_| Call::random(numbers).json(None)).collect();
        request("POST", "/api/v1/executions", ADMIN, "", &serde_json::Value::from(calls).to_string())
    };
    (0..batches).map(|_| batch(&mut numbers)).collect()
}

fn send(address: SocketAddr, batches: &[Vec<u8>]) -> Result<()> {
    let mut connection = Connection::open(address)?;
    for (n, batch) in batches.iter().enumerate() {
        let answer = connection.call(batch)?.expect(202)?;
        if n % 16 == 0 {
            ensure!(answer.json()?["accepted"] == BATCH, "not all were accepted");
        }
    }
    Ok(())
}

/// The baseline, in a process of its own.
fn alone(rows: usize, url: Option<String>) -> Result<Turn> {
    let data = tempfile::tempdir_in(folder()?)?;
    let postmaster = url.as_deref().map(postmaster).transpose()?;
    let url = url.unwrap_or_else(|| format!("sqlite://{}", data.path().join("bare.db").display()));
    let before = postmaster.map_or(Ok(Duration::ZERO), machine::cpu_of_children)?;
    let output = Command::new(std::env::current_exe()?).args(["bare", &url, &rows.to_string()]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let mut figures = text.split_whitespace().flat_map(str::parse::<f64>);
    let (own, wall) = (figures.next().context("no CPU")?, figures.next().context("no time")?);
    let backends = figures.next().unwrap_or(0.0);
    let _ = before;
    #[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
    let rows = rows as f64;
    Ok(Turn { cpu_us: (own + backends) / rows, per_second: rows / wall })
}

/// What the hidden command `bare` does: prints microseconds of CPU, seconds, and microseconds of the backends' CPU.
#[expect(clippy::print_stdout, reason = "read by the bench")]
pub fn bare(url: &str, rows: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut numbers = Numbers(7);
    let all: Vec<_> =
        (1..=rows).map(|n| Call::random(&mut numbers).row(i64::try_from(n).unwrap_or(0))).collect();
    runtime.block_on(async {
        let postmaster = if url.starts_with("postgres") { Some(postmaster(url)?) } else { None };
        let backends = || postmaster.map_or(Ok(Duration::ZERO), machine::cpu_of_children);
        let mut bare = Bare::open(url, day_of(1_795_000_000_000_000)).await?;
        let (before, theirs, started) = (machine::cpu(std::process::id())?, backends()?, machine::now());
        for some in all.chunks(BARE_BATCH) {
            bare.insert(some).await?;
        }
        let wall = started.elapsed().as_secs_f64();
        let used = machine::cpu(std::process::id())?.saturating_sub(before).as_secs_f64() * 1e6;
        let theirs = backends()?.saturating_sub(theirs).as_secs_f64() * 1e6;
        println!("{used} {wall} {theirs}");
        Ok(())
    })
}

/// One execution a request.
#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
fn singles(size: Size) -> Result<f64> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), None)?;
    prepare(server.address)?;
    let mut rates = Vec::new();
    for turn in 0..size.turns() {
        let started = machine::now();
        let (address, time) = (server.address, size.turn());
        let threads: Vec<_> = (0..SINGLES)
            .map(|writer| {
                std::thread::spawn(move || -> Result<usize> {
                    let mut numbers = Numbers((turn * 1_000 + writer + 77) as u64);
                    let mut connection = Connection::open(address)?;
                    let mut count = 0;
                    while started.elapsed() < time {
                        let body = Call::random(&mut numbers).json(None).to_string();
                        connection
                            .call(&request("POST", "/api/v1/executions", ADMIN, "", &body))?
                            .expect(202)?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        let mut count = 0;
        for thread in threads {
            count += thread.join().ok().context("a writer panicked")??;
        }
        rates.push(count as f64 / started.elapsed().as_secs_f64());
    }
    server.stop()?;
    println!("\nsingle executions from {SINGLES} connections: {:.0}/s", median(rates.iter().copied()));
    Ok(median(rates))
}

/// Of the PostgreSQL behind an address on this machine.
fn postmaster(url: &str) -> Result<u32> {
    let output = Command::new("psql").args([url, "-Atqc", "SHOW data_directory"]).output()?;
    let folder = String::from_utf8(output.stdout)?;
    let file = std::fs::read_to_string(Path::new(folder.trim()).join("postmaster.pid"))?;
    file.lines().next().and_then(|line| line.trim().parse().ok()).context("no postmaster.pid")
}
