use super::{Approval, Decision, DecisionKind, Policy, Stage};
use crate::{id::UserId, time::Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApprovalState {
    Pending,
    Approved,
    Rejected,
    ChangesRequested,
    Withdrawn,
    Expired,
}

impl ApprovalState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::ChangesRequested => "changes_requested",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Somebody can still decide.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::ChangesRequested)
    }
}

/// Where one stage stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageProgress {
    pub name: String,
    pub needed: u32,
    /// Who counts for it, in the order in which they approved.
    pub by: Vec<UserId>,
}

impl StageProgress {
    pub fn missing(&self) -> u32 {
        self.needed.saturating_sub(u32::try_from(self.by.len()).unwrap_or(u32::MAX))
    }
}

/// What an approval amounts to under a policy, now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    pub state: ApprovalState,
    /// In the order of the policy.
    pub stages: Vec<StageProgress>,
    /// Index of the first stage that is not complete, while somebody can still decide.
    pub open: Option<usize>,
    /// Whose request for changes stands.
    pub wants_changes: Vec<UserId>,
    pub expires_at: Timestamp,
    /// A deployment by it was completed: it allows nothing new.
    pub spent: bool,
}

impl Evaluation {
    /// Something may be done by it now.
    pub fn is_valid(&self) -> bool {
        self.state == ApprovalState::Approved && !self.spent
    }
}

impl Approval {
    /// By the policy in force: stages keep what was decided for their name, new ones are open, and who no longer fits a
    /// stage no longer counts for it.
    ///
    /// One person counts once over all stages, for the first that takes them; authors and the requester do not, unless
    /// the policy says so. A rejection, a withdrawal and an expiry are final.
    pub fn evaluate(&self, policy: &Policy, now: Timestamp) -> Evaluation {
        let stages = self.progress(policy);
        let wants_changes = self.wanting_changes();
        let complete = stages.iter().all(|stage| stage.missing() == 0);
        let state = match self.ending() {
            Some(state) => state,
            None if self.spent_at.is_none() && now >= self.expires_at(policy) => ApprovalState::Expired,
            None if !wants_changes.is_empty() => ApprovalState::ChangesRequested,
            None if complete => ApprovalState::Approved,
            None => ApprovalState::Pending,
        };
        let first_open = stages.iter().position(|stage| stage.missing() > 0);
        Evaluation {
            state,
            open: if state.is_open() { first_open } else { None },
            stages,
            wants_changes,
            expires_at: self.expires_at(policy),
            spent: self.spent_at.is_some(),
        }
    }

    /// The first decision that ends everything.
    fn ending(&self) -> Option<ApprovalState> {
        self.decisions.iter().find_map(|decision| match decision.kind {
            DecisionKind::Reject => Some(ApprovalState::Rejected),
            DecisionKind::Withdraw => Some(ApprovalState::Withdrawn),
            DecisionKind::Expire => Some(ApprovalState::Expired),
            _ => None,
        })
    }

    fn progress(&self, policy: &Policy) -> Vec<StageProgress> {
        let empty = |stage: &Stage| StageProgress {
            name: stage.name.clone(),
            needed: stage.approvals,
            by: Vec::new(),
        };
        let mut stages: Vec<StageProgress> = policy.stages.iter().map(empty).collect();
        for (index, decision) in self.decisions.iter().enumerate() {
            let (Some(user), DecisionKind::Approve { stage }) = (&decision.by, &decision.kind) else {
                continue;
            };
            let fits = policy.stage(stage).is_some_and(|stage| stage.takes(user, decision.roles));
            let counted = stages.iter().any(|stage| stage.by.contains(user));
            if !fits || counted || self.is_their_own(user, policy) || self.took_back(index, user) {
                continue;
            }
            if let Some(stage) = stages.iter_mut().find(|progress| progress.name == *stage) {
                stage.by.push(user.clone());
            }
        }
        stages
    }

    /// Whether they asked for changes after this decision.
    fn took_back(&self, index: usize, user: &UserId) -> bool {
        let later = self.decisions.iter().skip(index + 1);
        later.into_iter().any(|d| d.by.as_ref() == Some(user) && d.kind == DecisionKind::RequestChanges)
    }

    /// Those whose last word was a request for changes. It stands under every policy: narrowing a stage until somebody no
    /// longer fits it does not silence them. Who can no longer approve cannot lift it; then it is asked for anew.
    fn wanting_changes(&self) -> Vec<UserId> {
        let mut wanting: Vec<UserId> = Vec::new();
        for Decision { by, kind, .. } in &self.decisions {
            let Some(user) = by else { continue };
            match kind {
                DecisionKind::Approve { .. } => wanting.retain(|other| other != user),
                DecisionKind::RequestChanges if !wanting.contains(user) => wanting.push(user.clone()),
                _ => {}
            }
        }
        wanting
    }
}
