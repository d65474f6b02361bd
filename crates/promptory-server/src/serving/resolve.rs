//! Which build of a snapshot answers a request, by the rules of core. Without an allocation unless a range is asked for.

use std::sync::Arc;

use promptory_core::resolve::{Asker, Candidate, Rollout, Served, choose};
pub use promptory_core::resolve::{Miss, Reason, is_range};

use super::{Build, PAST_BUILDS, PromptEntry, Snapshot};

pub struct Ask<'a> {
    pub prompt: &'a str,
    pub environment: &'a str,
    /// A number (`1.2.0`), a sequence, a label, an environment's name, or a range (`^1.2`).
    pub version: Option<&'a str>,
    pub asker: Asker<'a>,
}

pub struct Choice<'s> {
    pub entry: &'s Arc<PromptEntry>,
    pub build: &'s Arc<Build>,
    pub reason: Reason,
}

/// # Errors
/// See [`Miss`].
pub fn resolve<'s>(snapshot: &'s Snapshot, ask: &Ask<'_>) -> Result<Choice<'s>, Miss> {
    let Some(entry) = snapshot.prompt(ask.prompt) else { return Err(Miss::NoPrompt) };
    if entry.archived {
        return Err(Miss::Archived);
    }
    let mut here = Here { entry, environment: ask.environment, asks: false };
    // What is live says that there is such an environment; it is looked for only where nothing is, or a version is named.
    if ask.version.is_some() || here.live().is_none() {
        here.asks = snapshot.environment(ask.environment).ok_or(Miss::NoEnvironment)?.asks;
    }
    let (build, reason) = choose(here, ask.version, ask.asker)?;
    Ok(Choice { entry, build, reason })
}

impl Candidate for Build {
    fn number(&self) -> &str {
        &self.number
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn archived(&self) -> bool {
        self.archived
    }
}

/// One prompt in one environment.
#[derive(Clone, Copy)]
struct Here<'s, 'a> {
    entry: &'s PromptEntry,
    environment: &'a str,
    asks: bool,
}

impl<'s> Served<'s> for Here<'s, '_> {
    type Build = Arc<Build>;

    fn environment(&self) -> &str {
        self.environment
    }

    fn live(&self) -> Option<&'s Arc<Build>> {
        self.entry.live_in(self.environment)
    }

    fn rollout(&self) -> Option<Rollout<'s, Arc<Build>>> {
        let rollout = self.entry.rollout_in(self.environment)?;
        Some(Rollout { build: &rollout.build, seed: &rollout.seed, unit: rollout.unit, share: rollout.share })
    }

    fn past(&self) -> impl Iterator<Item = (&'s Arc<Build>, bool)> {
        self.entry.past_in(self.environment).map(|past| (&past.build, past.archived))
    }

    fn past_is_whole(&self) -> bool {
        self.entry.past_in(self.environment).count() < PAST_BUILDS
    }

    /// A label's own build includes nothing, so it is the same everywhere; but where somebody has to agree, a label leads
    /// only to what is or was served.
    fn labelled(&self, label: &str) -> Option<&'s Arc<Build>> {
        let label = self.entry.label(label).filter(|label| !label.archived)?;
        let rollout = self.rollout().map(|rollout| rollout.build);
        let past = self.past().map(|(build, _)| build);
        let own = label.build.as_ref().filter(|_| !self.asks);
        let here = self.live().into_iter().chain(rollout).chain(past);
        here.into_iter().find(|build| build.version_id == label.version_id).or(own)
    }
}
