use super::{
    Basis, EmergencyRefused, Evidence, Freeze, Missing, Rollback, Rules, Served, ServingChange, Subject,
    Target, Way, is_loosening,
};
use crate::{
    rollout::{Effect, State, Transition},
    time::Timestamp,
};

/// A change that may be made. Its field is private and [`authorize`] alone makes one; it cannot be copied, so one
/// decision is applied once, in the commit in which it was made.
#[derive(Debug, PartialEq, Eq)]
pub struct Authorized<T> {
    change: T,
    basis: Basis,
}

impl<T> Authorized<T> {
    pub const fn change(&self) -> &T {
        &self.change
    }

    pub const fn basis(&self) -> Basis {
        self.basis
    }

    pub fn into_change(self) -> T {
        self.change
    }
}

/// Whether a change may be made now, under the policy in force.
///
/// # Errors
/// See [`Missing`].
pub fn authorize(
    rules: Rules<'_>,
    evidence: Evidence<'_>,
    change: ServingChange,
    now: Timestamp,
) -> Result<Authorized<ServingChange>, Missing> {
    if change.environment().is_some_and(|environment| environment != rules.environment) {
        return Err(Missing::OtherEnvironment(rules.environment.to_owned()));
    }
    let asking = Asking { rules, evidence, now };
    let basis = asking.basis(&change)?;
    Ok(Authorized { change, basis })
}

struct Asking<'a> {
    rules: Rules<'a>,
    evidence: Evidence<'a>,
    now: Timestamp,
}

impl Asking<'_> {
    fn basis(&self, change: &ServingChange) -> Result<Basis, Missing> {
        match change {
            ServingChange::Serve { target, way } => self.serve(target, *way),
            ServingChange::Deployment(transition) => moved(transition),
            ServingChange::Reweight(weights) if weights.only_fall() => Ok(Basis::Less),
            ServingChange::Reweight(_) => Err(Missing::NotByItself),
            ServingChange::Archive { .. } => {
                self.not_in_emergency()?;
                let basis = self.approved(change)?;
                self.not_frozen().map(|()| basis)
            }
            ServingChange::ArchiveUnserved { .. }
            | ServingChange::Label { .. }
            | ServingChange::Name { .. }
            | ServingChange::Delete { .. } => Ok(Basis::NotServing),
            ServingChange::Policy { new, .. } if is_loosening(self.rules.policy, new).is_empty() => {
                Ok(Basis::Tightening)
            }
            ServingChange::Freeze { freeze, .. }
                if self.freeze_in_force().is_none_or(|present| freeze.covers(present)) =>
            {
                Ok(Basis::Tightening)
            }
            ServingChange::Unfreeze { .. } if self.freeze_in_force().is_none() => Ok(Basis::NotServing),
            ServingChange::Policy { .. }
            | ServingChange::Freeze { .. }
            | ServingChange::Unfreeze { .. }
            | ServingChange::DeleteEnvironment { .. } => {
                if self.evidence.host {
                    return Ok(Basis::HostReset);
                }
                self.not_in_emergency()?;
                self.approved(change)
            }
        }
    }

    /// The host's reset is for policies: what is served still takes its way.
    fn serve(&self, target: &Target, way: Way) -> Result<Basis, Missing> {
        let subject = target.subject();
        let served = self.evidence.served.filter(|served| served.build == subject);
        let again = way == Way::Restore;
        let is_back = self.evidence.older && !again;
        let usual = || {
            if is_back && self.rules.policy.rollback == Rollback::FixForward {
                return Err(Missing::FixForward);
            }
            let basis = self.serve_approved(&subject, served, is_back, way)?;
            if served.is_none() || !(is_back || again) {
                self.not_frozen()?;
            }
            Ok(basis)
        };
        let missing = match usual() {
            Ok(basis) => return Ok(basis),
            Err(missing) => missing,
        };
        let Some(emergency) = self.evidence.emergency else { return Err(missing) };
        if !self.rules.policy.emergency {
            return Err(EmergencyRefused::Forbidden.into());
        }
        if !emergency.has_right {
            return Err(EmergencyRefused::NoRight.into());
        }
        if emergency.reason.trim().is_empty() {
            return Err(EmergencyRefused::NoReason.into());
        }
        Ok(Basis::Emergency)
    }

    fn serve_approved(
        &self,
        subject: &Subject,
        served: Option<&Served>,
        is_back: bool,
        way: Way,
    ) -> Result<Basis, Missing> {
        if self.rules.policy.stages.is_empty() {
            return Ok(Basis::NoStages);
        }
        let needs = is_back && self.rules.policy.rollback_needs_approval;
        if !needs && served.is_some_and(Served::counts_as_approved) {
            return Ok(Basis::ServedBefore);
        }
        self.approval_of(subject, way == Way::Release)
    }

    fn approved(&self, change: &ServingChange) -> Result<Basis, Missing> {
        if self.rules.policy.stages.is_empty() {
            return Ok(Basis::NoStages);
        }
        match change.subject(self.rules.policy, self.rules.freeze) {
            Some(subject) => self.approval_of(&subject, false),
            None => Err(Missing::Approval(None)),
        }
    }

    /// What was approved as a part of a release is approved for nothing but that.
    fn approval_of(&self, subject: &Subject, released: bool) -> Result<Basis, Missing> {
        let Some(approval) = self.evidence.approval else { return Err(Missing::Approval(None)) };
        if let (Subject::Build { build_hash: approved, .. }, Subject::Build { build_hash: asked, .. }) =
            (&approval.subject, subject)
            && approval.subject.is_other_build(subject)
        {
            return Err(Missing::Stale { approved: approved.clone(), asked: asked.clone() });
        }
        if approval.subject != *subject && !(released && approval.subject.releases(subject)) {
            return Err(Missing::Approval(None));
        }
        let evaluation = approval.evaluate(self.rules.policy, self.now);
        if evaluation.is_valid() {
            Ok(Basis::Approved)
        } else {
            Err(Missing::Approval(Some(Box::new(evaluation))))
        }
    }

    fn freeze_in_force(&self) -> Option<&Freeze> {
        self.rules.freeze.filter(|freeze| freeze.is_on(self.now))
    }

    fn not_frozen(&self) -> Result<(), Missing> {
        self.freeze_in_force().map_or(Ok(()), |freeze| Err(Missing::Frozen(freeze.clone())))
    }

    fn not_in_emergency(&self) -> Result<(), Missing> {
        match self.evidence.emergency {
            Some(_) if !self.rules.policy.stages.is_empty() => Err(EmergencyRefused::NotServing.into()),
            _ => Ok(()),
        }
    }
}

/// What a transition may do by itself.
fn moved(transition: &Transition) -> Result<Basis, Missing> {
    let had_started = transition.event.from.as_ref().is_some_and(State::is_under_way);
    match transition.effect {
        Effect::None => Ok(Basis::NotServing),
        Effect::Ended => Ok(Basis::Less),
        Effect::Share(_) | Effect::Live if had_started => Ok(Basis::Started),
        // It baked: the rollout was not over.
        Effect::TakenBack if had_started => Ok(Basis::Less),
        Effect::Share(_) | Effect::Live | Effect::TakenBack => Err(Missing::NotByItself),
    }
}
