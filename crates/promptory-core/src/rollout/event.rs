use super::{Deployment, State};
use crate::{bucketing::Share, time::Timestamp};

/// What happened to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    Created,
    Held,
    Approved,
    Rejected,
    Withdrawn,
    Expired,
    Started,
    Advanced,
    Promoted,
    Paused,
    Resumed,
    /// The bake is over.
    Completed,
    Aborted,
    Superseded,
    RollingBack,
    RolledBack,
}

impl EventKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Started => "started",
            Self::Advanced => "advanced",
            Self::Promoted => "promoted",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Completed => "completed",
            Self::Aborted => "aborted",
            Self::Superseded => "superseded",
            Self::RollingBack => "rolling_back",
            Self::RolledBack => "rolled_back",
        }
    }
}

/// One transition as it is kept for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// From 1 without gaps; unique in its deployment.
    pub seq: u64,
    pub at: Timestamp,
    pub kind: EventKind,
    /// `None`: it was created.
    pub from: Option<State>,
    pub to: State,
    pub step: usize,
    /// What is served from then on.
    pub share: Share,
    /// `None`: the clock.
    pub actor: Option<String>,
    pub reason: String,
}

/// What a transition means for callers; to be written in the same commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They get what they got.
    None,
    /// This share of units gets the new build, the rest the live one.
    Share(Share),
    /// Everybody gets the new build: it becomes live.
    Live,
    /// Nobody gets the new build any more; the live one was live all the time.
    Ended,
    /// The build was live and is not any more: the target of the way back becomes live in the same commit.
    TakenBack,
}

/// The new row and the one event that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    pub deployment: Deployment,
    pub event: Event,
    pub effect: Effect,
}

impl Effect {
    pub(super) fn of(before: Share, after: Share) -> Self {
        if before == after {
            Self::None
        } else if after.is_full() {
            Self::Live
        } else if before.is_full() {
            Self::TakenBack
        } else if after.is_none() {
            Self::Ended
        } else {
            Self::Share(after)
        }
    }
}
