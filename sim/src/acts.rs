//! What people do: mostly what makes sense, sometimes not.

use promptory_core::{
    approval::{Action, Approval, Basis, CannotDecide, Freeze, Missing},
    id::DeploymentId,
    rollback::{Occupant, Situation, Wanted, choose, in_quarantine},
    rollout::{Asked, Command, Deployment, Effect, New, Outcome, PauseCause, State, Strategy, Unit, Watch},
};

use crate::{
    check::{self, Cause, Found},
    door::Wish,
    mutant::Mutant,
    world::{Held, Pair, World},
};

/// Deployments of one prompt that wait: nobody asks for more.
const MOST_WAITING: usize = 3;

impl World {
    /// Somebody does something.
    pub fn act(&mut self) -> Found {
        match self.rng.u32(0..100) {
            0..=24 => self.release(),
            25..=54 => self.decide(),
            55..=80 => self.order(),
            81..=86 => self.go_back(),
            87 => self.freeze_something(),
            88 => self.change_policy(),
            89..=94 => self.settle(),
            95..=96 => {
                self.fence += 1;
                self.coverage.met("another leader");
                Ok(())
            }
            _ => {
                self.step_clock();
                Ok(())
            }
        }
    }

    pub fn asked(&self, actor: &str, version: Option<u64>) -> Asked {
        Asked { at: self.now(), actor: Some(actor.to_owned()), reason: "because".to_owned(), version }
    }

    fn any_pair(&mut self) -> usize {
        self.rng.usize(0..self.pairs.len())
    }

    fn any_held(&mut self, of: impl Fn(&Held) -> bool) -> Option<(usize, DeploymentId)> {
        let all = self.pairs.iter().enumerate().flat_map(|(n, pair)| {
            pair.held.iter().filter(|(_, held)| of(held)).map(move |(id, _)| (n, id.clone()))
        });
        let all: Vec<(usize, DeploymentId)> = all.collect();
        if all.is_empty() { None } else { Some(all[self.rng.usize(0..all.len())].clone()) }
    }

    fn any_strategy(&mut self, first: bool) -> Strategy {
        match self.rng.u32(0..4) {
            _ if first => Strategy::Immediate,
            0 => Strategy::Immediate,
            1 => Strategy::Gradual,
            _ => Strategy::Canary,
        }
    }

    /// A new build, or one that was live before.
    fn release(&mut self) -> Found {
        let pair = self.any_pair();
        let waiting = self.pairs[pair].held.values().filter(|held| held.row.state.is_waiting()).count();
        if waiting >= MOST_WAITING {
            return Ok(());
        }
        let past: Vec<u32> = self.pairs[pair].past.iter().map(|past| past.build).collect();
        let build = if !past.is_empty() && self.chance(30) {
            past[self.rng.usize(0..past.len())]
        } else {
            self.pairs[pair].builds += 1;
            self.pairs[pair].builds
        };
        let live = self.pairs[pair].live_build();
        if live == Some(build) {
            return Ok(());
        }
        let wish = Wish { pair, build, emergency: self.chance(4), knows: self.chance(40) };
        if !self.may_release(&wish) {
            return Ok(());
        }
        let basis = match self.allowed(&wish, None) {
            Ok(basis) => Some(basis),
            Err(Missing::Approval(_)) => None,
            Err(missing) => {
                self.met_frozen(&missing);
                return Ok(());
            }
        };
        let strategy = self.any_strategy(live.is_none());
        let hold = self.chance(if basis.is_none() { 40 } else { 10 });
        self.create(&wish, &strategy, (hold, None), basis)
    }

    fn create(
        &mut self,
        wish: &Wish,
        strategy: &Strategy,
        (hold, rollback_of): (bool, Option<DeploymentId>),
        basis: Option<Basis>,
    ) -> Found {
        let schedule = strategy.schedule().map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
        let (author, requester) = (self.person().user, self.person().user);
        self.made += 1;
        let watched = rollback_of.is_none() && self.chance(40);
        let names = if watched { vec!["errors".to_owned()] } else { Vec::new() };
        let new = New {
            id: format!("d{:09}", self.made).into(),
            rollback_of,
            unit: Unit::User,
            schedule,
            watch: Watch { names, bake_s: 4 * 3600 },
            needs_approval: basis.is_none(),
            hold,
        };
        let done = Deployment::create(new, self.asked(requester.as_str(), None));
        let approval = basis.is_none().then(|| Approval {
            subject: self.pairs[wish.pair].subject(wish.build),
            requester: Some(requester),
            authors: vec![author],
            opened_at: self.now(),
            decisions: Vec::new(),
            spent_at: None,
        });
        let emergency = basis == Some(Basis::Emergency);
        let row = done.deployment.clone();
        let mut held = Held { row, build: wish.build, approval, emergency, log: Vec::new() };
        match basis {
            Some(basis) if done.effect != Effect::None => self.starts(wish, &mut held, done, basis)?,
            _ => self.keep(&mut held, done, Cause::Person(None))?,
        }
        self.pairs[wish.pair].held.insert(held.row.id.clone(), held);
        check::pair(&self.pairs[wish.pair])
    }

