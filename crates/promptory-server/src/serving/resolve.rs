//! Which version answers a request: pure, from memory, without an allocation unless a range is asked for.

use std::sync::Arc;

use promptory_core::range::Range;

use super::{Build, PAST_BUILDS, PromptEntry, Snapshot};

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

pub struct Ask<'a> {
    pub prompt: &'a str,
    pub environment: &'a str,
    /// A number (`1.2.0`), a sequence, a label, an environment's name, or a range (`^1.2`).
    pub version: Option<&'a str>,
}

pub struct Choice<'s> {
    pub entry: &'s Arc<PromptEntry>,
    pub build: &'s Arc<Build>,
    pub reason: Reason,
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
    /// The version is not one of those in memory: ask the database.
    NotInMemory,
}

/// # Errors
/// See [`Miss`].
pub fn resolve<'s>(snapshot: &'s Snapshot, ask: &Ask<'_>) -> Result<Choice<'s>, Miss> {
    let Some(entry) = snapshot.prompt(ask.prompt) else { return Err(Miss::NoPrompt) };
    if entry.archived {
        return Err(Miss::Archived);
    }
    let Some(reference) = ask.version else {
        return match entry.live_in(ask.environment) {
            Some(build) if build.archived => Err(Miss::NothingLive),
            Some(build) => Ok(Choice { entry, build, reason: Reason::Live }),
            None if snapshot.environment(ask.environment).is_none() => Err(Miss::NoEnvironment),
            None => Err(Miss::NothingLive),
        };
    };
    if snapshot.environment(ask.environment).is_none() {
        return Err(Miss::NoEnvironment);
    }
    if is_range(reference) {
        return in_range(entry, ask.environment, reference);
    }
    match pinned(entry, ask.environment, reference) {
        Some(build) if !build.archived => Ok(Choice { entry, build, reason: Reason::Pinned }),
        _ => Err(Miss::NotInMemory),
    }
}

/// Ranges begin as no other reference does, or hold a wildcard behind a dot (`1.x`) where a number would stand.
pub fn is_range(reference: &str) -> bool {
    reference.starts_with(['^', '~', '=', '<', '>', '*'])
        || (reference.starts_with(|c: char| c.is_ascii_digit())
            && (reference.contains(',') || reference.ends_with(".x") || reference.ends_with(".*")))
}

/// The live build if it lies in the range, else the most recent one that does and was not taken back or archived.
fn in_range<'s>(entry: &'s Arc<PromptEntry>, environment: &str, text: &str) -> Result<Choice<'s>, Miss> {
    // What is wrong with it is said on the way through the database.
    let Ok(range) = Range::parse(text) else { return Err(Miss::NotInMemory) };
    let fits = |build: &Arc<Build>| build.parsed_number().is_some_and(|number| range.matches(&number));
    if let Some(build) = entry.live_in(environment).filter(|build| !build.archived && fits(build)) {
        return Ok(Choice { entry, build, reason: Reason::Live });
    }
    let mut seen = 0;
    for past in entry.past_in(environment) {
        seen += 1;
        if !past.archived && fits(&past.build) {
            return Ok(Choice { entry, build: &past.build, reason: Reason::Pinned });
        }
    }
    if seen < PAST_BUILDS { Err(Miss::NotInRange) } else { Err(Miss::NotInMemory) }
}

/// Only builds of the asked environment: an answer carries the environment that it was asked for. A label's own
/// build includes nothing, so it is the same everywhere.
fn pinned<'s>(entry: &'s PromptEntry, environment: &str, reference: &str) -> Option<&'s Arc<Build>> {
    let live = entry.live_in(environment);
    if environment == reference {
        return live;
    }
    if let Some(label) = entry.label(reference).filter(|label| !label.archived) {
        let here = live.into_iter().chain(entry.past_in(environment).map(|past| &past.build));
        return here.into_iter().find(|build| build.version_id == label.version_id).or(label.build.as_ref());
    }
    let digits = reference.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = if digits { reference.parse::<i64>().ok() } else { None };
    let is_it = |build: &Build| *build.number == *reference || sequence == Some(build.sequence);
    live.filter(|build| is_it(build)).or_else(|| {
        entry.past_in(environment).find(|past| !past.archived && is_it(&past.build)).map(|past| &past.build)
    })
}
