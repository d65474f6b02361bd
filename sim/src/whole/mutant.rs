//! Bugs that are planted between people, clocks and the servers, one at a time: what happens is what a faulty server
//! would have done, and the book says what should have.

/// What a faulty server would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A server that slept past its lease moves rollouts on.
    SkipFence,
    TwoSteps,
    /// What was agreed to long ago still counts.
    ExpiredCounts,
    /// The second word of one person counts as somebody else's.
    ApproveTwice,
    AuthorApproves,
    ForgetQuarantine,
    StartFrozen,
    LoosenAtOnce,
    StaleVersion,
    /// A server answers as it did at the beginning, and says that it is up to date.
    StaleAnswers,
}

impl Mutant {
    pub const ALL: [Self; 10] = [
        Self::SkipFence,
        Self::TwoSteps,
        Self::ExpiredCounts,
        Self::ApproveTwice,
        Self::AuthorApproves,
        Self::ForgetQuarantine,
        Self::StartFrozen,
        Self::LoosenAtOnce,
        Self::StaleVersion,
        Self::StaleAnswers,
    ];
}
