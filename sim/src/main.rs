//! Simulations of releasing: people, servers and clocks do everything in every order, from a seed. What must hold is
//! checked after each transition by counting from what was written down.
#![expect(clippy::print_stdout, reason = "a simulation reports to a terminal")]

mod acts;
mod check;
mod coverage;
mod door;
mod mutant;
mod policies;
mod world;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::{coverage::Coverage, mutant::Mutant, world::World};

#[derive(Parser)]
#[command(about = "Simulates approvals, rollouts and ways back on core's pure state")]
struct Cli {
    /// Simulated days.
    #[arg(long, default_value_t = 10_000)]
    days: i64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plants one bug after another; each has to be found.
    #[arg(long)]
    mutants: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let good = if cli.mutants { mutants(&cli) } else { sound(&cli) };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn sound(cli: &Cli) -> bool {
    let (world, end) = simulate(cli, None);
    let coverage: &Coverage = &world.coverage;
    println!(
        "core, {} days, seed {}: {} transitions\n{}",
        cli.days,
        cli.seed,
        coverage.sum(),
        coverage.table()
    );
    let gaps = coverage.gaps();
    if let Err(violation) = &end {
        println!("VIOLATED: {violation:#}");
    }
    for gap in &gaps {
        println!("met less than {} times: {gap}", coverage::LEAST);
    }
    println!(
        "{}",
        if end.is_ok() && gaps.is_empty() { "nothing was violated, every cell was met" } else { "FAILED" }
    );
    end.is_ok() && gaps.is_empty()
}

fn mutants(cli: &Cli) -> bool {
    let mut all = true;
    for mutant in Mutant::ALL {
        let (_, end) = simulate(cli, Some(mutant));
        match end {
            Err(violation) => println!("{:<18} found: {violation:#}", format!("{mutant:?}")),
            Ok(()) => {
                all = false;
                println!("{:<18} NOT FOUND", format!("{mutant:?}"));
            }
        }
    }
    all
}

fn simulate(cli: &Cli, mutant: Option<Mutant>) -> (World, Result<()>) {
    let mut world = World::new(cli.seed, mutant);
    let begin = world.time;
    let end = begin.plus_seconds(cli.days * 86_400);
    let mut run = || -> Result<()> {
        while world.time < end {
            let day = world.time.since(begin) / 86_400_000_000;
            world.next().with_context(|| format!("on day {day}"))?;
        }
        Ok(())
    };
    let result = run();
    (world, result)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Cli = Cli { days: 2_500, seed: 1, mutants: false };

    #[test]
    fn nothing_is_violated_and_every_cell_is_met() {
        let (world, end) = simulate(&SHORT, None);
        end.expect("nothing was violated");
        assert_eq!(world.coverage.gaps(), Vec::<String>::new());
    }

    #[test]
    fn every_planted_bug_is_found() {
        for mutant in Mutant::ALL {
            assert!(simulate(&SHORT, Some(mutant)).1.is_err(), "{mutant:?} was not found");
        }
    }
}
