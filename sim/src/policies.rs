//! Policies that people change, and what the policy in force says to that.

use anyhow::ensure;
use promptory_core::approval::{
    Approval, Evidence, Missing, Policy, Rules, ServingChange, Subject, authorize,
};

use crate::{
    check::{self, Found},
    mutant::Mutant,
    world::{ENVIRONMENT, Loosening, World},
};

impl World {
    pub fn change_policy(&mut self) -> Found {
        let new = self.any_policy();
        match self.may_set(&new, None) {
            Ok(()) => self.set_policy(new, None),
            Err(Missing::Approval(_)) => {
                self.coverage.met("loosening waits");
                let approval = Approval {
                    subject: Subject::policy(ENVIRONMENT, &self.policy, &new),
                    requester: Some(self.person().user),
                    authors: Vec::new(),
                    opened_at: self.now(),
                    decisions: Vec::new(),
                    spent_at: None,
                };
                self.loosening = Some(Loosening { policy: new, approval });
                Ok(())
            }
            Err(other) => anyhow::bail!("a policy is refused: {other}"),
        }
    }

    fn may_set(&self, new: &Policy, approval: Option<&Approval>) -> Result<(), Missing> {
        let rules = Rules { environment: ENVIRONMENT, policy: &self.policy, freeze: self.freeze.as_ref() };
        let evidence = Evidence { approval, host: self.is(Mutant::LoosenAtOnce), ..Evidence::default() };
        let change = ServingChange::Policy { environment: ENVIRONMENT.to_owned(), new: new.clone() };
        authorize(rules, evidence, change, self.now()).map(|_| ())
    }

    fn set_policy(&mut self, new: Policy, approval: Option<&Approval>) -> Found {
        let agreed = approval.is_some_and(|approval| check::counts(approval, &self.policy, self.now()));
        let free = self.policy.stages.is_empty() || agreed;
        ensure!(free || !check::asks_less(&self.policy, &new), "a policy was loosened by nobody's leave");
        self.policy = new;
        self.loosening = None;
        Ok(())
    }

    pub fn decide_loosening(&mut self) -> Found {
        let (person, now) = (self.person(), self.now());
        let action = self.any_action();
        let Some(Loosening { policy, mut approval }) = self.loosening.take() else { return Ok(()) };
        if approval.subject != Subject::policy(ENVIRONMENT, &self.policy, &policy) {
            // Another policy is in force by now: it is to be asked for anew.
            return Ok(());
        }
        let decided = approval.decide(&self.policy, &person, action, "words", now);
        approval.decisions.extend(decided);
        if self.may_set(&policy, Some(&approval)).is_ok() {
            return self.set_policy(policy, Some(&approval));
        }
        if approval.evaluate(&self.policy, now).state.is_open() {
            self.loosening = Some(Loosening { policy, approval });
        }
        Ok(())
    }
}
