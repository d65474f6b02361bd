//! The Rust client in the process of its application: resolving and rendering locally, and what is cached, against the
//! least that any client would do.

use std::{
    collections::HashMap,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use promptory_sdk::{Client, Prompt, Rendered};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::{
    Size,
    load::Random,
    machine,
    rounds::{median, verdict},
    seed::{self, PROMPTS},
    server::Program,
};

/// As many as an application of some size uses.
const USED: usize = 1000;
const ENVIRONMENT: &str = "production";

/// What is done with the prompt of this number; answers how long the text is.
type Work<'a> = &'a dyn Fn(usize) -> Result<usize>;

pub fn run(size: Size) -> Result<()> {
    let seeded = seed::seeded()?;
    let server = Program::server(seeded.data.path(), None)?;
    let runtime = Runtime::new()?;
    let builder = || {
        Client::builder(format!("http://{}", server.address), &seeded.key)
            .environment(ENVIRONMENT)
            .ttl(Duration::from_secs(3600))
    };
    let started = machine::now();
    let local = runtime.block_on(builder().local().build())?;
    println!("a snapshot of {PROMPTS} prompts was loaded in {:.2} s", started.elapsed().as_secs_f64());
    let cached = runtime.block_on(builder().build())?;

    let names: Vec<String> = (0..USED).map(|n| seed::name(n * PROMPTS / USED)).collect();
    let variables = variables();
    let mut prompts: Vec<Prompt> = Vec::new();
    let mut rendered: HashMap<&str, String> = HashMap::new();
    let mut contents: HashMap<&str, String> = HashMap::new();
    for name in &names {
        // A template is compiled when it is first rendered: that is not what is measured here.
        let prompt = runtime.block_on(local.resolve(name).variables(&variables).into_future())?;
        rendered.insert(name, prompt.text().context("no text")?.to_owned());
        contents.insert(name, prompt.content().as_str().context("no content")?.to_owned());
        prompts.push(prompt);
        runtime.block_on(cached.get(name))?;
    }
    let bytes = rendered.values().map(String::len).sum::<usize>() / USED;
    println!("{USED} prompts of {bytes} bytes, three variables each");

    // Of the application's own runtime, only what an answer that is there takes of it.
    let _inside = runtime.enter();
    let resolve = |name: &str| done(&runtime, local.resolve(name).variables(&variables).into_future());
    let resolved = compare(
        size,
        "local resolve, rendered",
        &names,
        [
            ("resolve", &|n| Ok(length(&resolve(&names[n])?))),
            ("render alone", &|n| Ok(bytes_of(&prompts[n].render(&variables)?))),
        ],
    )?;
    let looked_up = compare(
        size,
        "local resolve, rendered",
        &names,
        [
            ("resolve", &|n| Ok(length(&resolve(&names[n])?))),
            ("map look-up and clone", &|n| Ok(black_box(rendered[names[n].as_str()].clone()).len())),
        ],
    )?;
    let got = compare(
        size,
        "cached get",
        &names,
        [
            ("get", &|n| Ok(done(&runtime, cached.get(&names[n]))?.content().as_str().map_or(0, str::len))),
            ("map look-up and clone", &|n| Ok(black_box(contents[names[n].as_str()].clone()).len())),
        ],
    )?;
    let stats = cached.stats();
    println!();
    verdict("local resolve, in renderings", resolved, "", resolved <= 2.0, "≤ 2");
    println!("=> local resolve, in look-ups and clones: {looked_up:.2}");
    println!("=> cached get, in look-ups and clones: {got:.2}");
    println!("=> {} misses of {} cached gets", stats.misses, stats.hits + stats.misses + stats.stale);
    Ok(())
}

fn variables() -> Map<String, Value> {
    let variables = json!({"product": "Promptory", "customer": "Ada", "question": "Where is my parcel?"});
    variables.as_object().cloned().unwrap_or_default()
}

/// Most answers are there when they are asked for.
fn done<T>(runtime: &Runtime, answer: impl Future<Output = T>) -> T {
    let mut answer = pin!(answer);
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => runtime.block_on(answer),
    }
}

fn length(prompt: &Prompt) -> usize {
    prompt.rendered().map_or(0, bytes_of)
}

fn bytes_of(rendered: &Rendered) -> usize {
    match rendered {
        Rendered::Text(text) => text.len(),
        Rendered::Chat(_) => 0,
    }
}

/// Both in turns, in random order of prompts: the median of the rounds' ratios of time, first over second.
fn compare(size: Size, title: &str, names: &[String], sides: [(&str, Work<'_>); 2]) -> Result<f64> {
    let mut random = Random(0x5eed);
    let order: Vec<usize> = (0..size.calls()).map(|_| random.below(names.len())).collect();
    let mut bytes = [0; 2];
    let mut seen: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=size.rounds() {
        for side in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
            let started = machine::now();
            for n in &order {
                bytes[side] += sides[side].1(*n)?;
            }
            let taken = started.elapsed().as_secs_f64();
            // The first round warms up.
            if round > 0 {
                seen[side].push(taken / f64::from(u32::try_from(order.len())?));
            }
        }
    }
    ensure!(bytes[0] == bytes[1] && bytes[0] > 0, "the two sides gave different texts");
    println!("\n{title}: medians of {} alternated rounds", size.rounds());
    for (side, (name, _)) in sides.iter().enumerate() {
        println!("  {name:<28} {:>8.3} µs a call", median(seen[side].iter().copied()) * 1e6);
    }
    let mut ratios: Vec<f64> = seen[0].iter().zip(&seen[1]).map(|(a, b)| a / b).collect();
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (ratios.first().unwrap_or(&0.0), ratios.last().unwrap_or(&0.0));
    let ratio = median(ratios.iter().copied());
    println!("  ratio {ratio:.2} ({low:.2} to {high:.2}); load average {:.1}", machine::load_average());
    Ok(ratio)
}
