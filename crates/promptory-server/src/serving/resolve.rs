//! Which version answers a request: pure, from memory, without an allocation.

use std::sync::Arc;

use super::{Build, PromptEntry, Snapshot};

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
    /// A number (`1.2.0`), a sequence, or an environment's name.
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
    match pinned(entry, ask.environment, reference) {
        Some(build) if !build.archived => Ok(Choice { entry, build, reason: Reason::Pinned }),
        _ => Err(Miss::NotInMemory),
    }
}

/// Only builds of the asked environment: an answer carries the environment that it was asked for.
fn pinned<'s>(entry: &'s PromptEntry, environment: &str, reference: &str) -> Option<&'s Arc<Build>> {
    let build = entry.live_in(environment)?;
    let is_it = &*build.number == reference
        || environment == reference
        || (reference.bytes().all(|byte| byte.is_ascii_digit())
            && reference.parse::<i64>().is_ok_and(|sequence| sequence == build.sequence));
    is_it.then_some(build)
}
