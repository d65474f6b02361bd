//! Numbers of versions: which one comes next, and what a reference means.

use std::cmp::Ordering;
use std::fmt;

use crate::contract::{Bump, ContractChange, required_bump};

/// The largest value of each part, so that parts fit any client's integers.
const PART_MAX: u64 = 1_000_000_000;
const PRE_BYTES: usize = 128;

/// `1.2.3` or `1.2.3-pre`. Build metadata (`+x`) is refused: it would name one version in two ways.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    /// Without the `-`; empty for a release.
    pub pre: String,
}

impl Number {
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch, pre: String::new() }
    }

    /// # Errors
    /// Why the text is no number of a version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("{text:?} is no semantic version such as 1.2.0: {why}."));
        let parsed = match semver::Version::parse(text) {
            Ok(parsed) => parsed,
            Err(error) => return refuse(&error.to_string()),
        };
        if !parsed.build.is_empty() {
            return refuse("build metadata (+…) is not used here");
        }
        if [parsed.major, parsed.minor, parsed.patch].iter().any(|part| *part > PART_MAX) {
            return refuse("a part is above 1,000,000,000");
        }
        if parsed.pre.len() > PRE_BYTES {
            return refuse("its pre-release part is longer than 128 bytes");
        }
        Ok(Self {
            major: parsed.major,
            minor: parsed.minor,
            patch: parsed.patch,
            pre: parsed.pre.as_str().to_owned(),
        })
    }

    pub fn is_release(&self) -> bool {
        self.pre.is_empty()
    }

    fn line(&self) -> (u64, u64) {
        (self.major, self.minor)
    }

    fn bumped(&self, bump: Bump) -> Self {
        match bump {
            Bump::Major => Self::new(self.major + 1, 0, 0),
            Bump::Minor => Self::new(self.major, self.minor + 1, 0),
            Bump::Patch => Self::new(self.major, self.minor, self.patch + 1),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if self.pre.is_empty() { Ok(()) } else { write!(f, "-{}", self.pre) }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let pre = |n: &Self| semver::Prerelease::new(&n.pre).unwrap_or(semver::Prerelease::EMPTY);
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| pre(self).cmp(&pre(other)))
            // Only hand-made values with an invalid `pre` get here; the order stays total.
            .then_with(|| self.pre.cmp(&other.pre))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What the author asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What the change of the contract demands.
    Auto,
    Bump(Bump),
    Exact(Number),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// The number exists already.
    Taken(Number),
    /// A given number must be above every version of its `major.minor`.
    TooLow { given: Number, highest_of_line: Number },
    /// The step from `base` is smaller than what the changes of the contract demand.
    BreakingChange { needed: Bump, given: Bump, base: Number, changes: Vec<ContractChange> },
}

/// The version that the contract is compared with: the highest one below the new one.
///
/// `existing`: every number of the prompt. For `Auto` and `Bump` that is the highest release; for `Exact` the
/// highest lower release, or, for a pre-release, the highest lower number at all. `None`: first version, or
/// nothing lower.
pub fn base(existing: &[Number], wanted: &Wanted) -> Option<Number> {
    let releases = || existing.iter().filter(|n| n.is_release());
    match wanted {
        Wanted::Auto | Wanted::Bump(_) => releases().max().cloned(),
        Wanted::Exact(given) if given.is_release() => releases().filter(|n| *n < given).max().cloned(),
        Wanted::Exact(given) => existing.iter().filter(|n| *n < given).max().cloned(),
    }
}

/// The number of the new version. `changes`: from [`base`] to the new version.
///
/// A bump never lands on or below an existing number: where a pre-release lies above the highest release
/// (`1.3.0-x` above `1.2.0`), the release of that number is above it and is taken.
///
/// # Errors
/// See [`NumberError`]. `allow_breaking` lifts `BreakingChange` only.
pub fn next(
    existing: &[Number],
    wanted: &Wanted,
    changes: &[ContractChange],
    allow_breaking: bool,
) -> Result<Number, NumberError> {
    let base = base(existing, wanted);
    let needed = required_bump(changes);
    if let Wanted::Exact(given) = wanted {
        check_given(existing, given)?;
        return match base {
            Some(base) => {
                check_step(needed, step(&base, given), base, changes, allow_breaking).map(|()| given.clone())
            }
            None => Ok(given.clone()),
        };
    }
    let Some(base) = base else {
        return Ok(first_free(existing, Number::new(1, 0, 0), Bump::Patch));
    };
    let bump = match wanted {
        Wanted::Bump(bump) => {
            check_step(needed, *bump, base.clone(), changes, allow_breaking)?;
            *bump
        }
        _ => needed,
    };
    Ok(first_free(existing, base.bumped(bump), bump))
}

fn check_given(existing: &[Number], given: &Number) -> Result<(), NumberError> {
    if existing.contains(given) {
        return Err(NumberError::Taken(given.clone()));
    }
    match existing.iter().filter(|n| n.line() == given.line()).max() {
        Some(highest) if highest > given => {
            Err(NumberError::TooLow { given: given.clone(), highest_of_line: highest.clone() })
        }
        _ => Ok(()),
    }
}

fn check_step(
    needed: Bump,
    given: Bump,
    base: Number,
    changes: &[ContractChange],
    allow_breaking: bool,
) -> Result<(), NumberError> {
    if given >= needed || allow_breaking {
        return Ok(());
    }
    Err(NumberError::BreakingChange { needed, given, base, changes: changes.to_vec() })
}

/// How large the step from one number to a higher one is. Below 1.0.0 nothing is promised to callers by semver,
/// but prompts start at 1.0.0, so 0.x is judged like the rest.
fn step(from: &Number, to: &Number) -> Bump {
    if to.major != from.major {
        Bump::Major
    } else if to.minor != from.minor {
        Bump::Minor
    } else {
        Bump::Patch
    }
}

/// The candidate, or the next one of the same step that is above everything of its line. `base` is the highest
/// release, so only pre-releases can stand in the way.
fn first_free(existing: &[Number], candidate: Number, bump: Bump) -> Number {
    let mut candidate = candidate;
    while existing.iter().any(|n| n.line() == candidate.line() && *n >= candidate) {
        candidate = candidate.bumped(bump);
    }
    candidate
}

/// What a caller wrote where a version is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `7`: the seventh version by time.
    Sequence(i64),
    Number(Number),
    /// A label, an environment, or a word such as `latest`.
    Name(String),
    /// `^1.2`, `~1.2.0`, `1.x`, `>=1, <3`: a filter.
    Range(String),
}

/// Never fails: what is neither number nor range is a name, and may then not be found.
pub fn parse_reference(text: &str) -> Reference {
    if !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && let Ok(sequence) = text.parse()
    {
        return Reference::Sequence(sequence);
    }
    if let Ok(number) = Number::parse(text) {
        return Reference::Number(number);
    }
    let starts_like_a_range = text.starts_with(|c: char| c.is_ascii_digit() || "^~=<>*".contains(c));
    if starts_like_a_range && semver::VersionReq::parse(text).is_ok() {
        return Reference::Range(text.to_owned());
    }
    Reference::Name(text.to_owned())
}

#[cfg(test)]
#[path = "numbering_tests.rs"]
mod tests;
