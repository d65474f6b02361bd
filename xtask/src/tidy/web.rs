//! The web UI: files that a reader can hold in mind, no test that is left out or waits, no way around a check.

use super::{Violation, violation};

const FILE_LINES: usize = 400;
const READ: [&str; 3] = [".ts", ".svelte", ".mjs"];
/// Written in two halves, or this file would break rules of its own.
const NEVER: [(&str, &str); 9] = [
    (concat!(".sk", "ip("), "a test that does not run proves nothing: repair or delete it"),
    (concat!(".fix", "me("), "a test that does not run proves nothing: repair or delete it"),
    (concat!(".to", "do("), "a test that does not run proves nothing: write it"),
    (concat!(".on", "ly("), "the other tests would not run"),
    (concat!("waitFor", "Timeout"), "no sleep in a test: wait for what a person would see"),
    (concat!("eslint-", "disable"), "mend what it finds, or change the rule for all"),
    (concat!("@ts-", "ignore"), "give it its type"),
    (concat!("@ts-", "expect-error"), "give it its type"),
    (concat!("{@", "html"), "text of prompts and people is never markup"),
];

pub(crate) fn check(path: &str, text: &str) -> Vec<Violation> {
    if !path.starts_with("ui/") || !READ.iter().any(|end| path.ends_with(end)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        found.push(violation(path, 1, format!("{lines} lines, more than {FILE_LINES}; split it by subject")));
    }
    for (index, line) in text.lines().enumerate() {
        for (word, why) in NEVER.iter().filter(|(word, _)| line.contains(word)) {
            found.push(violation(path, index + 1, format!("`{word}`; {why}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_ui_have_at_most_400_lines() {
        assert_eq!(check("ui/src/a.svelte", &"\n".repeat(401)).len(), 1);
        assert_eq!(check("ui/src/a.svelte", &"\n".repeat(400)).len(), 0);
        assert_eq!(check("ui/package-lock.json", &"\n".repeat(4000)).len(), 0);
    }

    #[test]
    fn nothing_is_left_out_waited_for_or_silenced() {
        for (word, _) in NEVER {
            let text = format!("one\n  test{word}'x', async () => {{}});");
            assert_eq!(check("ui/e2e/a.spec.ts", &text).first().map(|found| found.line), Some(2), "{word}");
            assert_eq!(check("docs/a.md", &text).len(), 0);
        }
        assert_eq!(check("ui/e2e/a.spec.ts", "// skips only what is done").len(), 0);
    }
}
