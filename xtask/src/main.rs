//! `cargo xtask …`: what a developer or a build machine runs. `docs/testing.md` explains when.

mod clients;
mod console;
mod postgres;
mod run;
mod server;
mod steps;
mod test;
mod tidy;
mod tools;
mod ui;
mod workspace;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  run [-- <arguments of `promptory serve`>]
        build web UI and server, start on SQLite in ./data, load the demo project, print address, key and a curl line
  test [--only setup,ui,fmt,tidy,clippy,tests,browser] [--keep-going] [-- <arguments of `cargo test`>]
        everything that must pass before a change goes in
  tidy  the rules of docs/style.md
  sim [core] [--days N] [--seed N] [--mutants]
        simulates approvals, rollouts and ways back on core's pure state; with --mutants planted bugs, each to be found
  sim whole [--days N] [--seed N] [--postgres ADDRESS] [--mutants]
        the same with three servers on one database: SQLite in memory, or one that is made on this PostgreSQL
  postgres [--durable]
        a private PostgreSQL for `cargo test` by hand, until Ctrl-C or the end of standard input";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            console::complain(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = args.split_first() else { bail!("a command is missing\n\n{USAGE}") };
    match command.as_str() {
        "run" => run::run(after_separator(rest)?),
        run::FOLLOW_UP => run::follow_up(rest),
        "test" => test::test(rest),
        "tidy" => tidy::command(),
        "sim" => simulate(rest),
        "postgres" => postgres::foreground(rest),
        "help" | "--help" | "-h" => {
            console::say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

fn simulate(args: &[String]) -> Result<ExitCode> {
    let root = workspace::root()?;
    let status =
        workspace::cargo(&root).args(["run", "-q", "-p", "promptory-sim", "--"]).args(args).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The first `--` is ours; what follows belongs to the program that is started.
fn after_separator(args: &[String]) -> Result<&[String]> {
    match args.split_first() {
        None => Ok(&[]),
        Some((first, rest)) if first == "--" => Ok(rest),
        Some((first, _)) => bail!("`{first}`: put arguments for the server after `--`"),
    }
}
