//! Bugs that are planted between the world and core, one at a time: a simulation that does not find them finds nothing.

/// What a faulty server would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    SkipFence,
    TwoSteps,
    EarlyStep,
    PausesCount,
    ApproveTwice,
    AuthorApproves,
    ForgetQuarantine,
    StartFrozen,
    TwoUnderWay,
    LoosenAtOnce,
    StaleVersion,
    ExpiredCounts,
}

impl Mutant {
    pub const ALL: [Self; 12] = [
        Self::SkipFence,
        Self::TwoSteps,
        Self::EarlyStep,
        Self::PausesCount,
        Self::ApproveTwice,
        Self::AuthorApproves,
        Self::ForgetQuarantine,
        Self::StartFrozen,
        Self::TwoUnderWay,
        Self::LoosenAtOnce,
        Self::StaleVersion,
        Self::ExpiredCounts,
    ];
}
