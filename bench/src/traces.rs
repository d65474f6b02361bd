//! Real arrival times and token counts of two services, recorded at a hundred times their speed: what the statistics
//! then say is the direct sum of the files. The files are those of the Azure LLM inference traces of 2023 (CC-BY 4.0):
//! `TIMESTAMP,ContextTokens,GeneratedTokens`.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    machine,
    server::{ADMIN, Program, folder},
    wire::{Connection, request},
};

const SPEED: f64 = 100.0;
/// Dollars per million tokens.
const PRICE: (f64, f64) = (0.075, 0.3);
const MODEL: &str = "traced-model";

struct Call {
    /// Microseconds since the first one.
    at: i64,
    input: u64,
    output: u64,
}

pub fn run(traces: &Path, postgres: Option<&str>) -> Result<()> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), postgres)?;
    prepare(server.address)?;
    for name in ["code", "conv"] {
        let calls = read(&traces.join(format!("{name}.csv")))?;
        replay(server.address, name, &calls)?;
    }
    // The last ones are written to the statistics within seconds.
    machine::pause(Duration::from_secs(6));
    let mut connection = Connection::open(server.address)?;
    let answer =
        connection.call(&request("POST", "/api/v1/analytics/verify", ADMIN, "", "{}"))?.expect(200)?;
    let verified = answer.json()?;
    ensure!(verified["agrees"] == true, "the statistics are not what the rows say: {verified}");
    println!("a recount of {} executions in {} cells agrees", verified["executions"], verified["cells"]);
    server.stop()
}

fn prepare(address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address)?;
    for name in ["code", "conv"] {
        let body = json!({"name": format!("traces/{name}"), "kind": "text", "version": {"content": "x"}});
        connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body.to_string()))?.expect(201)?;
    }
    let price = json!({
        "provider": "traces",
        "model": MODEL,
        "input_per_million_usd": PRICE.0,
        "output_per_million_usd": PRICE.1,
    });
    connection.call(&request("POST", "/api/v1/prices", ADMIN, "", &price.to_string()))?.expect(201)?;
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Call>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut calls = Vec::new();
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let mut fields = line.trim().split(',');
        let mut field = || fields.next().with_context(|| format!("a field is missing: {line}"));
        let (at, input, output) = (micros(field()?)?, field()?.parse()?, field()?.parse()?);
        calls.push(Call { at, input, output });
    }
    let first = calls.iter().map(|call| call.at).min().context("the file is empty")?;
    calls.iter_mut().for_each(|call| call.at -= first);
    calls.sort_by_key(|call| call.at);
    Ok(calls)
}

/// Of the day; the traces lie within one.
fn micros(text: &str) -> Result<i64> {
    let (_, time) = text.split_once(' ').context("no time")?;
    let mut parts = time.split(':');
    let mut part = || parts.next().context("no time");
    let (hours, minutes, seconds): (i64, i64, f64) = (part()?.parse()?, part()?.parse()?, part()?.parse()?);
    #[expect(clippy::cast_possible_truncation, reason = "microseconds of a minute")]
    let micros = (seconds * 1e6).round() as i64;
    Ok((hours * 3600 + minutes * 60) * 1_000_000 + micros)
}

/// Everything that would have been called by now goes in one request.
fn replay(address: SocketAddr, name: &str, calls: &[Call]) -> Result<()> {
    let mut connection = Connection::open(address)?;
    let (started, mut sent, mut requests) = (machine::now(), 0, 0);
    while sent < calls.len() {
        let clock = started.elapsed().as_secs_f64() * SPEED * 1e6;
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a day")]
        let due = calls[sent..].iter().take_while(|call| call.at as f64 <= clock).take(1_000).count();
        if due == 0 {
            machine::pause(Duration::from_millis(1));
            continue;
        }
        let batch: Vec<Value> =
            calls[sent..sent + due].iter().enumerate().map(|(n, call)| one(name, sent + n, call)).collect();
        let body = Value::from(batch).to_string();
        let answer =
            connection.call(&request("POST", "/api/v1/executions", ADMIN, "", &body))?.expect(202)?;
        ensure!(answer.json()?["accepted"] == due, "not all were accepted");
        sent += due;
        requests += 1;
    }
    let wall = started.elapsed().as_secs_f64();
    check(&mut connection, name, calls)?;
    println!(
        "{name}: {} calls in {requests} requests and {wall:.1} s: count, tokens and cost are the direct sums",
        calls.len()
    );
    Ok(())
}

fn one(name: &str, n: usize, call: &Call) -> Value {
    json!({
        "id": format!("{name}-{n}"),
        "prompt": format!("traces/{name}"),
        "version": "1.0.0",
        "latency_ms": call.output * 20,
        "input_tokens": call.input,
        "output_tokens": call.output,
        "provider": "traces",
        "model": MODEL,
        "status": "success",
    })
}

fn check(connection: &mut Connection, name: &str, calls: &[Call]) -> Result<()> {
    let path = format!("/api/v1/analytics/summary?prompt=traces%2F{name}");
    let summary = connection.call(&request("GET", &path, ADMIN, "", ""))?.expect(200)?.json()?;
    let found = &summary["items"][0];
    let sum = |pick: fn(&Call) -> u64| calls.iter().map(pick).sum::<u64>();
    let (input, output) = (sum(|call| call.input), sum(|call| call.output));
    // Picodollars, then dollars in twelve decimals.
    let pico = u128::from(input) * 75_000 + u128::from(output) * 300_000;
    let cost = format!("{}.{:012}", pico / 1_000_000_000_000, pico % 1_000_000_000_000);
    let said = found["cost_usd"]["total"].to_string();
    let plain = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    ensure!(
        found["count"] == calls.len(),
        "{} executions are counted, {} were sent",
        found["count"],
        calls.len()
    );
    ensure!(
        found["input_tokens"]["total"] == input,
        "input tokens: {}, {input}",
        found["input_tokens"]["total"]
    );
    ensure!(
        found["output_tokens"]["total"] == output,
        "output tokens: {}, {output}",
        found["output_tokens"]["total"]
    );
    ensure!(plain(&said) == plain(&cost), "cost: {said}, {cost}");
    Ok(())
}
