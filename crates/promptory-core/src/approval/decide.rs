use super::{Approval, ApprovalState, Decision, DecisionKind, Evaluation, Policy, Stage};
use crate::{access::Roles, id::UserId, limits::COMMENTS_PER_APPROVAL, time::Timestamp};

/// A person, with what they are in the project now. A key acts as its owner; one that belongs to nobody is no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    pub roles: Roles,
}

/// What somebody wants to say about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Approve,
    Reject,
    RequestChanges,
    Comment,
    Withdraw,
}

/// Why it does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDecide {
    #[error("this request is {}; nothing more can be decided", .0.as_str())]
    Over(ApprovalState),
    #[error("it was completed by a deployment already; ask again")]
    Spent,
    #[error("you wrote part of what is to be approved; somebody else has to decide")]
    Author,
    #[error("you asked for it; somebody else has to decide")]
    Requester,
    #[error("the stage {stage:?} takes {}; you are neither", whom(roles, users))]
    NotInStage { stage: String, roles: Vec<&'static str>, users: Vec<UserId> },
    #[error("you have approved the stage {stage:?}; one person counts once over all stages")]
    Counted { stage: String },
    #[error("nothing is missing any more")]
    NothingOpen,
    #[error("only who asked for it, or an administrator, withdraws it")]
    NotRequester,
    #[error("a comment needs words")]
    NoWords,
    #[error("a request takes at most {COMMENTS_PER_APPROVAL} comments and decisions; decide it")]
    TooMuchSaid,
}

fn whom(roles: &[&str], users: &[UserId]) -> String {
    let users = users.iter().map(UserId::as_str);
    roles.iter().copied().chain(users).collect::<Vec<_>>().join(", ")
}

impl Approval {
    /// The decision as it is to be kept, for the stage that is open.
    ///
    /// # Errors
    /// See [`CannotDecide`].
    pub fn decide(
        &self,
        policy: &Policy,
        person: &Person,
        action: Action,
        comment: &str,
        now: Timestamp,
    ) -> Result<Decision, CannotDecide> {
        let kind = match action {
            Action::Comment if comment.trim().is_empty() => return Err(CannotDecide::NoWords),
            Action::Comment if self.decisions.len() >= COMMENTS_PER_APPROVAL => {
                return Err(CannotDecide::TooMuchSaid);
            }
            Action::Comment => DecisionKind::Comment,
            Action::Withdraw => self.withdrawal(policy, person, now)?,
            Action::Approve => DecisionKind::Approve { stage: self.stage_for(policy, person, now)? },
            Action::Reject | Action::RequestChanges => {
                self.may_object(policy, person, now)?;
                if action == Action::Reject { DecisionKind::Reject } else { DecisionKind::RequestChanges }
            }
        };
        let (by, comment) = (Some(person.user.clone()), comment.to_owned());
        Ok(Decision { at: now, by, roles: person.roles, kind, comment })
    }

    /// Whether it waits for this person: they could approve it now.
    pub fn waits_for(&self, policy: &Policy, person: &Person, now: Timestamp) -> bool {
        self.stage_for(policy, person, now).is_ok()
    }

    /// The decision of the clock, once it is time. `None`: it is not, or all is over.
    pub fn expire(&self, policy: &Policy, now: Timestamp) -> Option<Decision> {
        let already = self.decisions.iter().any(|decision| decision.kind == DecisionKind::Expire);
        let due = self.evaluate(policy, now).state == ApprovalState::Expired && !already;
        let (kind, comment) = (DecisionKind::Expire, String::new());
        due.then_some(Decision { at: now, by: None, roles: Roles::NONE, kind, comment })
    }

    /// The open stage, if this person can approve it.
    fn stage_for(&self, policy: &Policy, person: &Person, now: Timestamp) -> Result<String, CannotDecide> {
        let evaluation = self.open_evaluation(policy, now)?;
        self.not_their_own(policy, person)?;
        if let Some(done) = evaluation.stages.iter().find(|stage| stage.by.contains(&person.user)) {
            return Err(CannotDecide::Counted { stage: done.name.clone() });
        }
        let takes = |stage: &&Stage| stage.takes(&person.user, person.roles);
        let open = evaluation.open.and_then(|index| policy.stages.get(index));
        if let Some(stage) = open.filter(takes) {
            return Ok(stage.name.clone());
        }
        // Who asked for changes lifts that by approving, also where their stage misses nobody.
        if evaluation.wants_changes.contains(&person.user)
            && let Some(stage) = policy.stages.iter().find(takes)
        {
            return Ok(stage.name.clone());
        }
        Err(open.map_or(CannotDecide::NothingOpen, |stage| CannotDecide::NotInStage {
            stage: stage.name.clone(),
            roles: stage.roles.words().collect(),
            users: stage.users.clone(),
        }))
    }

    /// Whoever could approve some stage may say no, also after they have said yes.
    fn may_object(&self, policy: &Policy, person: &Person, now: Timestamp) -> Result<(), CannotDecide> {
        self.open_evaluation(policy, now)?;
        self.not_their_own(policy, person)?;
        if policy.stages.iter().any(|stage| stage.takes(&person.user, person.roles)) {
            return Ok(());
        }
        let roles = policy.stages.iter().fold(Roles::NONE, |roles, stage| roles.with(stage.roles));
        let users = policy.stages.iter().flat_map(|stage| stage.users.clone()).collect();
        let stage = policy.stages.first().map_or_else(String::new, |stage| stage.name.clone());
        Err(CannotDecide::NotInStage { stage, roles: roles.words().collect(), users })
    }

    fn withdrawal(
        &self,
        policy: &Policy,
        person: &Person,
        now: Timestamp,
    ) -> Result<DecisionKind, CannotDecide> {
        let evaluation = self.evaluate(policy, now);
        if evaluation.spent {
            return Err(CannotDecide::Spent);
        }
        if !evaluation.state.is_open() && evaluation.state != ApprovalState::Approved {
            return Err(CannotDecide::Over(evaluation.state));
        }
        let may = self.requester.as_ref() == Some(&person.user) || person.roles.is_admin();
        if may { Ok(DecisionKind::Withdraw) } else { Err(CannotDecide::NotRequester) }
    }

    fn open_evaluation(&self, policy: &Policy, now: Timestamp) -> Result<Evaluation, CannotDecide> {
        let evaluation = self.evaluate(policy, now);
        if evaluation.spent {
            return Err(CannotDecide::Spent);
        }
        if evaluation.state.is_open() { Ok(evaluation) } else { Err(CannotDecide::Over(evaluation.state)) }
    }

    fn not_their_own(&self, policy: &Policy, person: &Person) -> Result<(), CannotDecide> {
        if !self.is_their_own(&person.user, policy) {
            return Ok(());
        }
        let wrote = self.authors.contains(&person.user);
        Err(if wrote { CannotDecide::Author } else { CannotDecide::Requester })
    }
}
