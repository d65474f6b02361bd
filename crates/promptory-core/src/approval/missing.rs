use super::{ApprovalState, Evaluation, Freeze};

/// Why a change may not be made now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// `None`: nobody was asked yet. A change of what is served waits as a deployment then.
    #[error("this needs approval, {}", standing(.0.as_deref()))]
    Approval(Option<Box<Evaluation>>),
    /// `stale_approval`
    #[error("the approval is for the build {approved}; this is {asked}, so ask again")]
    Stale { approved: String, asked: String },
    #[error("the environment is frozen{}: {}", until(.0), .0.reason)]
    Frozen(Freeze),
    /// `fix_forward`
    #[error("this environment only goes forward; revert makes a new version of the old content")]
    FixForward,
    #[error(transparent)]
    Emergency(#[from] EmergencyRefused),
    /// These are the rules of another environment: a mistake of the program.
    #[error("these are the rules of {0:?}, not of where this changes something")]
    OtherEnvironment(String),
    /// A start, a way back or a larger share is a change of its own, with its own evidence.
    #[error("nothing starts, is taken back or gets a larger share by this; say which build is to be served")]
    NotByItself,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmergencyRefused {
    #[error("this environment knows no emergency; ask for approval")]
    Forbidden,
    #[error("an emergency needs the right to it; ask somebody who has it")]
    NoRight,
    #[error("an emergency needs a reason: say what is wrong")]
    NoReason,
    #[error("an emergency changes which build is served, nothing else; ask for approval")]
    NotServing,
}

fn standing(evaluation: Option<&Evaluation>) -> &'static str {
    match evaluation {
        None => "and nobody was asked",
        Some(evaluation) if evaluation.spent => "and the one that there is was used; ask again",
        Some(evaluation) => match evaluation.state {
            ApprovalState::Pending | ApprovalState::Approved => "which is not complete",
            ApprovalState::ChangesRequested => "and changes were requested",
            ApprovalState::Rejected => "and it was rejected",
            ApprovalState::Withdrawn => "and the request was withdrawn",
            ApprovalState::Expired => "and the one that there is has expired; ask again",
        },
    }
}

fn until(freeze: &Freeze) -> String {
    freeze.until.map_or_else(String::new, |until| format!(" until {}", until.to_rfc3339()))
}
