//! Ranges of versions: `^1.2`, `~1.2`, `1.x`, `>=1, <3`, `*`. A range filters; it never pins.

use std::fmt;

use semver::VersionReq;

use crate::limits::RANGE_BYTES;
use crate::numbering::Number;

/// A set of numbers of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    text: Box<str>,
    parsed: VersionReq,
}

impl Range {
    /// Parts are separated by commas and all hold. A bare `1.2` is refused: some tools read it as `^1.2`, others as
    /// `~1.2`, and prompts would silently be served from the wrong line.
    ///
    /// # Errors
    /// What is wrong with the range and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = |why: String| {
            let start: String = text.chars().take(40).collect();
            Err(format!("{start:?} is no range of versions: {why}"))
        };
        if text.len() > RANGE_BYTES {
            return refuse(format!("it is longer than {RANGE_BYTES} bytes."));
        }
        if text.contains("||") {
            return refuse(
                "alternatives (||) are not supported; write one range, such as \">=1, <3\".".into(),
            );
        }
        if text.contains('+') {
            return refuse("build metadata (+…) is not used here; leave it out.".into());
        }
        for part in text.split(',').map(str::trim) {
            if let Some(advice) = advice(part) {
                return refuse(advice);
            }
        }
        match VersionReq::parse(text) {
            Ok(parsed) => Ok(Self { text: text.into(), parsed }),
            Err(error) => refuse(format!(
                "{error}. Write \"^1.2\" (from 1.2 below 2), \"~1.2\" (1.2.x), \"1.x\", \">=1, <3\" or \"*\"."
            )),
        }
    }

    /// A pre-release matches only if a part of the range names a pre-release of the same `major.minor.patch`.
    pub fn matches(&self, number: &Number) -> bool {
        let Ok(pre) = semver::Prerelease::new(&number.pre) else { return false };
        self.parsed.matches(&semver::Version {
            major: number.major,
            minor: number.minor,
            patch: number.patch,
            pre,
            build: semver::BuildMetadata::EMPTY,
        })
    }

    /// The highest of the numbers that lies in the range.
    pub fn highest<'a>(&self, numbers: impl IntoIterator<Item = &'a Number>) -> Option<&'a Number> {
        numbers.into_iter().filter(|number| self.matches(number)).max()
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What to write instead of a part that could be read in two ways, or that needs a comma.
fn advice(part: &str) -> Option<String> {
    if part.is_empty() {
        return Some("a part of it is empty; write \"*\" for every version.".into());
    }
    if part.starts_with(['x', 'X']) {
        // A label may have this name.
        return Some("write \"*\" for every version.".into());
    }
    let spaced = part.split_whitespace().skip(1).any(|word| word.starts_with(['<', '>', '=', '^', '~']));
    if spaced || part.contains(" - ") {
        return Some("separate its parts by commas, such as \">=1, <3\".".into());
    }
    let bare = part.starts_with(|c: char| c.is_ascii_digit());
    if !bare || part.contains(['x', 'X', '*']) && !part.contains('-') {
        return None;
    }
    if Number::parse(part).is_ok() {
        return Some(format!(
            "write \"={part}\" for exactly this version, or \"^{part}\" for compatible ones."
        ));
    }
    Some(format!(
        "{part:?} can be read in two ways; write \"^{part}\" (compatible) or \"~{part}\" (this line only)."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect(text)
    }

    #[test]
    fn what_lies_in_a_range() {
        let check = |range: &str, inside: &[&str], outside: &[&str]| {
            let parsed = Range::parse(range).expect(range);
            assert_eq!(parsed.to_string(), range);
            for text in inside {
                assert!(parsed.matches(&number(text)), "{text} in {range}");
            }
            for text in outside {
                assert!(!parsed.matches(&number(text)), "{text} not in {range}");
            }
        };
        check("^1.2", &["1.2.0", "1.2.9", "1.10.0"], &["1.1.9", "2.0.0", "1.3.0-x", "2.0.0-x"]);
        check("^0.2", &["0.2.7"], &["0.3.0", "0.1.0", "1.0.0"]);
        check("~1.2", &["1.2.0", "1.2.9"], &["1.3.0", "1.1.0"]);
        check("~1.2.3", &["1.2.3", "1.2.9"], &["1.2.2", "1.3.0"]);
        check("1.x", &["1.0.0", "1.9.9"], &["2.0.0", "0.9.0"]);
        check("1.2.*", &["1.2.0"], &["1.3.0"]);
        check(">=1, <3", &["1.0.0", "2.9.9"], &["0.9.9", "3.0.0", "2.0.0-x"]);
        check("*", &["0.0.0", "9.9.9"], &["1.0.0-x"]);
        check("=1.2.0", &["1.2.0"], &["1.2.1", "1.2.0-x"]);
        check("=1.3.0-exp.1", &["1.3.0-exp.1"], &["1.3.0-exp.2", "1.3.0"]);
        check("^1.3.0-exp.1", &["1.3.0-exp.1", "1.3.0-exp.2", "1.3.0", "1.4.0"], &["1.4.0-exp.1", "1.3.0-a"]);
        check(">1.0.0, <=2", &["1.0.1", "2.9.0"], &["1.0.0", "3.0.0"]);
    }

    #[test]
    fn what_is_refused_says_what_to_write() {
        let check = |text: &str, expected: &str| {
            let why = Range::parse(text).expect_err(text);
            assert!(why.contains(expected), "{text}: {why}");
        };
        check("1.2", "\"^1.2\"");
        check("1", "\"~1\"");
        check("1.2.0", "\"=1.2.0\"");
        check("1.2.0-x.1", "\"=1.2.0-x.1\"");
        check(">=1 <3", "commas");
        check("1.0 - 2.0", "commas");
        check("^1 || ^2", "alternatives");
        check("", "\"*\"");
        check(">=1,", "\"*\"");
        check("x", "\"*\"");
        check("^1.2+b", "build metadata");
        check("latest", "\"^1.2\"");
        check("^a", "\"^1.2\"");
        check(&format!("^{}", "1".repeat(300)), "longer");
    }

    #[test]
    fn the_highest_inside() {
        let numbers = ["1.0.0", "1.9.0", "2.1.0", "2.2.0-x"].map(number);
        let highest =
            |range: &str| Range::parse(range).expect(range).highest(&numbers).map(Number::to_string);
        assert_eq!(highest("^1").as_deref(), Some("1.9.0"));
        assert_eq!(highest("*").as_deref(), Some("2.1.0"));
        assert_eq!(highest("^3"), None);
    }

    fn any_number() -> impl Strategy<Value = Number> {
        let pre = prop_oneof![3 => Just(""), 1 => Just("x.1"), 1 => Just("x.2")];
        (0u64..4, 0u64..4, 0u64..4, pre).prop_map(|(major, minor, patch, pre)| Number {
            major,
            minor,
            patch,
            pre: pre.into(),
        })
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,24}|[0-9.^~<>=x*, |+-]{0,16}", tested in any_number()) {
            if let Ok(range) = Range::parse(&text) {
                range.matches(&tested);
                prop_assert_eq!(range.as_str(), &text);
            }
        }

        #[test]
        fn ranges_mean_what_their_bounds_say(low in any_number(), tested in any_number()) {
            prop_assume!(low.is_release() && tested.is_release());
            let is = |range: String| Range::parse(&range).map(|r| r.matches(&tested));
            let same_line = (low.major, low.minor) == (tested.major, tested.minor);
            prop_assert_eq!(is(format!("={low}")), Ok(tested == low));
            prop_assert_eq!(is(format!(">={low}")), Ok(tested >= low));
            prop_assert_eq!(is(format!(">={low}, <{low}")), Ok(false));
            prop_assert_eq!(is(format!("~{low}")), Ok(tested >= low && same_line));
            prop_assert_eq!(is(format!("{}.x", low.major)), Ok(tested.major == low.major));
            if low.major > 0 {
                prop_assert_eq!(is(format!("^{low}")), Ok(tested >= low && tested.major == low.major));
            }
        }

        /// Nobody gets an experiment who did not ask for it by name.
        #[test]
        fn pre_releases_match_only_where_one_is_named(low in any_number(), tested in any_number()) {
            prop_assume!(!tested.is_release());
            for operator in ["^", "~", ">=", "<=", "="] {
                let range = Range::parse(&format!("{operator}{low}")).expect("valid");
                let same = (low.major, low.minor, low.patch) == (tested.major, tested.minor, tested.patch);
                prop_assert!(!range.matches(&tested) || (!low.is_release() && same), "{} {}", range, tested);
            }
        }
    }
}
