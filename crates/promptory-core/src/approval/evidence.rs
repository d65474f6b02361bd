use super::{Approval, Freeze, Policy, Subject};
use crate::{id::UserId, limits::EMERGENCY_REVIEW_HOURS, time::Timestamp};

/// Why a change was allowed. Kept with it: it decides later whether its build counts as approved here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The environment asks nobody.
    NoStages,
    Approved,
    /// These bytes were served here before, with approval.
    ServedBefore,
    /// To be reviewed: see [`Emergency::review_by`].
    Emergency,
    /// It was allowed when the deployment started.
    Started,
    /// Less is served that is new.
    Less,
    /// Nothing that an environment serves changes.
    NotServing,
    /// More is asked for than before.
    Tightening,
    /// By who runs the server, on its host.
    HostReset,
}

impl Basis {
    pub const ALL: [Self; 9] = [
        Self::NoStages,
        Self::Approved,
        Self::ServedBefore,
        Self::Emergency,
        Self::Started,
        Self::Less,
        Self::NotServing,
        Self::Tightening,
        Self::HostReset,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoStages => "no_stages",
            Self::Approved => "approved",
            Self::ServedBefore => "served_before",
            Self::Emergency => "emergency",
            Self::Started => "started",
            Self::Less => "less",
            Self::NotServing => "not_serving",
            Self::Tightening => "tightening",
            Self::HostReset => "host_reset",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == word)
    }
}

/// What the environment asks for at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub environment: &'a str,
    pub policy: &'a Policy,
    pub freeze: Option<&'a Freeze>,
}

/// What speaks for a change; read in the transaction that makes it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// How these very bytes came to be live here before. What does not fit the change counts for nothing.
    pub served: Option<&'a Served>,
    /// The target's version is older than what is live, or is the same in an earlier build.
    pub older: bool,
    /// The request that is decided, or still open.
    pub approval: Option<&'a Approval>,
    pub emergency: Option<&'a Emergency>,
    /// Asked for on the server's host, past all people.
    pub host: bool,
}

/// A build that was live in an environment, at its last time there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// A [`Subject::Build`].
    pub build: Subject,
    pub basis: Basis,
    /// It went live in an emergency, and was reviewed and found right.
    pub reviewed: bool,
}

impl Served {
    /// An environment without stages approves by itself, so what it served counts also when it gets some.
    pub fn counts_as_approved(&self) -> bool {
        matches!(self.basis, Basis::NoStages | Basis::Approved | Basis::ServedBefore)
            || self.basis == Basis::Emergency && self.reviewed
    }
}

/// Somebody does without approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// `None`: a key that belongs to nobody.
    pub by: Option<UserId>,
    /// They hold the permission for it.
    pub has_right: bool,
    pub reason: String,
}

impl Emergency {
    /// Until when somebody has to have looked at it.
    pub const fn review_by(at: Timestamp) -> Timestamp {
        at.plus_seconds(EMERGENCY_REVIEW_HOURS * 3600)
    }
}