    fn met_frozen(&mut self, missing: &Missing) {
        if matches!(missing, Missing::Frozen(_)) {
            self.coverage.met("a frozen environment refuses");
        }
    }

    pub fn any_action(&mut self) -> Action {
        match self.rng.u32(0..100) {
            0..=77 => Action::Approve,
            78..=83 => Action::RequestChanges,
            84..=88 => Action::Comment,
            89..=93 => Action::Reject,
            _ => Action::Withdraw,
        }
    }

    /// Somebody says something about what waits.
    fn decide(&mut self) -> Found {
        if self.loosening.is_some() && self.chance(25) {
            return self.decide_loosening();
        }
        let waits = |held: &Held| held.approval.is_some() && held.row.state == State::PendingApproval;
        let Some((pair, id)) = self.any_held(waits) else { return Ok(()) };
        let (person, action) = (self.person(), self.any_action());
        let (policy, now) = (self.policy_as_seen(), self.now());
        let held = self.pairs[pair].held.get_mut(&id);
        let Some(approval) = held.and_then(|held| held.approval.as_mut()) else { return Ok(()) };
        match approval.decide(&policy, &person, action, "words", now) {
            Ok(decision) => approval.decisions.push(decision),
            Err(why) => {
                if matches!(why, CannotDecide::Author | CannotDecide::Requester) {
                    self.coverage.met("an author is refused");
                }
                return Ok(());
            }
        }
        let approval = approval.clone();
        let asked = self.asked(person.user.as_str(), None);
        match action {
            Action::Reject => self.command(pair, &id, &Command::Reject, asked).map(|_| ()),
            Action::Withdraw => self.command(pair, &id, &Command::Withdraw, asked).map(|_| ()),
            Action::Approve if self.is_approved(&approval) => {
                self.begin(pair, &id, |frozen| Command::Approve { frozen }, asked)
            }
            _ => Ok(()),
        }
    }

    /// What waits is free to start: it does if everything still speaks for it.
    fn begin(
        &mut self,
        pair: usize,
        id: &DeploymentId,
        command: impl Fn(bool) -> Command,
        asked: Asked,
    ) -> Found {
        let Some(mut held) = self.pairs[pair].held.remove(id) else { return Ok(()) };
        let wish = Wish { pair, build: held.build, emergency: false, knows: self.chance(30) };
        let stays = self.pairs[pair].live_build() == Some(held.build) || !self.may_release(&wish);
        let allowed = self.allowed(&wish, held.approval.as_ref());
        let frozen = matches!(allowed, Err(Missing::Frozen(_)));
        if let Err(missing) = &allowed {
            self.met_frozen(missing);
        }
        let command = command(frozen);
        // Who starts by hand is told; what was approved waits for the end of the freeze.
        let goes = allowed.is_ok() || (frozen && matches!(command, Command::Approve { .. }));
        if !stays && goes {
            let seen = asked.version;
            if let Ok(Outcome::Changed(done)) = held.row.command(&command, asked) {
                match allowed {
                    Ok(basis) if done.effect != Effect::None => {
                        self.starts(&wish, &mut held, *done, basis)?
                    }
                    _ => self.keep(&mut held, *done, Cause::Person(seen))?,
                }
            }
        }
        self.pairs[pair].held.insert(id.clone(), held);
        check::pair(&self.pairs[pair])
    }

    /// Somebody moves a deployment, with the row before their eyes or an older one.
    fn order(&mut self) -> Found {
        let found = match self.rng.u32(0..20) {
            0..=12 => self.any_held(|held| held.row.state.is_under_way()),
            13..=17 => self.any_held(|held| matches!(held.row.state, State::Scheduled(_))),
            _ => self.any_held(|_| true),
        };
        let Some((pair, id)) = found else { return Ok(()) };
        let version = self.pairs[pair].held[&id].row.version;
        let seen = if self.chance(15) { version.saturating_sub(1) } else { version };
        let person = self.person();
        let asked = self.asked(person.user.as_str(), Some(seen));
        let command = match self.rng.u32(0..16) {
            0..=3 => Command::Pause(PauseCause::User),
            4..=7 => Command::Resume,
            8..=9 => Command::Advance,
            10 => Command::Promote,
            11 if self.rng.u32(0..4) > 0 => Command::Abort,
            11 | 12 => Command::Hold,
            _ => {
                let is_scheduled = matches!(self.pairs[pair].held[&id].row.state, State::Scheduled(_));
                return if is_scheduled { self.begin(pair, &id, |_| Command::Start, asked) } else { Ok(()) };
            }
        };
        self.command(pair, &id, &command, asked)?;
        check::pair(&self.pairs[pair])
    }

