//! `cargo xtask test`: all that must pass, in the order in which mistakes are found fastest.

use crate::clients::{self, Clients};
use crate::console::{self, Stopwatch};
use crate::postgres::{Durability, Postgres};
use crate::steps::{Counts, Outcome, Record, summary, table};
use crate::{tidy, tools, ui, workspace};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

const STEPS: [&str; 7] = ["setup", "ui", "fmt", "tidy", "clippy", "tests", "browser"];

/// They bring `setup`.
const NEED_SETUP: [&str; 2] = ["tests", "browser"];

struct Options {
    only: Vec<String>,
    keep_going: bool,
    test_args: Vec<String>,
}

/// What `setup` found and started; the PostgreSQL stops when this goes.
struct Tools {
    postgres: Postgres,
    promtool: PathBuf,
    clients: Clients,
    chromium: PathBuf,
}

pub(crate) fn test(args: &[String]) -> Result<ExitCode> {
    let options = parse(args)?;
    let root = workspace::root()?;
    let mut tools = None;
    let mut counts = Counts::default();
    let mut records = Vec::new();
    let mut failed = false;
    for step in STEPS.into_iter().filter(|step| options.wants(step)) {
        // Without its PostgreSQL a test run would only say the same error many times.
        let impossible = NEED_SETUP.contains(&step) && tools.is_none();
        if (failed && !options.keep_going) || impossible {
            records.push(Record { step, outcome: Outcome::NotReached, time: Duration::ZERO, failed: 0 });
            continue;
        }
        console::say(&format!("\n== {step}"));
        let time = Stopwatch::start();
        let failed_before = counts.failed;
        let result = match step {
            "setup" => setup(&root).map(|found| tools = Some(found)),
            "ui" => ui::check(&root, &mut counts),
            "fmt" => succeed(workspace::cargo(&root).args(["fmt", "--all", "--check"])),
            "tidy" => tidy::run(&root),
            "clippy" => succeed(workspace::cargo(&root).args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])),
            "browser" => browse(&root, tools.as_ref(), &mut counts),
            _ => run_tests(&root, tools.as_ref(), &options.test_args, &mut counts),
        };
        if let Err(error) = &result {
            console::complain(&format!("xtask: {step}: {error:#}"));
            failed = true;
        }
        let outcome = if result.is_ok() { Outcome::Good } else { Outcome::Bad };
        let failed = counts.failed - failed_before;
        records.push(Record { step, outcome, time: time.elapsed(), failed });
    }
    drop(tools);
    console::say(&table(&records));
    console::say(&summary(&records, counts));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Options {
    /// Tests need what `setup` brings, so they bring `setup`.
    fn wants(&self, step: &str) -> bool {
        let chosen = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        chosen(step) || (step == "setup" && NEED_SETUP.iter().any(|step| chosen(step)))
    }
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options { only: Vec::new(), keep_going: false, test_args: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--keep-going" => options.keep_going = true,
            "--only" => {
                let steps = args.next().context("--only needs names of steps")?;
                for step in steps.split(',') {
                    ensure!(
                        STEPS.contains(&step),
                        "there is no step `{step}`; there are {}",
                        STEPS.join(", ")
                    );
                    options.only.push(step.to_owned());
                }
            }
            "--" => {
                options.test_args = args.by_ref().cloned().collect();
            }
            other => bail!("`{other}`: put arguments for cargo test after `--`"),
        }
    }
    Ok(options)
}

fn setup(root: &Path) -> Result<Tools> {
    let programs = tools::postgres()?;
    let promtool = tools::promtool(root)?;
    let clients = clients::install(root)?;
    let chromium = tools::chromium()?;
    let postgres = Postgres::start(&programs, Durability::None)?;
    console::say(&format!("PostgreSQL {} from {}", postgres.url(), programs.display()));
    console::say(&format!("promtool {}", promtool.display()));
    console::say(&format!("browser {}", chromium.display()));
    Ok(Tools { postgres, promtool, clients, chromium })
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    ensure!(status.success(), "failed with {status}");
    Ok(())
}

/// Always the whole workspace: another choice of packages is another union of features, and rebuilds the world.
fn run_tests(root: &Path, tools: Option<&Tools>, args: &[String], counts: &mut Counts) -> Result<()> {
    let tools = tools.context("setup has not run")?;
    let mut cargo = workspace::cargo(root)
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(args)
        .env("PROMPTORY_TEST_POSTGRES", tools.postgres.url())
        .env("PROMPTORY_TEST_PROMTOOL", &tools.promtool)
        .env("PROMPTORY_TEST_PYTHON", &tools.clients.python)
        .env("PROMPTORY_TEST_NODE", &tools.clients.node)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo test")?;
    let mut found = Counts::default();
    let output = cargo.stdout.take().context("cargo test has no output")?;
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    // By bytes: a test may print what is not UTF-8.
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\n');
        found.add_line(text);
        console::say(text);
        line.clear();
    }
    let status = cargo.wait()?;
    counts.add(found);
    ensure!(status.success(), "failed with {status}");
    found.must_have_run()
}

fn browse(root: &Path, tools: Option<&Tools>, counts: &mut Counts) -> Result<()> {
    let tools = tools.context("setup has not run")?;
    ui::browse(root, &tools.chromium, &tools.postgres.url(), counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Result<Options> {
        parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn steps_are_chosen_by_name_and_tests_bring_their_setup() {
        let all = options("").unwrap();
        assert!(STEPS.iter().all(|step| all.wants(step)));
        let some = options("--only fmt,tidy").unwrap();
        assert!(some.wants("fmt") && some.wants("tidy") && !some.wants("setup") && !some.wants("tests"));
        let tests = options("--only tests --keep-going -- store -- --nocapture").unwrap();
        assert!(tests.wants("setup") && tests.wants("tests") && !tests.wants("clippy") && tests.keep_going);
        assert!(
            options("--only browser").unwrap().wants("setup")
                && !options("--only ui").unwrap().wants("setup")
        );
        assert_eq!(tests.test_args, ["store", "--", "--nocapture"]);
        assert!(options("--only nothing").is_err());
        assert!(options("filter").is_err());
    }
}
