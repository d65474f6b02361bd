//! Two things measured in turns, A B B A …, so that what else the machine does hits both alike.

use std::net::SocketAddr;

use anyhow::Result;

use crate::{
    load::{Load, Tally},
    machine::{self, Machine},
};

/// One process under one load.
pub struct Side<'a> {
    pub name: &'a str,
    pub pid: u32,
    pub address: SocketAddr,
    pub load: Load,
}

#[derive(Clone, Default)]
pub struct Round {
    pub per_cpu_second: f64,
    pub per_second: f64,
    pub others: f64,
}

pub struct Compared {
    /// Requests per processor second, first over second: median over the rounds.
    pub by_cpu: f64,
    pub by_wall: f64,
    pub tallies: [Tally; 2],
}

pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a short run are far below 2^53")]
pub fn measure(side: &Side<'_>) -> Result<(Round, Tally)> {
    let own = std::process::id();
    let (machine, own_before, before) =
        (Machine::read()?, machine::cpu_with_ended(own)?, machine::cpu(side.pid)?);
    let tally = side.load.run(side.address)?;
    let cpu = machine::cpu(side.pid)?.saturating_sub(before);
    // The load threads have ended by now, so the process as a whole is asked.
    let ours = cpu + machine::cpu_with_ended(own)?.saturating_sub(own_before);
    let requests = tally.requests as f64;
    let round = Round {
        per_cpu_second: requests / cpu.as_secs_f64().max(1e-9),
        per_second: requests / tally.wall.as_secs_f64(),
        others: machine.others(ours)?,
    };
    Ok((round, tally))
}

/// Runs both in turns and prints what came out.
pub fn compare(title: &str, sides: &mut [Side<'_>; 2], rounds: usize) -> Result<Compared> {
    compare_with(title, sides, rounds, |_, _| Ok(()))
}

/// `around` is told before (true) and after (false) each turn of the first side.
pub fn compare_with(
    title: &str,
    sides: &mut [Side<'_>; 2],
    rounds: usize,
    mut around: impl FnMut(usize, bool) -> Result<()>,
) -> Result<Compared> {
    let mut seen: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    let mut tallies = [Tally::default(), Tally::default()];
    for n in 0..rounds {
        for i in if n % 2 == 0 { [0, 1] } else { [1, 0] } {
            around(i, true)?;
            let (round, tally) = measure(&sides[i])?;
            around(i, false)?;
            seen[i].push(round);
            tallies[i].add(&tally);
        }
    }
    let ratio = |of: fn(&Round) -> f64| median(seen[0].iter().zip(&seen[1]).map(|(a, b)| of(a) / of(b)));
    let compared =
        Compared { by_cpu: ratio(|r| r.per_cpu_second), by_wall: ratio(|r| r.per_second), tallies };
    print(title, sides, &seen, &compared);
    Ok(compared)
}

fn print(title: &str, sides: &[Side<'_>; 2], seen: &[Vec<Round>; 2], compared: &Compared) {
    println!("\n{title}: medians of {} alternated rounds", seen[0].len());
    for (i, side) in sides.iter().enumerate() {
        let of = |pick: fn(&Round) -> f64| median(seen[i].iter().map(pick));
        let rate = of(|r| r.per_cpu_second);
        println!(
            "  {:<28} {rate:>9.0} requests per CPU second ({:.2} µs of CPU each), {:.0}/s by the wall, \
             others used {:.0} % of the machine, {:?}",
            side.name,
            1e6 / rate,
            of(|r| r.per_second),
            of(|r| r.others) * 100.0,
            compared.tallies[i].statuses,
        );
    }
    let mut ratios: Vec<f64> =
        seen[0].iter().zip(&seen[1]).map(|(a, b)| a.per_cpu_second / b.per_cpu_second).collect();
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (ratios.first().unwrap_or(&0.0), ratios.last().unwrap_or(&0.0));
    println!(
        "  ratio {:.3} by CPU ({low:.3} to {high:.3}), {:.3} by the wall; load average {:.1}",
        compared.by_cpu,
        compared.by_wall,
        machine::load_average()
    );
}

/// One line a target: what was measured, and whether it is reached.
pub fn verdict(what: &str, measured: f64, unit: &str, reached: bool, target: &str) {
    let word = if reached { "reached" } else { "MISSED" };
    println!("=> {what}: {measured:.3}{unit} (target {target}): {word}");
}