    /// A rollout ends, or what is live goes back.
    fn go_back(&mut self) -> Found {
        let pair = self.any_pair();
        let asked = self.asked("olga", None);
        let candidate = self.pairs[pair].under_way().cloned();
        let candidate = candidate.filter(|id| !self.pairs[pair].held[id].row.share.is_full());
        if let Some(id) = candidate {
            self.command(pair, &id, &Command::RollBack, asked)?;
            return check::pair(&self.pairs[pair]);
        }
        let (Some(live), Some(build)) = (self.pairs[pair].live.clone(), self.pairs[pair].live_build()) else {
            return Ok(());
        };
        if !self.pairs[pair].held[&live].row.possible().contains(&"roll_back") {
            return Ok(());
        }
        let present = Pair::hash(build);
        let past: Vec<Occupant> =
            self.pairs[pair].past.iter().map(|past| self.occupant(pair, past)).collect();
        let situation = Situation { present: &present, stable: None, past: &past };
        let wanted = if self.rng.bool() { Wanted::Previous } else { Wanted::LastKnownGood };
        let Ok(choice) = choose(&situation, &self.policy, wanted, false) else { return Ok(()) };
        if choice.needs_approval {
            return Ok(());
        }
        let target = choice.target.build_hash.clone();
        let Some(build) =
            self.pairs[pair].past.iter().map(|past| past.build).find(|n| Pair::hash(*n) == target)
        else {
            return Ok(());
        };
        let wish = Wish { pair, build, emergency: false, knows: false };
        let Ok(basis) = self.allowed(&wish, None) else { return Ok(()) };
        self.command(pair, &live, &Command::RollBack, asked)?;
        self.create(&wish, &Strategy::Immediate, (false, Some(live)), Some(basis))
    }

    fn occupant(&self, pair: usize, past: &crate::world::Past) -> Occupant {
        let hash = Pair::hash(past.build);
        Occupant {
            version: format!("v{}", past.build).as_str().into(),
            quarantined: in_quarantine(&self.pairs[pair].back, &hash).is_some(),
            build_hash: hash,
            since: Some(past.since),
            completed: true,
            executions: past.executions,
            seconds_live: self.now().since(past.since) / 1_000_000,
            taken_back: past.taken_back,
            failed_gate: false,
            critical_alert: false,
            archived: false,
            approved: matches!(past.basis, Basis::NoStages | Basis::Approved | Basis::ServedBefore),
        }
    }

    fn freeze_something(&mut self) -> Found {
        let hours = self.rng.i64(1..24);
        let until = Some(self.now().plus_seconds(hours * 3600));
        self.freeze = Some(Freeze { since: self.now(), until, reason: "holidays".to_owned() });
        Ok(())
    }

    /// Servers say that they went back, all or not all.
    fn settle(&mut self) -> Found {
        let rolling = |held: &Held| held.row.state == State::RollingBack;
        let Some((pair, id)) = self.any_held(rolling) else { return Ok(()) };
        let lagging = if self.chance(30) { vec!["s2".to_owned()] } else { Vec::new() };
        let asked = Asked { actor: None, ..self.asked("", None) };
        self.command(pair, &id, &Command::Settle { lagging }, asked).map(|_| ())
    }

    fn step_clock(&mut self) {
        let off = if self.off == 0 { if self.rng.bool() { 3600 } else { -3600 } } else { 0 };
        self.coverage.met(if off > self.off {
            "the clock goes on an hour"
        } else {
            "the clock goes back an hour"
        });
        self.off = off;
    }

    /// Approvals that nobody gave in time.
    pub fn expire(&mut self) -> Found {
        let (policy, now) = (self.policy.clone(), self.now());
        let forgets = self.is(Mutant::ExpiredCounts);
        for pair in 0..self.pairs.len() {
            let due = self.pairs[pair].held.iter_mut().filter(|(_, held)| match held.row.state {
                State::PendingApproval => true,
                State::Scheduled(_) => !forgets,
                _ => false,
            });
            let due = due.filter_map(|(id, held)| {
                let approval = held.approval.as_mut()?;
                let decision = approval.expire(&policy, now)?;
                approval.decisions.push(decision);
                Some(id.clone())
            });
            let due: Vec<DeploymentId> = due.collect();
            for id in due {
                let asked = Asked { actor: None, ..self.asked("", None) };
                self.command(pair, &id, &Command::Expire, asked)?;
            }
        }
        Ok(())
    }
}
