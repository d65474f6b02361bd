//! Which version of a prompt answers a request: pure, from what is in memory. The server asks it of its snapshot and
//! clients ask it of theirs, so that both give the same answer. Nothing is allocated unless a range is asked for.

use std::sync::Arc;

use crate::numbering::Number;
use crate::range::Range;

/// Past builds of one environment that are kept in memory; older ones are in the database.
pub const PAST_BUILDS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Live,
    Pinned,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Pinned => "pinned",
        }
    }
}

/// Why there is no answer in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    NoEnvironment,
    NoPrompt,
    Archived,
    NothingLive,
    /// Nothing that this environment serves or served lies in the range.
    NotInRange,
    /// The version is not one of those in memory: ask who has them all.
    NotInMemory,
}

/// A version that may be the answer.
pub trait Candidate {
    /// `1.2.0`
    fn number(&self) -> &str;
    fn sequence(&self) -> i64;
    /// Archived versions are never the answer.
    fn archived(&self) -> bool;

    fn parsed_number(&self) -> Option<Number> {
        Number::parse(self.number()).ok()
    }
}

impl<C: Candidate> Candidate for Arc<C> {
    fn number(&self) -> &str {
        (**self).number()
    }

    fn sequence(&self) -> i64 {
        (**self).sequence()
    }

    fn archived(&self) -> bool {
        (**self).archived()
    }
}

/// One prompt as one environment serves it.
pub trait Served<'s>: Copy {
    type Build: Candidate + 's;

    fn environment(&self) -> &str;
    fn live(&self) -> Option<&'s Self::Build>;
    /// What was live and was not taken back, each with whether its version is archived; the most recent first.
    fn past(&self) -> impl Iterator<Item = (&'s Self::Build, bool)>;
    /// Whether `past` holds everything that was live.
    fn past_is_whole(&self) -> bool;
    /// What a label points to, where that is in memory.
    fn labelled(&self, label: &str) -> Option<&'s Self::Build>;
}

/// The answer: what is live, or what the reference names. See [`is_range`] for what else it may be.
///
/// # Errors
/// See [`Miss`]. Whether there is such a prompt and environment is for the caller to find out.
pub fn choose<'s, S: Served<'s>>(served: S, reference: Option<&str>) -> Result<(&'s S::Build, Reason), Miss> {
    let Some(reference) = reference else {
        return match served.live() {
            Some(build) if !build.archived() => Ok((build, Reason::Live)),
            _ => Err(Miss::NothingLive),
        };
    };
    if is_range(reference) {
        return in_range(served, reference);
    }
    match pinned(served, reference) {
        Some(build) if !build.archived() => Ok((build, Reason::Pinned)),
        _ => Err(Miss::NotInMemory),
    }
}

/// Ranges begin as no other reference does, or hold a wildcard behind a dot (`1.x`) where a number would stand.
pub fn is_range(reference: &str) -> bool {
    reference.starts_with(['^', '~', '=', '<', '>', '*'])
        || (reference.starts_with(|c: char| c.is_ascii_digit())
            && (reference.contains(',') || reference.ends_with(".x") || reference.ends_with(".*")))
}

/// For people: what [`Miss::NotInRange`] means.
pub fn not_in_range(prompt: &str, environment: &str, range: &str, live: Option<&str>) -> String {
    let live = match live {
        Some(number) => format!("live is {number}"),
        None => "nothing is live".to_owned(),
    };
    format!("Nothing of {prompt:?} that {environment:?} serves or served is in {range:?}; {live}.")
}

/// The live build if it lies in the range, else the most recent one that does and was not taken back or archived.
fn in_range<'s, S: Served<'s>>(served: S, text: &str) -> Result<(&'s S::Build, Reason), Miss> {
    // What is wrong with it is said by who has all versions.
    let Ok(range) = Range::parse(text) else { return Err(Miss::NotInMemory) };
    let fits = |build: &S::Build| build.parsed_number().is_some_and(|number| range.matches(&number));
    if let Some(build) = served.live().filter(|build| !build.archived() && fits(build)) {
        return Ok((build, Reason::Live));
    }
    if let Some((build, _)) = served.past().find(|(build, archived)| !archived && fits(build)) {
        return Ok((build, Reason::Pinned));
    }
    if served.past_is_whole() { Err(Miss::NotInRange) } else { Err(Miss::NotInMemory) }
}

