//! Names that people choose: prompts, labels, environments.

use crate::limits::PROMPT_NAME_BYTES;
use crate::numbering::Number;

/// The name of a prompt: 1–256 bytes, segments by `/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptName(Box<str>);

impl PromptName {
    /// # Errors
    /// What is wrong with the name and what to do about it, for the person who chose it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("The name is empty; give at least one character.".into());
        }
        if text.len() > PROMPT_NAME_BYTES {
            return Err(format!(
                "The name has {} bytes; at most {PROMPT_NAME_BYTES} are allowed.",
                text.len()
            ));
        }
        if let Some(bad) = text.chars().find(|c| c.is_control()) {
            return Err(format!("The name holds the control character U+{:04X}; remove it.", bad as u32));
        }
        if let Some(bad) = text.chars().find(|c| matches!(c, ':' | '@' | '|' | '#')) {
            return Err(format!(
                "The name holds {bad:?}; the characters : @ | # have a meaning in references."
            ));
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err("A name has no empty segment: no / at its ends and no //.".into()),
                "." | ".." => return Err(format!("{segment:?} may not be a segment of a name.")),
                _ => {}
            }
        }
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name for comparison: two prompts of a project may not differ by case alone.
    ///
    /// Each character is lowered by itself (the context of a final sigma does not count), so that equal input
    /// gives equal output wherever it stands.
    pub fn folded(&self) -> String {
        self.0.chars().flat_map(char::to_lowercase).collect()
    }
}

impl std::fmt::Display for PromptName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

const RESERVED: [&str; 3] = ["latest", "previous", "last_known_good"];

/// # Errors
/// What is wrong with the name of the environment.
pub fn check_environment_name(name: &str) -> Result<(), String> {
    check_short("environment", name)
}

/// # Errors
/// What is wrong with the label. That no environment has this name is for the caller to check.
pub fn check_label(name: &str) -> Result<(), String> {
    check_short("label", name)
}

/// # Errors
/// What is wrong with the name of a sample input.
pub fn check_sample_name(name: &str) -> Result<(), String> {
    check_short("sample", name)
}

fn check_short(what: &str, name: &str) -> Result<(), String> {
    let mut chars = name.chars();
    let first_fits = chars.next().is_some_and(|c| c.is_ascii_lowercase());
    let rest_fits =
        chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '-'));
    // A number or a semver starts with a digit and fails here already; the test below is for those who change this.
    if name.parse::<i64>().is_ok() || Number::parse(name).is_ok() {
        return Err(format!("{name:?} reads as the number of a version; choose a word."));
    }
    if !first_fits || !rest_fits || name.len() > 64 {
        return Err(format!(
            "{name:?} is no name for an {what}: 1 to 64 characters, a–z first, then a–z, 0–9, _ . or -."
        )
        .replace("an label", "a label")
        .replace("an sample", "a sample"));
    }
    if RESERVED.contains(&name) {
        return Err(format!("{name:?} has a meaning of its own and cannot name {what}s."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbering::{Reference, parse_reference};
    use proptest::prelude::*;

    #[test]
    fn prompt_names() {
        let long = "a".repeat(257);
        let full = "a".repeat(256);
        for good in ["a", "support/reply", "Über uns/ß", "a b", "...", "a/.b", "1.0.0", "日本/語", &full]
        {
            assert!(PromptName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a:b", "a@b", "a|b", "a#b", "a\nb", "a\u{0}",
            &long,
        ] {
            assert!(PromptName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn folding_ignores_case() {
        for (one, other) in [("Support/Reply", "support/REPLY"), ("ÜBER", "über"), ("ΑΣ", "ας")] {
            let fold = |t: &str| PromptName::parse(t).expect("valid").folded();
            // Only the final sigma that was written as such stays different from the other one.
            assert_eq!(fold(one).replace('ς', "σ"), fold(other).replace('ς', "σ"));
        }
    }

    #[test]
    fn labels_and_environments() {
        for good in ["production", "a", "eu-west_1.blue"] {
            assert!(check_label(good).is_ok() && check_environment_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in
            ["", "Latest", "latest", "previous", "last_known_good", "1", "1.0.0", "-a", "a b", "ä", &long]
        {
            assert!(check_label(bad).is_err() && check_environment_name(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_comes_back_as_it_was(text in "\\PC{0,40}|[a-zA-Z./]{0,12}") {
            if let Ok(name) = PromptName::parse(&text) {
                prop_assert_eq!(name.as_str(), &text);
                prop_assert!(text.split('/').all(|s| !s.is_empty() && s != "." && s != ".."));
                let folded = name.folded();
                prop_assert_eq!(folded.chars().flat_map(char::to_lowercase).collect::<String>(), folded);
            }
        }

        /// So `name@reference` can be taken apart, and a label never reads as a number or a range.
        #[test]
        fn labels_are_read_back_as_names(text in "[a-z0-9_.x^~*-]{1,12}|\\PC{0,9}") {
            if check_label(&text).is_ok() {
                prop_assert_eq!(parse_reference(&text), Reference::Name(text.clone()));
                prop_assert!(crate::range::Range::parse(&text).is_err());
            }
            if PromptName::parse(&text).is_ok() {
                let written = format!("{text}@latest");
                prop_assert_eq!(crate::include::parse(&written), Ok((&*text, Some("latest"))));
            }
        }
    }
}
