//! Simulations of releasing: people, servers and clocks do everything in every order, from a seed. What must hold is
//! checked after each transition by counting from what was written down.
#![expect(clippy::print_stdout, reason = "a simulation reports to a terminal")]

mod acts;
mod cells;
mod check;
mod coverage;
mod door;
mod mutant;
mod policies;
mod whole;
mod world;

use std::{fmt::Debug, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::{coverage::Coverage, mutant::Mutant, whole::Life, world::World};

/// Simulated days of three servers, for each kind of database.
const WHOLE_DAYS: i64 = 200;
const WHOLE_DAYS_POSTGRES: i64 = 20;

#[derive(Parser)]
#[command(about = "Simulates approvals, rollouts and ways back", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    core: Core,
}

#[derive(Subcommand)]
enum What {
    /// Core's pure state; so it is without a word.
    Core(Core),
    /// Three servers on one database, with everything that they do.
    Whole(Whole),
}

#[derive(Args)]
struct Core {
    /// Simulated days.
    #[arg(long, default_value_t = 10_000)]
    days: i64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plants one bug after another; each has to be found.
    #[arg(long)]
    mutants: bool,
}

#[derive(Args)]
struct Whole {
    /// Simulated days: 200, and 20 on PostgreSQL.
    #[arg(long)]
    days: Option<i64>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plants one bug after another; each has to be found.
    #[arg(long)]
    mutants: bool,
    /// The address of a server on which databases may be made; without it, SQLite in memory.
    #[arg(long)]
    postgres: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let good = match cli.what.unwrap_or(What::Core(cli.core)) {
        What::Core(core) if core.mutants => mutants(&Mutant::ALL, |mutant| simulate(&core, Some(mutant)).1),
        What::Core(core) => sound(&core),
        What::Whole(whole) if whole.mutants => {
            mutants(&whole::Mutant::ALL, |mutant| whole::live(&whole.life(), Some(mutant))?.1)
        }
        What::Whole(whole) => whole.sound(),
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn sound(core: &Core) -> bool {
    let (world, end) = simulate(core, None);
    report(&format!("core, {} days, seed {}", core.days, core.seed), &world.coverage, &end)
}

impl Whole {
    fn life(&self) -> Life {
        let usual = if self.postgres.is_some() { WHOLE_DAYS_POSTGRES } else { WHOLE_DAYS };
        Life { days: self.days.unwrap_or(usual), seed: self.seed, postgres: self.postgres.clone() }
    }

    fn sound(&self) -> bool {
        let life = self.life();
        match whole::live(&life, None) {
            Ok((world, end)) => {
                let title = format!("whole, {}, {} days, seed {}", world.place(), life.days, life.seed);
                report(&title, &world.coverage, &end)
            }
            Err(error) => {
                println!("it did not begin: {error:#}");
                false
            }
        }
    }
}

fn report(title: &str, coverage: &Coverage, end: &Result<()>) -> bool {
    println!("{title}: {} transitions\n{}", coverage.sum(), coverage.table());
    let gaps = coverage.gaps();
    if let Err(violation) = end {
        println!("VIOLATED: {violation:#}");
    }
    for gap in &gaps {
        println!("{gap}");
    }
    let good = end.is_ok() && gaps.is_empty();
    println!("{}", if good { "nothing was violated, every cell was met" } else { "FAILED" });
    good
}

fn mutants<M: Copy + Debug>(all: &[M], simulate: impl Fn(M) -> Result<()>) -> bool {
    let mut found = true;
    for mutant in all {
        match simulate(*mutant) {
            Err(violation) => println!("{:<18} found: {violation:#}", format!("{mutant:?}")),
            Ok(()) => {
                found = false;
                println!("{:<18} NOT FOUND", format!("{mutant:?}"));
            }
        }
    }
    found
}

fn simulate(core: &Core, mutant: Option<Mutant>) -> (World, Result<()>) {
    let mut world = World::new(core.seed, mutant);
    let begin = world.time;
    let end = begin.plus_seconds(core.days * 86_400);
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

    const SHORT: Core = Core { days: 2_500, seed: 1, mutants: false };
    /// Long enough for each cell to be met once.
    const SHORT_WHOLE: i64 = 30;
    const SHORT_WHOLE_POSTGRES: i64 = 8;

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

    #[test]
    fn three_servers_on_sqlite_do_nothing_wrong_and_meet_every_cell() {
        let (world, end) =
            whole::live(&Life { days: SHORT_WHOLE, seed: 1, postgres: None }, None).expect("it begins");
        end.expect("nothing was violated");
        assert_eq!(world.coverage.gaps(), Vec::<String>::new());
    }

    #[test]
    fn three_servers_on_postgres_do_nothing_wrong() {
        let postgres = std::env::var("PROMPTORY_TEST_POSTGRES")
            .expect("`cargo xtask test` sets it, see docs/testing.md");
        let life = Life { days: SHORT_WHOLE_POSTGRES, seed: 1, postgres: Some(postgres) };
        let (_, end) = whole::live(&life, None).expect("it begins");
        end.expect("nothing was violated");
    }

    #[test]
    fn every_bug_that_is_planted_around_servers_is_found() {
        let life = Life { days: SHORT_WHOLE, seed: 1, postgres: None };
        for mutant in whole::Mutant::ALL {
            let (_, end) = whole::live(&life, Some(mutant)).expect("it begins");
            assert!(end.is_err(), "{mutant:?} was not found");
        }
    }
}