/// Only builds of the asked environment: an answer carries the environment that it was asked for.
fn pinned<'s, S: Served<'s>>(served: S, reference: &str) -> Option<&'s S::Build> {
    let live = served.live();
    if served.environment() == reference {
        return live;
    }
    if let Some(build) = served.labelled(reference) {
        return Some(build);
    }
    let digits = reference.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = if digits { reference.parse::<i64>().ok() } else { None };
    let is_it = |build: &S::Build| build.number() == reference || sequence == Some(build.sequence());
    let past = || served.past().find(|(build, archived)| !archived && is_it(build)).map(|(build, _)| build);
    live.filter(|build| is_it(build)).or_else(past)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Version(&'static str, i64);

    impl Candidate for Version {
        fn number(&self) -> &str {
            self.0
        }

        fn sequence(&self) -> i64 {
            self.1
        }

        fn archived(&self) -> bool {
            false
        }
    }

    struct Prompt {
        live: Option<Version>,
        past: Vec<(Version, bool)>,
        whole: bool,
    }

    impl<'s> Served<'s> for &'s Prompt {
        type Build = Version;

        fn environment(&self) -> &str {
            "production"
        }

        fn live(&self) -> Option<&'s Version> {
            self.live.as_ref()
        }

        fn past(&self) -> impl Iterator<Item = (&'s Version, bool)> {
            self.past.iter().map(|(version, archived)| (version, *archived))
        }

        fn past_is_whole(&self) -> bool {
            self.whole
        }

        fn labelled(&self, label: &str) -> Option<&'s Version> {
            (label == "stable").then(|| &self.past[0].0)
        }
    }

    fn prompt(whole: bool) -> Prompt {
        let past =
            vec![(Version("1.2.0", 4), false), (Version("1.1.0", 3), true), (Version("1.0.0", 1), false)];
        Prompt { live: Some(Version("2.0.0", 5)), past, whole }
    }

    #[test]
    fn references_and_ranges() {
        let check = |reference: Option<&str>, expected: Result<(&str, Reason), Miss>| {
            let prompt = prompt(true);
            let chosen = choose(&prompt, reference).map(|(version, reason)| (version.0, reason));
            assert_eq!(chosen, expected, "{reference:?}");
        };
        let pinned = |number| Ok((number, Reason::Pinned));
        check(None, Ok(("2.0.0", Reason::Live)));
        check(Some("production"), pinned("2.0.0"));
        check(Some("2.0.0"), pinned("2.0.0"));
        check(Some("5"), pinned("2.0.0"));
        check(Some("1"), pinned("1.0.0"));
        check(Some("stable"), pinned("1.2.0"));
        check(Some("^2"), Ok(("2.0.0", Reason::Live)));
        check(Some("^1"), pinned("1.2.0"));
        check(Some("~1.0"), pinned("1.0.0"));
        // Archived.
        check(Some("~1.1"), Err(Miss::NotInRange));
        check(Some("1.1.0"), Err(Miss::NotInMemory));
        check(Some("latest"), Err(Miss::NotInMemory));
        check(Some("99999999999999999999"), Err(Miss::NotInMemory));
        check(Some("^3"), Err(Miss::NotInRange));
        check(Some(">=3 <4"), Err(Miss::NotInMemory));
    }

    #[test]
    fn what_was_live_long_ago_is_for_others_to_say() {
        assert_eq!(choose(&prompt(false), Some("^3")).err(), Some(Miss::NotInMemory));
        let nothing = Prompt { live: None, past: Vec::new(), whole: true };
        assert_eq!(choose(&nothing, None).err(), Some(Miss::NothingLive));
    }
}
