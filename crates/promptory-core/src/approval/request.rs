use super::{Policy, Subject};
use crate::{access::Roles, id::UserId, time::Timestamp};

/// One request for approval, with all that was decided: nothing of it is ever taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// What was asked for. It holds for nothing else.
    pub subject: Subject,
    /// `None`: a key that belongs to nobody.
    pub requester: Option<UserId>,
    /// Of every version in the build, those of includes among them; for other subjects none.
    pub authors: Vec<UserId>,
    pub opened_at: Timestamp,
    /// In the order in which they were committed.
    pub decisions: Vec<Decision>,
    /// When the first deployment by it was completed: from then on it counts for going back, and for nothing new.
    pub spent_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub at: Timestamp,
    /// `None`: the clock, when it expires.
    pub by: Option<UserId>,
    /// What they were at that time. What they become later takes nothing away and adds nothing.
    pub roles: Roles,
    pub kind: DecisionKind,
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// For the stage of this name.
    Approve {
        stage: String,
    },
    Reject,
    /// Nothing is approved until the same person approves.
    RequestChanges,
    Comment,
    Withdraw,
    Expire,
}

impl DecisionKind {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Reject => "reject",
            Self::RequestChanges => "request_changes",
            Self::Comment => "comment",
            Self::Withdraw => "withdraw",
            Self::Expire => "expire",
        }
    }

    /// Reads what [`Self::as_str`] wrote, with the stage that stands beside it. `None`: no such kind.
    pub fn from_stored(word: &str, stage: &str) -> Option<Self> {
        Some(match word {
            "approve" => Self::Approve { stage: stage.to_owned() },
            "reject" => Self::Reject,
            "request_changes" => Self::RequestChanges,
            "comment" => Self::Comment,
            "withdraw" => Self::Withdraw,
            "expire" => Self::Expire,
            _ => return None,
        })
    }
}

impl Approval {
    /// By the policy in force, so a shorter time holds for what was asked before.
    pub fn expires_at(&self, policy: &Policy) -> Timestamp {
        self.opened_at.plus_seconds(policy.expires_after_s)
    }

    /// Whether this person wrote something of it or asked for it, and so does not count.
    pub fn is_their_own(&self, user: &UserId, policy: &Policy) -> bool {
        !policy.allow_author && (self.authors.contains(user) || self.requester.as_ref() == Some(user))
    }
}
