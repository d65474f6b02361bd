//! How a command ends when it does not end well, and which exit code says so.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::problem;

#[derive(Debug)]
pub(crate) enum Failure {
    /// Exit code 1: the command was understood and the answer is no. Said already.
    No,
    /// Exit code 1: what went wrong on this machine.
    Local(String),
    /// Exit code 2: what was typed, or a file that it names, cannot be used.
    Usage(String),
    /// Exit code 1 for 4xx, 3 for the rest: the server's answer to a request.
    Refused { status: u16, body: String },
    /// Exit code 3: no answer, or none that a Promptory server gives.
    Unreachable(String),
    /// Exit code 0: who read our output has seen enough.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::ClosedPipe => 0,
            Self::No | Self::Local(_) => 1,
            Self::Usage(_) => 2,
            // Too many requests, and a request that took too long, may succeed later, like 503.
            Self::Refused { status: 408 | 429, .. } => 3,
            Self::Refused { status: 400..=499, .. } => 1,
            Self::Refused { .. } | Self::Unreachable(_) => 3,
        }
    }

    /// What happened, for people.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::No | Self::ClosedPipe => String::new(),
            Self::Local(text) | Self::Usage(text) | Self::Unreachable(text) => text.clone(),
            Self::Refused { status, body } => problem::describe(*status, body),
        }
    }

    /// Says on stderr what happened. A problem document stays JSON where JSON was asked for.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        let text = match self {
            Self::No | Self::ClosedPipe => String::new(),
            Self::Local(text) | Self::Usage(text) | Self::Unreachable(text) => format!("error: {text}\n"),
            Self::Refused { body, .. } if json && problem::is_problem(body) => {
                format!("{}\n", body.trim_end())
            }
            Self::Refused { status, body } => problem::describe(*status, body),
        };
        // Nobody is left to tell when stderr is closed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        ExitCode::from(self.code())
    }
}

/// Errors of our own output; files are read by `input`, which names them.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Local(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes() {
        let refused = |status| Failure::Refused { status, body: String::new() }.code();
        for (status, code) in
            [(400, 1), (401, 1), (403, 1), (404, 1), (409, 1), (422, 1), (429, 3), (500, 3), (503, 3)]
        {
            assert_eq!(refused(status), code, "{status}");
        }
        assert_eq!(Failure::No.code(), 1);
        assert_eq!(Failure::Usage(String::new()).code(), 2);
        assert_eq!(Failure::Unreachable(String::new()).code(), 3);
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).code(), 0);
    }
}
