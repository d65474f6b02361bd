//! Questions over many executions: how long they take, and whether that depends on how many there are.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    Size,
    executions::{Call, Numbers, prompt_name},
    ingest::prepare,
    machine,
    rounds::{median, verdict},
    server::{ADMIN, Program, folder},
    wire::{Connection, request},
};

const DAYS: i64 = 30;
const BATCH: usize = 1_000;
const CONNECTIONS: usize = 4;
/// Of a question.
const CALLS: usize = 15;

/// Seconds since 1970.
struct Span {
    from: i64,
    to: i64,
}

pub fn run(size: Size, rows: usize) -> Result<()> {
    let sizes = if size.is_quick() { vec![20_000, 40_000] } else { vec![rows / 10, rows] };
    let mut seen = Vec::new();
    for rows in sizes {
        let data = data(rows)?;
        let server = Program::server(&data, None)?;
        let span = fill(server.address, &data, rows)?;
        let bytes = std::fs::metadata(data.join("promptory.db"))?.len();
        #[expect(clippy::cast_precision_loss, reason = "bytes of a file")]
        let per_million = bytes as f64 / rows as f64;
        println!("\n{rows} executions, {per_million:.0} MB of database a million");
        let all = format!(
            "/api/v1/analytics/series?metric=latency_p50,latency_p95,latency_p99,cost_usd,error_rate&interval=hour&from={}&to={}",
            rfc3339(span.from),
            rfc3339(span.to)
        );
        let week = format!(
            "/api/v1/analytics/summary?prompt={}&from={}&to={}",
            prompt_name(3).replace('/', "%2F"),
            rfc3339(span.to - 7 * 86_400),
            rfc3339(span.to)
        );
        let all = ask(server.address, "per hour, everything, 30 days", &all)?;
        let week = ask(server.address, "one prompt, the last week", &week)?;
        let memory = machine::resident_bytes(server.pid())? / 1_048_576;
        println!("  resident {memory} MiB");
        seen.push((all, week));
        server.stop()?;
    }
    let (small, large) = (&seen[0], &seen[1]);
    println!("load average {:.1}\n", machine::load_average());
    verdict("per hour, everything", large.0, " ms", large.0 <= 50.0, "≤ 50 ms");
    verdict("one prompt's last week", large.1, " ms", large.1 <= 5.0, "≤ 5 ms");
    verdict("the same ÷ with a tenth of the rows", large.0 / small.0, "", large.0 / small.0 <= 1.2, "≤ 1.2");
    Ok(())
}

fn data(rows: usize) -> Result<PathBuf> {
    let data = folder()?.join(format!("analytics-{rows}"));
    std::fs::create_dir_all(&data)?;
    Ok(data)
}

/// Records them in the order of their times, unless they are there already.
fn fill(address: SocketAddr, data: &std::path::Path, rows: usize) -> Result<Span> {
    let mark = data.join("filled");
    if let Ok(text) = std::fs::read_to_string(&mark) {
        let to: i64 = text.trim().parse()?;
        return Ok(Span { from: to - DAYS * 86_400, to });
    }
    prepare(address)?;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    let to = i64::try_from(now)? / 3600 * 3600;
    let span = Span { from: to - DAYS * 86_400, to };
    let started = machine::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|own| std::thread::spawn(move || send(address, (own, rows), span.from, to)))
        .collect();
    for thread in threads {
        thread.join().ok().context("a sender panicked")??;
    }
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^53")]
    let rate = rows as f64 / seconds;
    println!("recorded {rows} executions of {DAYS} days in {seconds:.0} s, {rate:.0}/s");
    machine::pause(Duration::from_secs(3));
    std::fs::write(mark, to.to_string())?;
    Ok(span)
}

/// Every so many-th piece of the whole.
fn send(address: SocketAddr, (own, rows): (usize, usize), from: i64, to: i64) -> Result<()> {
    let mut connection = Connection::open(address)?;
    let pieces = rows / BATCH;
    for piece in (own..pieces).step_by(CONNECTIONS) {
        let mut numbers = Numbers((piece as u64) << 32 | rows as u64);
        let calls: Vec<_> = (0..BATCH)
            .map(|n| {
                let place = i64::try_from(piece * BATCH + n).unwrap_or(0);
                let micros = i128::from((to - from) * 1_000_000) * i128::from(place)
                    / i128::try_from(rows).unwrap_or(1);
                let at = from * 1000 + i64::try_from(micros / 1000).unwrap_or(0);
                Call::random(&mut numbers).json(Some(&millis(at)))
            })
            .collect();
        let body = serde_json::Value::from(calls).to_string();
        let answer =
            connection.call(&request("POST", "/api/v1/executions", ADMIN, "", &body))?.expect(202)?;
        ensure!(answer.json()?["accepted"] == BATCH, "not all were accepted");
    }
    Ok(())
}

fn millis(at: i64) -> String {
    let text = rfc3339(at / 1000);
    format!("{}.{:03}Z", text.trim_end_matches('Z'), at % 1000)
}

/// UTC, by the civil calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn rfc3339(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Milliseconds, median.
fn ask(address: SocketAddr, title: &str, path: &str) -> Result<f64> {
    let mut connection = Connection::open(address)?;
    let question = request("GET", path, ADMIN, "", "");
    let mut times = Vec::new();
    for call in 0..=CALLS {
        let started = machine::now();
        let answer = connection.call(&question)?.expect(200)?;
        ensure!(!answer.body.is_empty(), "an empty answer");
        // The first makes connections and reads pages.
        if call > 0 {
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
    }
    let slowest = times.iter().copied().fold(0.0, f64::max);
    let median = median(times);
    println!("  {title:<32} {median:>7.2} ms (slowest of {CALLS}: {slowest:.2})");
    Ok(median)
}
