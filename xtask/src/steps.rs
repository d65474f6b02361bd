//! What `cargo xtask test` counts: results of test binaries, times of steps.

use anyhow::{Result, ensure};
use std::fmt::Write as _;
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// # Errors
    /// No test ran, or one that should have did not.
    pub(crate) fn must_have_run(self) -> Result<()> {
        ensure!(self.failed == 0, "{} tests failed", self.failed);
        ensure!(self.passed > 0, "no test ran");
        ensure!(self.ignored == 0, "{} tests are ignored: repair or delete them", self.ignored);
        Ok(())
    }

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
    /// Tests of this step that failed.
    pub(crate) failed: u64,
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
    let failed_steps =
        records.iter().filter(|record| record.outcome == Outcome::Bad && record.failed == 0).count();
    format!("{} passed, {} failed", counts.passed, counts.failed + failed_steps as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(step: &'static str, outcome: Outcome, failed: u64) -> Record {
        Record { step, outcome, time: Duration::from_millis(1_500), failed }
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
        let tests = |failed| record("tests", Outcome::Bad, failed);
        assert_eq!(summary(&[tests(2)], two), "4 passed, 2 failed");
        assert_eq!(summary(&[record("ui", Outcome::Bad, 0), tests(2)], two), "4 passed, 3 failed");
        let clippy = [record("clippy", Outcome::Bad, 0), record("tests", Outcome::NotReached, 0)];
        assert_eq!(summary(&clippy, Counts::default()), "0 passed, 1 failed");
        assert_eq!(summary(&[tests(0)], Counts::default()), "0 passed, 1 failed");
        let good = Counts { passed: 4, ..Counts::default() };
        assert_eq!(summary(&[record("tests", Outcome::Good, 0)], good), "4 passed, 0 failed");
    }

    #[test]
    fn a_run_of_tests_that_left_some_out_has_failed() {
        let counts = |passed, failed, ignored| Counts { passed, failed, ignored };
        assert!(counts(1, 0, 0).must_have_run().is_ok());
        for wrong in [counts(0, 0, 0), counts(1, 1, 0), counts(1, 0, 1)] {
            assert!(wrong.must_have_run().is_err());
        }
        let mut sum = counts(1, 2, 3);
        sum.add(counts(10, 20, 30));
        assert_eq!(sum, counts(11, 22, 33));
    }

    #[test]
    fn the_table_names_each_step_and_the_total() {
        let text = table(&[record("fmt", Outcome::Good, 0), record("clippy", Outcome::Bad, 0)]);
        assert!(text.contains("clippy        1.5  FAILED"));
        assert!(text.contains("total         3.0"));
    }
}
