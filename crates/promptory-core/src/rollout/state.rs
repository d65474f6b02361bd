use crate::id::DeploymentId;

/// What stays with one version while a rollout runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    User,
    Session,
    Request,
}

impl Unit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::Request => "request",
        }
    }

    /// # Errors
    /// Names the units that there are.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "user" => Ok(Self::User),
            "session" => Ok(Self::Session),
            "request" => Ok(Self::Request),
            _ => Err(format!("{word:.40?} is no unit; use \"user\", \"session\" or \"request\".")),
        }
    }

    /// Where nothing was asked for: users where calls name them.
    pub const fn by_default(calls_have_keys: bool) -> Self {
        if calls_have_keys { Self::User } else { Self::Request }
    }
}

/// Where a deployment stands. In the database: [`Self::as_str`] and [`Self::detail`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    PendingApproval,
    /// Free to start; somebody has to start it.
    Scheduled(Wait),
    Running,
    /// The share stays, and so does the time that is left of the step or the bake.
    Paused(PauseCause),
    /// Everybody has it; it is watched for a while more.
    Baking,
    Completed,
    /// Callers get the target of the way back already; not every server has said so.
    RollingBack,
    RolledBack,
    Aborted(Ended),
    /// Another deployment of the same prompt and environment started.
    Superseded(DeploymentId),
}

/// Why a deployment that is free to start has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// It was asked to.
    Hold,
    /// The environment was frozen when the last approval came.
    Frozen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PauseCause {
    User,
    /// A gate of the kind that pauses has failed.
    Gate,
    /// A gate has had no samples for as long as the step is held.
    NoData,
    /// Figures could not be read.
    MetricError,
    /// The arms have not the sizes that they should.
    Srm,
}

/// Why a deployment was aborted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    ByHand,
    Rejected,
    Withdrawn,
    Expired,
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $type {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Reads what [`Self::as_str`] wrote.
            pub fn from_stored(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }
    };
}

words! { Wait { Hold = "hold", Frozen = "frozen" } }
words! { PauseCause { User = "user", Gate = "gate", NoData = "no_data", MetricError = "metric_error", Srm = "srm" } }
words! { Ended { ByHand = "by_hand", Rejected = "rejected", Withdrawn = "withdrawn", Expired = "expired" } }

impl State {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::PendingApproval => "pending_approval",
            Self::Scheduled(_) => "scheduled",
            Self::Running => "running",
            Self::Paused(_) => "paused",
            Self::Baking => "baking",
            Self::Completed => "completed",
            Self::RollingBack => "rolling_back",
            Self::RolledBack => "rolled_back",
            Self::Aborted(_) => "aborted",
            Self::Superseded(_) => "superseded",
        }
    }

    /// What belongs to the state: why it waits, is paused or was aborted, by which deployment it was superseded.
    pub fn detail(&self) -> &str {
        match self {
            Self::Scheduled(wait) => wait.as_str(),
            Self::Paused(cause) => cause.as_str(),
            Self::Aborted(ended) => ended.as_str(),
            Self::Superseded(by) => by.as_str(),
            _ => "",
        }
    }

    /// Reads what [`Self::as_str`] and [`Self::detail`] wrote. `None`: no such state.
    pub fn from_stored(state: &str, detail: &str) -> Option<Self> {
        Some(match state {
            "pending_approval" => Self::PendingApproval,
            "scheduled" => Self::Scheduled(Wait::from_stored(detail)?),
            "running" => Self::Running,
            "paused" => Self::Paused(PauseCause::from_stored(detail)?),
            "baking" => Self::Baking,
            "completed" => Self::Completed,
            "rolling_back" => Self::RollingBack,
            "rolled_back" => Self::RolledBack,
            "aborted" => Self::Aborted(Ended::from_stored(detail)?),
            "superseded" if !detail.is_empty() => Self::Superseded(detail.into()),
            _ => return None,
        })
    }

    /// Started and not at its end: no other rollout or experiment of the pair may run beside it.
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::Running | Self::Paused(_) | Self::Baking)
    }

    /// Not started yet.
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::PendingApproval | Self::Scheduled(_))
    }

    /// Nothing moves any more by itself. What is completed can still be rolled back.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::RolledBack | Self::Aborted(_) | Self::Superseded(_))
    }
}
