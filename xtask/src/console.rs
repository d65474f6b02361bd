//! Printing and measured time: the only place of xtask where lints on them are lifted.

use std::time::{Duration, Instant};

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "this program talks to a person")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}

pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "how long a step of the build takes is real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for a real process; no test calls this")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
