//! What a template includes: `{% include "shared/tone@^1" %}`.

use crate::limits::VARIABLE_NAME_BYTES;
use crate::name::PromptName;
use crate::numbering::{Reference, parse_reference};
use crate::range::Range;

/// One include as it is written in a template, at its first place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncludeRef {
    pub name: String,
    /// What stands behind the `@`: a number, a sequence, a range, an environment or a label. `None`: the version
    /// that is live in the environment which the build is made for; where there is none (a version is created, an
    /// author renders), the latest release. So a prompt follows its own environment unless it says otherwise.
    pub reference: Option<String>,
    /// The text that it stands in: `/content`, `/content/2/content`.
    pub pointer: String,
    pub line: u32,
    pub column: u32,
}

impl IncludeRef {
    /// The text between the quotes, byte for byte: `shared/tone@^1`.
    pub fn written(&self) -> String {
        match &self.reference {
            Some(reference) => format!("{}@{reference}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Name and reference of an include.
///
/// # Errors
/// What is wrong with it and what to write.
pub(crate) fn parse(written: &str) -> Result<(&str, Option<&str>), String> {
    let (name, reference) = match written.split_once('@') {
        Some((name, reference)) => (name, Some(reference)),
        None => (written, None),
    };
    PromptName::parse(name).map_err(|why| format!("The include {written:?} names no prompt. {why}"))?;
    let Some(reference) = reference else { return Ok((name, None)) };
    match parse_reference(reference) {
        Reference::Sequence(_) | Reference::Number(_) => {}
        Reference::Range(range) => {
            Range::parse(&range)?;
        }
        Reference::Name(word) => check_word(written, &word)?,
    }
    Ok((name, Some(reference)))
}

/// Labels, environments and words such as `latest` look alike; which of them exist is not known here.
fn check_word(written: &str, word: &str) -> Result<(), String> {
    let fits = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= VARIABLE_NAME_BYTES
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b));
    if fits {
        return Ok(());
    }
    // Something like `>1 <2` or `1.2-`: the range says better what is wrong with it.
    if let Err(why) = Range::parse(word)
        && word.starts_with(|c: char| c.is_ascii_digit() || "^~=<>*".contains(c))
    {
        return Err(why);
    }
    Err(format!(
        "The include {written:?} has no version behind its @; write a number (@1.2.0), a range (@^1), a label or \
         an environment (@production)."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_references() {
        let check = |written: &str, expected: (&str, Option<&str>)| {
            assert_eq!(parse(written), Ok(expected), "{written}");
        };
        check("shared/tone", ("shared/tone", None));
        check("shared/tone@^1", ("shared/tone", Some("^1")));
        check("tone@7", ("tone", Some("7")));
        check("tone@1.2.0-x.1", ("tone", Some("1.2.0-x.1")));
        check("tone@production", ("tone", Some("production")));
        check("tone@>=1, <3", ("tone", Some(">=1, <3")));
        check("über uns/ton@latest", ("über uns/ton", Some("latest")));
    }

    #[test]
    fn what_is_refused() {
        let check = |written: &str, expected: &str| {
            let why = parse(written).expect_err(written);
            assert!(why.contains(expected), "{written}: {why}");
        };
        check("", "names no prompt");
        check("/tone", "names no prompt");
        check("a:b", "names no prompt");
        check("tone@", "behind its @");
        check("tone@Production", "behind its @");
        check("tone@a@b", "behind its @");
        check("tone@1.2", "\"^1.2\"");
        check("tone@>=1 <3", "commas");
        check("tone@^x.y.z.w", "\"^1.2\"");
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(written in "\\PC{0,12}|[a-z/]{1,6}@[0-9.^~a-z,<>= -]{0,8}") {
            if let Ok((name, reference)) = parse(&written) {
                let include = IncludeRef {
                    name: name.into(), reference: reference.map(Into::into), pointer: String::new(), line: 1, column: 1,
                };
                prop_assert_eq!(include.written(), written);
            }
        }
    }
}
