//! The list of allowed exceptions: `<rule> <path>[::<function>] <reason>` a line, `#` starts a comment.

use super::{Violation, violation};
use std::collections::BTreeMap;

pub(crate) const PATH: &str = "xtask/tidy-exceptions.txt";
pub(crate) const FILE_LENGTH: &str = "file-length";
pub(crate) const FUNCTION_LENGTH: &str = "function-length";
pub(crate) const CLOCK: &str = "clock";
pub(crate) const SQL: &str = "sql";
const RULES: [&str; 4] = [FILE_LENGTH, FUNCTION_LENGTH, CLOCK, SQL];

#[derive(Default)]
pub(crate) struct Exceptions {
    /// (rule, place) → (line, whether it was needed).
    entries: BTreeMap<(String, String), (usize, bool)>,
    malformed: Vec<Violation>,
}

impl Exceptions {
    pub(crate) fn parse(text: &str) -> Self {
        let mut exceptions = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some(rule), Some(place), Some(_)) if RULES.contains(&rule) => {
                    let key = (rule.to_owned(), place.to_owned());
                    exceptions.entries.insert(key, (line_number, false));
                }
                _ => exceptions.malformed.push(violation(
                    PATH,
                    line_number,
                    format!(
                        "not `<rule> <place> <reason>`; the rules with exceptions are {}",
                        RULES.join(", ")
                    ),
                )),
            }
        }
        exceptions
    }

    pub(crate) fn allow(&mut self, rule: &str, place: &str) -> bool {
        let entry = self.entries.get_mut(&(rule.to_owned(), place.to_owned()));
        entry.map(|(_, needed)| *needed = true).is_some()
    }

    /// After all other rules: an exception that nothing needs any more would hide the next violation.
    pub(crate) fn complaints(self) -> Vec<Violation> {
        let stale = self.entries.into_iter().filter(|(_, (_, needed))| !needed);
        let mut found = self.malformed;
        found.extend(stale.map(|((rule, place), (line, _))| {
            violation(PATH, line, format!("{rule} {place} needs no exception; delete the line"))
        }));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_has_a_rule_a_place_and_a_reason_and_is_needed() {
        let mut list = Exceptions::parse(
            "# comment\n\nclock a.rs measures\nclock b.rs measures\nclock c.rs\nother d.rs x\n",
        );
        assert!(list.allow(CLOCK, "a.rs"));
        assert!(!list.allow(CLOCK, "x.rs"));
        let lines: Vec<usize> = list.complaints().iter().map(|violation| violation.line).collect();
        assert_eq!(lines, [5, 6, 4]);
    }
}
