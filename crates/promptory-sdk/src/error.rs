//! What a caller is told when there is no prompt.

use std::sync::Arc;

use promptory_api::problem::{Problem, ProblemItem};
use promptory_core::{bucketing::EmptyKey, limits, template::RenderError, violation::Violation};

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// An answer, and a no: the server's problem document, or the one that it would send. Asking again does not help.
    #[error("{}: {}", .0.code, .0.detail)]
    Refused(Arc<Problem>),
    /// The server does not answer, or cannot at the moment, and there is nothing to fall back on.
    #[error("no answer from the server: {0}")]
    Unreachable(String),
    /// The client is used in a way that cannot work.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// `not_found`, `nothing_live`, `invalid_variables` …: see the page of errors. None: it was no answer.
    pub fn code(&self) -> Option<&str> {
        self.problem().map(|problem| problem.code.as_str())
    }

    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Unreachable(_) | Self::Usage(_) => None,
        }
    }
}

/// What the server would say; the vectors compare it with what it does say.
pub(crate) fn refused(
    (code, status, title): (&str, u16, &str),
    detail: String,
    errors: Vec<ProblemItem>,
) -> Error {
    Error::Refused(Arc::new(Problem {
        kind: format!("/api/docs/errors#{code}"),
        title: title.to_owned(),
        status,
        detail,
        code: code.to_owned(),
        request_id: String::new(),
        errors,
        existing: None,
        deployment: None,
        taken_back: None,
    }))
}

/// What the server says of a key.
pub(crate) fn check_key(key: Option<&str>) -> Result<(), Error> {
    match key {
        Some("") => Err(invalid("/key", EmptyKey.to_string())),
        Some(key) if key.len() > limits::SHORT_TEXT_BYTES => {
            Err(invalid("/key", format!("A key has at most {} bytes.", limits::SHORT_TEXT_BYTES)))
        }
        _ => Ok(()),
    }
}

pub(crate) const NOT_FOUND: (&str, u16, &str) = ("not_found", 404, "Not found");
pub(crate) const NO_VERSION_IN_RANGE: (&str, u16, &str) =
    ("no_version_in_range", 404, "No version in this range");
const INVALID: (&str, u16, &str) = ("invalid", 422, "The request is not valid");
const INVALID_VARIABLES: (&str, u16, &str) =
    ("invalid_variables", 422, "The variables do not fit the prompt");
const RENDER_FAILED: (&str, u16, &str) = ("render_failed", 422, "The template could not be rendered");

/// One thing at one place of the request.
pub(crate) fn invalid(pointer: &str, detail: String) -> Error {
    let code = Some("invalid".to_owned());
    let item =
        ProblemItem { pointer: pointer.to_owned(), detail: detail.clone(), code, line: None, column: None };
    refused(INVALID, detail, vec![item])
}

pub(crate) fn render(error: RenderError) -> Error {
    match error {
        RenderError::Variables(problems) => violations(INVALID_VARIABLES, problems),
        RenderError::Template(problem) => violations(RENDER_FAILED, vec![problem]),
    }
}

fn violations(code: (&str, u16, &str), violations: Vec<Violation>) -> Error {
    let item = |found: Violation| ProblemItem {
        pointer: found.pointer,
        detail: found.detail,
        code: Some(found.code.to_owned()),
        line: found.line,
        column: found.column,
    };
    let errors: Vec<ProblemItem> = violations.into_iter().map(item).collect();
    let detail = match errors.as_slice() {
        [only] => only.detail.clone(),
        several => format!("{} problems; see `errors`.", several.len()),
    };
    refused(code, detail, errors)
}
