//! `GET …/active` against a constant answer, and what happens to it while keys are revoked and versions activated.

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
use serde_json::json;

use crate::{
    Size, constant,
    load::{Ask, Load, Random},
    machine,
    rounds::{Side, compare, compare_with, verdict},
    seed::{self, ENVIRONMENTS, PROMPTS, active_ask, active_asks, stored_key},
    server::{ADMIN, Program},
    wire::{Connection, request},
};

const ACTIVATIONS_PER_SECOND: u32 = 10;

pub fn load(asks: Arc<Vec<Ask>>, time: Duration) -> Load {
    Load { asks, threads: 2, connections: 16, time }
}

pub fn run(size: Size) -> Result<()> {
    let seeded = seed::seeded()?;
    let server = Program::server(seeded.data.path(), None)?;
    let asks = active_asks(&seeded.key);
    let mut connection = Connection::open(server.address)?;
    let answer = connection.call(&asks[0].request)?.expect(200)?;
    println!("one answer: {} bytes of head, {} of body", answer.head.len(), answer.body.len());
    let baseline = Program::constant(&constant::keep(&answer, seeded.data.path())?)?;
    let time = size.round();
    let ours = || load(Arc::clone(&asks), time);
    let side =
        |name, program: &Program, load| Side { name, pid: program.pid(), address: program.address, load };

    let mut sides = [side("promptory", &server, ours()), side("axum, a constant", &baseline, ours())];
    compare("warming up", &mut sides, 1)?;
    let revoked = revoke_under_load(server.address, &ours())?;
    let constant = compare("active against a constant", &mut sides, size.rounds())?;

    let known = not_modified_asks(server.address, &seeded.key)?;
    let known = load(Arc::new(known), time);
    let mut sides = [side("304", &server, known), side("200", &server, ours())];
    let modified = compare("304 against 200", &mut sides, size.rounds())?;

    let mut activator = None;
    let mut sides = [side("ten activations a second", &server, ours()), side("none", &server, ours())];
    let mut activated = 0;
    let busy = compare_with("active while versions change", &mut sides, size.rounds(), |i, before| {
        if i == 0 && before {
            activator = Some(Activator::start(server.address));
        } else if let Some(running) = activator.take() {
            activated += running.stop()?;
        }
        Ok(())
    })?;
    println!("  {activated} activations");

    println!();
    verdict("active, by CPU", constant.by_cpu, "", constant.by_cpu >= 0.8, "≥ 0.8");
    verdict("304, by CPU", modified.by_cpu, "", modified.by_cpu >= 1.0, "≥ 1");
    verdict("with ten activations a second, by CPU", busy.by_cpu, "", busy.by_cpu >= 0.9, "≥ 0.9");
    verdict("revoked key refused after", revoked.as_secs_f64(), " s", revoked.as_secs_f64() <= 1.0, "≤ 1 s");
    // The baseline's content is not the one that was asked for.
    let ours = [&constant.tallies[0], &modified.tallies[1], &busy.tallies[0], &busy.tallies[1]];
    let wrong = ours.iter().map(|tally| tally.failed(200)).sum::<u64>() + modified.tallies[0].failed(304);
    let looked_at: u64 = ours.iter().map(|tally| tally.looked_at).sum();
    println!("=> {wrong} failed or wrong answers; {looked_at} were looked into");
    Ok(())
}

/// Makes a key, sees it work, revokes it, and measures how long it still works.
fn revoke_under_load(address: SocketAddr, load: &Load) -> Result<Duration> {
    let (id, key) = stored_key(address, "to be revoked")?;
    let busy = {
        let load = load.clone();
        std::thread::spawn(move || load.run(address))
    };
    let mut connection = Connection::open(address)?;
    let ask = active_ask(&key, 7, ENVIRONMENTS[0], "").request;
    connection.call(&ask)?.expect(200)?;
    let started = machine::now();
    connection.call(&request("DELETE", &format!("/api/v1/keys/{id}"), ADMIN, "", ""))?.expect(200)?;
    while connection.call(&ask)?.status != 401 {
        ensure!(started.elapsed() < Duration::from_secs(10), "a revoked key goes on working");
    }
    let took = started.elapsed();
    busy.join().ok().context("a load thread panicked")??;
    Ok(took)
}

/// Requests for what the caller has already.
fn not_modified_asks(address: SocketAddr, key: &str) -> Result<Vec<Ask>> {
    // A new one: the server closes connections that were silent for half a minute.
    let mut connection = Connection::open(address)?;
    (0..PROMPTS)
        .step_by(5)
        .flat_map(|prompt| ENVIRONMENTS.map(|environment| (prompt, environment)))
        .map(|(prompt, environment)| {
            let answer = connection.call(&active_ask(key, prompt, environment, "").request)?.expect(200)?;
            let etag = answer.header("etag").context("no etag")?;
            Ok(active_ask(key, prompt, environment, &format!("if-none-match: {etag}\r\n")))
        })
        .collect()
}

/// Activates versions at a steady pace, until it is stopped.
struct Activator {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    thread: JoinHandle<Result<()>>,
}

impl Activator {
    fn start(address: SocketAddr) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopping, counting) = (Arc::clone(&stop), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            let mut connection = Connection::open(address)?;
            let seed = u64::try_from(machine::now().elapsed().as_nanos()).unwrap_or(0) | 1;
            let mut random = Random(seed);
            let started = machine::now();
            for n in 1.. {
                if stopping.load(Ordering::Relaxed) {
                    break;
                }
                let environment = ENVIRONMENTS[random.below(ENVIRONMENTS.len())];
                let body = json!({"environment": environment, "version": (1 + random.below(3)).to_string()});
                let path = seed::path(random.below(PROMPTS), "activate");
                connection.call(&request("POST", &path, ADMIN, "", &body.to_string()))?.expect(201)?;
                counting.fetch_add(1, Ordering::Relaxed);
                let next = Duration::from_secs(1) / ACTIVATIONS_PER_SECOND * n;
                machine::pause(next.saturating_sub(started.elapsed()));
            }
            Ok(())
        });
        Self { stop, done, thread }
    }

    fn stop(self) -> Result<u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().ok().context("the activator panicked")??;
        Ok(self.done.load(Ordering::Relaxed))
    }
}
