//! What a server does in one commit: it asks core, then writes. Planted bugs are here.

use promptory_core::{
    approval::{
        Approval, Basis, Decision, DecisionKind, Emergency, Evidence, Missing, Policy, Rules, Served,
        ServingChange, Target, Way, authorize,
    },
    id::{DeploymentId, UserId},
    rollback::{TakenBack, may_release, puts_in_quarantine},
    rollout::{Asked, Command, Effect, Outcome, Refused, Transition},
    time::Timestamp,
};

use crate::{
    check::{self, Cause, Found, Start},
    mutant::Mutant,
    world::{ENVIRONMENT, Held, Pair, Past, World},
};

/// What is to be served where.
#[derive(Clone, Copy)]
pub struct Wish {
    pub pair: usize,
    pub build: u32,
    pub emergency: bool,
    /// Somebody says that they know it was taken back.
    pub knows: bool,
}

impl World {
    /// Whether the build may be served now.
    pub fn allowed(&self, wish: &Wish, approval: Option<&Approval>) -> Result<Basis, Missing> {
        let pair = &self.pairs[wish.pair];
        let past = pair.past.iter().rev().find(|past| past.build == wish.build);
        let served =
            past.map(|past| Served { build: pair.subject(past.build), basis: past.basis, reviewed: false });
        let (policy, mut now) = (self.policy_as_seen(), self.now());
        let mut approval = approval.cloned();
        if self.is(Mutant::ExpiredCounts) {
            now = approval.as_ref().map_or(now, |approval| approval.opened_at);
            approval.iter_mut().for_each(|approval| {
                approval.decisions.retain(|decision| decision.kind != DecisionKind::Expire);
            });
        }
        if self.is(Mutant::ApproveTwice) {
            approval.iter_mut().for_each(|approval| twice(&mut approval.decisions));
        }
        let freeze = self.freeze.as_ref().filter(|_| !self.is(Mutant::StartFrozen));
        let rules = Rules { environment: ENVIRONMENT, policy: &policy, freeze };
        let emergency =
            wish.emergency.then(|| Emergency { by: None, has_right: true, reason: "it burns".to_owned() });
        let evidence = Evidence {
            served: served.as_ref(),
            older: self.is_older(wish),
            approval: approval.as_ref(),
            emergency: emergency.as_ref(),
            host: false,
        };
        let target = Target {
            prompt: pair.prompt.clone(),
            environment: ENVIRONMENT.to_owned(),
            version: format!("v{}", wish.build).as_str().into(),
            build_hash: Pair::hash(wish.build),
        };
        let change = ServingChange::Serve { target, way: Way::Deploy };
        authorize(rules, evidence, change, now).map(|proof| proof.basis())
    }

    pub fn is_older(&self, wish: &Wish) -> bool {
        self.pairs[wish.pair].live_build().is_some_and(|live| wish.build < live)
    }

    pub fn may_release(&mut self, wish: &Wish) -> bool {
        let knows = wish.knows || self.is(Mutant::ForgetQuarantine);
        let may = may_release(&self.pairs[wish.pair].back, &Pair::hash(wish.build), knows).is_ok();
        if !may {
            self.coverage.met("a build in quarantine is refused");
        }
        may
    }

    /// A deployment starts: what is under way ends in the same commit.
    pub fn starts(&mut self, wish: &Wish, held: &mut Held, done: Transition, basis: Basis) -> Found {
        check::start(self, &Start { wish, held: &*held, basis })?;
        let at = done.event.at;
        let running = self.pairs[wish.pair].under_way().cloned();
        if let Some(running) = running.filter(|_| !self.is(Mutant::TwoUnderWay)) {
            let by = Command::Supersede(held.row.id.clone());
            let asked = Asked { at, actor: Some("x".to_owned()), reason: String::new(), version: None };
            self.command(wish.pair, &running, &by, asked)?;
        }
        if wish.knows {
            let hash = Pair::hash(wish.build);
            let known = self.pairs[wish.pair].back.iter_mut().filter(|one| one.build_hash == hash);
            known.for_each(|one| one.acknowledged_at = Some(at));
        }
        let serves = done.effect != Effect::None;
        self.keep(held, done, Cause::Person(None))?;
        if serves && held.row.share.is_full() {
            self.goes_live(wish.pair, held, basis, at);
        }
        Ok(())
    }

    fn goes_live(&mut self, pair: usize, held: &mut Held, basis: Basis, at: Timestamp) {
        let executions = self.rng.u64(0..300);
        let pair = &mut self.pairs[pair];
        pair.past.retain(|past| past.build != held.build);
        pair.past.push(Past { build: held.build, since: at, basis, executions, taken_back: false });
        if matches!(basis, Basis::NoStages | Basis::Approved | Basis::ServedBefore) {
            pair.approved.insert(held.build);
        }
        pair.live = Some(held.row.id.clone());
        if let Some(approval) = &mut held.approval {
            approval.spent_at = Some(at);
        }
    }

