//! Words that belong to one machine or to an unfinished thought.

use super::{Violation, violation};

/// Written in two halves, or this file would break its own rule.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const CODE: [&str; 11] = ["rs", "sql", "toml", "sh", "py", "ts", "js", "mjs", "svelte", "css", "html"];

pub(crate) fn check(path: &str, text: &str) -> Vec<Violation> {
    let code = path.rsplit_once('.').is_some_and(|(_, extension)| CODE.contains(&extension));
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(machine) = MACHINE_PATHS.iter().find(|machine| line.contains(**machine)) {
            let text =
                format!("`{machine}`; a path of one machine means nothing on another: make it relative");
            found.push(violation(path, index + 1, text));
        }
        if let Some(word) = UNFINISHED.iter().find(|word| code && has_word(line, word)) {
            found.push(violation(path, index + 1, format!("`{word}`; do it now, or open an issue")));
        }
    }
    found
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_found_in_every_text() {
        for path in MACHINE_PATHS {
            assert_eq!(check("docs/a.md", &format!("cd {path}main")).len(), 1);
        }
        assert_eq!(check("docs/a.md", "a framework/ and /home").len(), 0);
    }

    #[test]
    fn unfinished_words_are_found_in_code_as_whole_words() {
        for word in UNFINISHED {
            assert_eq!(
                check("a.rs", &format!("\n// {word}: later")).first().map(|found| found.line),
                Some(2)
            );
            assert_eq!(check("a.rs", &format!("let {word}_LIST = 1; // {word}S")).len(), 0);
            assert_eq!(check("a.md", &format!("a {word}")).len(), 0);
        }
    }
}
