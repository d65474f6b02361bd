//! What `cargo xtask test` counts: results of test binaries, times of steps.

use std::fmt::Write as _;
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Counts {
    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 0 ignored; …`; other lines count nothing.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else { return };
        let Some((_, counts)) = result.split_once(". ") else { return };
        for part in counts.split(';') {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Good,
    Bad,
    NotReached,
}

pub(crate) struct Record {
    pub(crate) step: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) time: Duration,
}

pub(crate) fn table(records: &[Record]) -> String {
    let mut text = String::from("\nstep      seconds  result\n");
    for record in records {
        let result = match record.outcome {
            Outcome::Good => "ok",
            Outcome::Bad => "FAILED",
            Outcome::NotReached => "not reached",
        };
        let _ = writeln!(text, "{:<8}  {:>7.1}  {result}", record.step, record.time.as_secs_f64());
    }
    let total: f64 = records.iter().map(|record| record.time.as_secs_f64()).sum();
    let _ = writeln!(text, "{:<8}  {total:>7.1}", "total");
    text
}

/// The last line of a run. A step that failed without a counted test (a lint, a compile error, a crashed test
/// binary) counts as one failure, so that nobody reads `0 failed` under a failed run.
pub(crate) fn summary(records: &[Record], counts: Counts) -> String {
    let failed_steps = records
        .iter()
        .filter(|record| record.outcome == Outcome::Bad)
        .filter(|record| record.step != "tests" || counts.failed == 0)
        .count();
    format!("{} passed, {} failed", counts.passed, counts.failed + failed_steps as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(step: &'static str, outcome: Outcome) -> Record {
        Record { step, outcome, time: Duration::from_millis(1_500) }
    }

    #[test]
    fn results_of_all_binaries_are_added() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test a::b ... ok",
            "test result: FAILED. 1 passed; 2 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.01s",
            "test result: nonsense",
        ] {
            counts.add_line(line);
        }
        assert_eq!(counts, Counts { passed: 4, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_failed_run_never_says_zero_failed() {
        let two = Counts { passed: 4, failed: 2, ignored: 0 };
        assert_eq!(summary(&[record("tests", Outcome::Bad)], two), "4 passed, 2 failed");
        let clippy = [record("clippy", Outcome::Bad), record("tests", Outcome::NotReached)];
        assert_eq!(summary(&clippy, Counts::default()), "0 passed, 1 failed");
        assert_eq!(summary(&[record("tests", Outcome::Bad)], Counts::default()), "0 passed, 1 failed");
        let good = Counts { passed: 4, ..Counts::default() };
        assert_eq!(summary(&[record("tests", Outcome::Good)], good), "4 passed, 0 failed");
    }

    #[test]
    fn the_table_names_each_step_and_the_total() {
        let text = table(&[record("fmt", Outcome::Good), record("clippy", Outcome::Bad)]);
        assert!(text.contains("clippy        1.5  FAILED"));
        assert!(text.contains("total         3.0"));
    }
}