    /// Writes a transition down, after everything about it was looked at.
    pub fn keep(&mut self, held: &mut Held, done: Transition, cause: Cause) -> Found {
        check::transition(held, &done, cause)?;
        let event = &done.event;
        let from = event.from.as_ref().map_or("", |state| state.as_str());
        self.coverage.transition(from, event.kind.as_str(), event.to.as_str());
        held.log.push(done.event);
        held.row = done.deployment;
        Ok(())
    }

    /// A command to one that is there. `None`: it was refused, or is so already.
    pub fn command(
        &mut self,
        pair: usize,
        id: &DeploymentId,
        command: &Command,
        mut asked: Asked,
    ) -> Found<bool> {
        let Some(mut held) = self.pairs[pair].held.remove(id) else { return Ok(false) };
        let seen = asked.version;
        if self.is(Mutant::StaleVersion) {
            asked.version = None;
        }
        let answer = held.row.command(command, asked);
        let changed = match answer {
            Ok(Outcome::Changed(done)) => {
                let mut done = *done;
                if self.is(Mutant::PausesCount) {
                    done.deployment.paused_us = 0;
                }
                self.moves(pair, &mut held, done, Cause::Person(seen)).map(|()| true)
            }
            Ok(Outcome::Already) => Ok(false),
            Err(refused) => {
                self.coverage.met(match refused {
                    Refused::Changed { .. } => "a row that has moved is refused",
                    _ => "a command that is impossible is refused",
                });
                Ok(false)
            }
        };
        self.pairs[pair].held.insert(id.clone(), held);
        changed
    }

    /// A transition of one that has started already, with what it means for callers.
    fn moves(&mut self, pair: usize, held: &mut Held, done: Transition, cause: Cause) -> Found {
        let (effect, at) = (done.effect, done.event.at);
        if puts_in_quarantine(&done.event) {
            let build_hash = Pair::hash(held.build);
            let (deployment, reason) = (held.row.id.clone(), "bad".to_owned());
            self.pairs[pair].back.push(TakenBack {
                build_hash,
                deployment,
                at,
                reason,
                acknowledged_at: None,
            });
            let past = self.pairs[pair].past.iter_mut().find(|past| past.build == held.build);
            past.into_iter().for_each(|past| past.taken_back = true);
        }
        self.keep(held, done, cause)?;
        if effect == Effect::Live {
            let basis = held.approval.as_ref().map_or(Basis::NoStages, |_| Basis::Approved);
            let basis = if held.emergency { Basis::Emergency } else { basis };
            self.goes_live(pair, held, basis, at);
        }
        Ok(())
    }

    /// One look of a server that believes to lead, with the fence that it has.
    pub fn look(&mut self, fence: u64) -> Found {
        if fence != self.fence && !self.is(Mutant::SkipFence) {
            self.coverage.met("an old fence is refused");
            return Ok(());
        }
        let leads = fence == self.fence;
        for pair in 0..self.pairs.len() {
            let ids: Vec<DeploymentId> = self.pairs[pair].held.keys().cloned().collect();
            for id in ids {
                self.tick(pair, &id, leads)?;
            }
            self.pairs[pair].forget();
            check::pair(&self.pairs[pair])?;
        }
        Ok(())
    }

    fn tick(&mut self, pair: usize, id: &DeploymentId, leads: bool) -> Found {
        let Some(mut held) = self.pairs[pair].held.remove(id) else { return Ok(()) };
        let mut now = self.now();
        if self.is(Mutant::EarlyStep) {
            held.row.entered_at = held.row.entered_at.map(|at| at.plus_seconds(-600));
        }
        let mut steps = 0;
        while let Some(done) = held.row.tick(now) {
            steps += 1;
            self.moves(pair, &mut held, done, Cause::Clock { leads, steps })?;
            if !self.is(Mutant::TwoSteps) {
                break;
            }
            now = now.plus_seconds(86_400);
        }
        self.pairs[pair].held.insert(id.clone(), held);
        Ok(())
    }

    pub fn policy_as_seen(&self) -> Policy {
        Policy {
            allow_author: self.policy.allow_author || self.is(Mutant::AuthorApproves),
            ..self.policy.clone()
        }
    }

    /// What the policy in force and the decisions amount to for what waits.
    pub fn is_approved(&self, approval: &Approval) -> bool {
        let mut approval = approval.clone();
        if self.is(Mutant::ApproveTwice) {
            twice(&mut approval.decisions);
        }
        approval.evaluate(&self.policy_as_seen(), self.now()).is_valid()
    }
}

/// Everybody's second word counts as somebody else's.
fn twice(decisions: &mut Vec<Decision>) {
    let more: Vec<Decision> = decisions
        .iter()
        .filter(|decision| matches!(decision.kind, DecisionKind::Approve { .. }))
        .filter_map(|decision| {
            let user: UserId = format!("{}-again", decision.by.as_ref()?).as_str().into();
            Some(Decision { by: Some(user), ..decision.clone() })
        })
        .collect();
    decisions.extend(more);
}
