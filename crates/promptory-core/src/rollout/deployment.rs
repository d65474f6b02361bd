use serde::{Deserialize, Serialize};

use super::{Asked, Effect, Event, EventKind, Schedule, State, Transition, Unit, Wait};
use crate::{
    bucketing::Share,
    id::DeploymentId,
    time::{MICROS_PER_SECOND, Timestamp},
};

/// How long a way back waits for servers to say that they have it.
pub const SETTLE_SECONDS: i64 = 30;

/// What is watched while a deployment runs. Nothing yet decides by it but whether there is a bake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Names of gates and of conditions for going back by itself.
    pub names: Vec<String>,
    /// How long it is watched after everybody has it.
    pub bake_s: i64,
}

impl Watch {
    pub const BAKE_SECONDS: i64 = 3600;

    pub const fn nothing() -> Self {
        Self { names: Vec::new(), bake_s: Self::BAKE_SECONDS }
    }

    /// There is nothing to wait for where nothing is watched.
    pub fn bakes(&self) -> bool {
        !self.names.is_empty() && self.bake_s > 0
    }
}

/// When a step really began. Steps that were skipped have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub step: usize,
    pub at: Timestamp,
}

/// A build on its way to everybody: one row, changed by [`Self::tick`] and [`Self::command`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    pub id: DeploymentId,
    /// This is a way back from that one.
    pub rollback_of: Option<DeploymentId>,
    pub unit: Unit,
    pub schedule: Schedule,
    pub watch: Watch,
    pub state: State,
    /// It is to wait for `start` when it is free to.
    pub hold: bool,
    /// Rises by one with each transition: the number of the last event. Who changes the row says which one they saw.
    pub version: u64,
    /// Index into the schedule; 0 before the start.
    pub step: usize,
    /// The share of units that gets this build now.
    pub share: Share,
    pub created_at: Timestamp,
    /// Of the last transition.
    pub changed_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// When it reached a state in which nothing moves by itself.
    pub ended_at: Option<Timestamp>,
    /// When the present step or the bake really began.
    pub entered_at: Option<Timestamp>,
    pub paused_at: Option<Timestamp>,
    /// Microseconds of pauses since `entered_at` that are over.
    pub paused_us: i64,
    /// Steps that began, in order.
    pub entries: Vec<Entry>,
}

/// What a deployment is made from.
#[derive(Clone, Debug)]
pub struct New {
    pub id: DeploymentId,
    pub rollback_of: Option<DeploymentId>,
    pub unit: Unit,
    pub schedule: Schedule,
    pub watch: Watch,
    pub needs_approval: bool,
    /// Wait for `start`, also after the last approval.
    pub hold: bool,
}

impl Deployment {
    /// Starts in the same commit, unless it needs approval or is to wait. Whoever starts one supersedes what is under
    /// way for the prompt and environment in that commit.
    pub fn create(new: New, asked: Asked) -> Transition {
        let mut row = Self {
            id: new.id,
            rollback_of: new.rollback_of,
            unit: new.unit,
            schedule: new.schedule,
            watch: new.watch,
            state: State::PendingApproval,
            hold: new.hold,
            version: 0,
            step: 0,
            share: Share::NONE,
            created_at: asked.at,
            changed_at: asked.at,
            started_at: None,
            ended_at: None,
            entered_at: None,
            paused_at: None,
            paused_us: 0,
            entries: Vec::new(),
        };
        if !new.needs_approval {
            row.begin(asked.at, false);
        }
        let mut made = row.clone().told(&row, EventKind::Created, asked);
        made.event.from = None;
        made.effect = Effect::of(Share::NONE, row.share);
        made
    }

    /// What time alone does: the next step, the end of the bake, the end of waiting for servers. `None`: nothing yet.
    ///
    /// Never more than one step, however late it is: the next hold begins now.
    pub fn tick(&self, now: Timestamp) -> Option<Transition> {
        let due = self.next_at()?;
        if now < due {
            return None;
        }
        let at = now.max(self.changed_at);
        let mut row = self.clone();
        let (kind, reason) = match self.state {
            State::Running => {
                row.enter(self.step + 1, at);
                (EventKind::Advanced, "The step was held for its time.".to_owned())
            }
            State::Baking => {
                row.finish(State::Completed, at);
                (EventKind::Completed, "The bake is over.".to_owned())
            }
            State::RollingBack => {
                row.finish(State::RolledBack, at);
                (EventKind::RolledBack, format!("Not every server has confirmed within {SETTLE_SECONDS} s."))
            }
            _ => return None,
        };
        Some(row.told(self, kind, Asked { at, actor: None, reason, version: None }))
    }

    /// When the next tick can do something. `None`: not before somebody does.
    pub fn next_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Running | State::Baking => {
                let entered = self.entered_at?.plus_micros(self.paused_us);
                Some(entered.plus_seconds(self.hold_s()))
            }
            State::RollingBack => Some(self.changed_at.plus_seconds(SETTLE_SECONDS)),
            _ => None,
        }
    }

    /// Seconds of the present step or bake.
    pub(super) fn hold_s(&self) -> i64 {
        if self.share.is_full() { self.watch.bake_s } else { self.schedule.hold_s(self.step) }
    }

    /// What is left of the present step or bake, in microseconds; it does not shrink while paused.
    pub fn left_us(&self, now: Timestamp) -> Option<i64> {
        if !self.state.is_under_way() {
            return None;
        }
        let until = self.paused_at.unwrap_or(now);
        let held = until.since(self.entered_at?) - self.paused_us;
        Some((self.hold_s().saturating_mul(MICROS_PER_SECOND) - held.max(0)).max(0))
    }

    /// Free to start: it does, or it waits. `frozen`: new things may not start now.
    pub(super) fn begin(&mut self, at: Timestamp, frozen: bool) {
        if self.hold || frozen {
            self.state = State::Scheduled(if self.hold { Wait::Hold } else { Wait::Frozen });
        } else {
            self.started_at = Some(at);
            self.enter(0, at);
        }
    }

    /// The step really begins now.
    pub(super) fn enter(&mut self, step: usize, at: Timestamp) {
        self.step = step;
        self.share = self.schedule.share(step);
        (self.entered_at, self.paused_at, self.paused_us) = (Some(at), None, 0);
        self.entries.push(Entry { step, at });
        if !self.share.is_full() {
            self.state = State::Running;
        } else if self.watch.bakes() {
            self.state = State::Baking;
        } else {
            self.finish(State::Completed, at);
        }
    }

    pub(super) fn finish(&mut self, state: State, at: Timestamp) {
        self.state = state;
        (self.ended_at, self.paused_at) = (Some(at), None);
    }

    /// The one event of a transition.
    pub(super) fn told(mut self, before: &Self, kind: EventKind, asked: Asked) -> Transition {
        self.version += 1;
        self.changed_at = asked.at;
        let event = Event {
            seq: self.version,
            at: asked.at,
            kind,
            from: Some(before.state.clone()),
            to: self.state.clone(),
            step: self.step,
            share: self.share,
            actor: asked.actor,
            reason: asked.reason,
        };
        Transition { effect: Effect::of(before.share, self.share), deployment: self, event }
    }
}
