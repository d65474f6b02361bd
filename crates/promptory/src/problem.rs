//! Problem documents, for people.

use std::fmt::Write;

use promptory_api::problem::{Problem, ProblemItem};

use crate::text::printable;

/// Of an answer that is no problem document, so much is shown.
const FOREIGN_CHARACTERS: usize = 200;

pub(crate) fn is_problem(body: &str) -> bool {
    serde_json::from_str::<Problem>(body).is_ok()
}

/// Title, detail, each error with its place, what to do next, and the request id.
pub(crate) fn describe(status: u16, body: &str) -> String {
    let Ok(problem) = serde_json::from_str::<Problem>(body) else {
        return foreign(status, body);
    };
    let mut text = format!("error: {} ({}, {})\n", problem.title, problem.status, problem.code);
    if !problem.detail.is_empty() && problem.detail != problem.title {
        push_line(&mut text, &format!("  {}", problem.detail));
    }
    for item in &problem.errors {
        push_line(&mut text, &format!("  - {}", describe_item(item)));
    }
    if let Some(existing) = &problem.existing {
        push_line(
            &mut text,
            &format!("  That version is {} (number {}).", existing.version, existing.sequence),
        );
    }
    if let Some(hint) = hint(&problem) {
        push_line(&mut text, &format!("  {hint}"));
    }
    if !problem.request_id.is_empty() {
        push_line(&mut text, &format!("  request id: {}", problem.request_id));
    }
    printable(&text).into_owned()
}

fn describe_item(item: &ProblemItem) -> String {
    let mut place = item.pointer.clone();
    if let Some(line) = item.line {
        let _ = write!(place, "{}line {line}", if place.is_empty() { "" } else { ", " });
        if let Some(column) = item.column {
            let _ = write!(place, ", column {column}");
        }
    }
    if place.is_empty() { item.detail.clone() } else { format!("{place}: {}", item.detail) }
}

/// Which flag helps, where the server can only name the field.
fn hint(problem: &Problem) -> Option<&'static str> {
    match (problem.status, problem.code.as_str()) {
        (401, _) => Some("Set PROMPTORY_KEY (or --key) to a key of this server."),
        (_, "breaking_change") => Some("Leave out --bump for the number that fits, or say --allow-breaking."),
        (_, "duplicate_content") => Some("To store it once more all the same: --allow-duplicate."),
        (_, "quarantined") => Some("To release it again all the same: --acknowledge-rollback."),
        _ => None,
    }
}

fn foreign(status: u16, body: &str) -> String {
    let shown: String = body.trim().chars().take(FOREIGN_CHARACTERS).collect();
    let said = if shown.is_empty() { String::new() } else { format!(":\n  {shown}") };
    let text = format!("error: the server answered {status}, without a problem document{said}\n");
    printable(&text).into_owned()
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_helps_is_shown() {
        let body = r#"{"type":"/errors/invalid","title":"Invalid","status":422,"detail":"Two things are wrong.",
            "code":"invalid","request_id":"r-1","errors":[
            {"pointer":"/content","detail":"unexpected end of block","line":3,"column":7},
            {"pointer":"","detail":"too large","code":"size"}]}"#;
        assert_eq!(
            describe(422, body),
            "error: Invalid (422, invalid)\n  Two things are wrong.\n  \
             - /content, line 3, column 7: unexpected end of block\n  - too large\n  request id: r-1\n"
        );
    }

    #[test]
    fn a_duplicate_names_the_version_and_the_flag() {
        let body = r#"{"type":"x","title":"Duplicate","status":409,"detail":"Same as 1.0.0.","code":"duplicate_content",
            "request_id":"","existing":{"version":"1.0.0","sequence":1}}"#;
        let text = describe(409, body);
        assert!(text.contains("That version is 1.0.0 (number 1)."), "{text}");
        assert!(text.contains("--allow-duplicate"), "{text}");
    }

    #[test]
    fn what_is_no_problem_document_is_cut_and_harmless() {
        let text = describe(502, &format!("\u{1b}[2J{}", "x".repeat(10_000)));
        assert!(text.starts_with("error: the server answered 502"), "{text}");
        assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
        assert_eq!(describe(502, " "), "error: the server answered 502, without a problem document\n");
    }
}
