use super::{Deployment, Ended, EventKind, PauseCause, SETTLE_SECONDS, State, Transition, Wait};
use crate::{bucketing::Share, id::DeploymentId, time::Timestamp};

/// What somebody, or another part of the program, wants of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The last approval came. `frozen`: the environment takes nothing new now, so that it waits for `Start`.
    Approve {
        frozen: bool,
    },
    Reject,
    Withdraw,
    Expire,
    /// Wait for `Start` when nothing else is missing.
    Hold,
    Start,
    Pause(PauseCause),
    Resume,
    /// Skip the rest of the hold, or of the bake.
    Advance,
    /// Straight to everybody.
    Promote,
    /// Give up what has not gone live.
    Abort,
    /// That deployment of the same prompt and environment starts in this commit.
    Supersede(DeploymentId),
    /// Callers go back in this commit. Whether a completed one still is what is live is for the caller to know.
    RollBack,
    /// Servers have said that they went back, all but these.
    Settle {
        lagging: Vec<String>,
    },
}

/// Who asks when, and which row they saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub at: Timestamp,
    /// `None`: the clock.
    pub actor: Option<String>,
    pub reason: String,
    /// The version of the row that this was decided from. `None`: whichever it is, as going back does, which wins
    /// every race.
    pub version: Option<u64>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Changed(Box<Transition>),
    /// It is so already: nothing is written.
    Already,
}

/// Why a command changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{command} is not possible while a deployment is {state}; possible now: {}", words(possible))]
    Illegal { command: &'static str, state: &'static str, possible: Vec<&'static str> },
    #[error(
        "the deployment has changed: this was decided from version {expected}, it is at {present}; look again"
    )]
    Changed { expected: u64, present: u64 },
    #[error("{} has not confirmed; it is waited for at most {SETTLE_SECONDS} s", lagging.join(", "))]
    Unsettled { lagging: Vec<String> },
}

fn words(possible: &[&str]) -> String {
    if possible.is_empty() { "nothing".to_owned() } else { possible.join(", ") }
}

impl Command {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Expire => "expire",
            Self::Hold => "hold",
            Self::Start => "start",
            Self::Pause(_) => "pause",
            Self::Resume => "resume",
            Self::Advance => "advance",
            Self::Promote => "promote",
            Self::Abort => "abort",
            Self::Supersede(_) => "supersede",
            Self::RollBack => "roll_back",
            Self::Settle { .. } => "settle",
        }
    }
}

impl Deployment {
    /// # Errors
    /// See [`Refused`]. The row is as it was.
    pub fn command(&self, command: &Command, mut asked: Asked) -> Result<Outcome, Refused> {
        if self.is_so_already(command) {
            return Ok(Outcome::Already);
        }
        if let Some(expected) = asked.version.filter(|seen| *seen != self.version) {
            return Err(Refused::Changed { expected, present: self.version });
        }
        if !self.possible().contains(&command.as_str()) {
            let (command, state) = (command.as_str(), self.state.as_str());
            return Err(Refused::Illegal { command, state, possible: self.possible() });
        }
        asked.at = asked.at.max(self.changed_at);
        if let Command::Settle { lagging } = command
            && !lagging.is_empty()
        {
            if self.next_at().is_some_and(|until| asked.at < until) {
                return Err(Refused::Unsettled { lagging: lagging.clone() });
            }
            asked.reason = format!("Not confirmed by {}.", lagging.join(", "));
        }
        let mut row = self.clone();
        let kind = row.obey(command, asked.at);
        Ok(Outcome::Changed(Box::new(row.told(self, kind, asked))))
    }

    /// The words of the commands that are possible now, those of people first.
    pub fn possible(&self) -> Vec<&'static str> {
        let words: &[&'static str] = match &self.state {
            State::PendingApproval if self.hold => &["approve", "reject", "withdraw", "abort", "expire"],
            State::PendingApproval => &["approve", "reject", "withdraw", "hold", "abort", "expire"],
            State::Scheduled(Wait::Hold) => &["start", "abort", "expire"],
            State::Scheduled(Wait::Frozen) => &["start", "hold", "abort", "expire"],
            State::Running => &["pause", "advance", "promote", "abort", "roll_back", "supersede"],
            // Everybody has it: there is only the way back.
            State::Paused(_) if self.share.is_full() => &["resume", "roll_back", "supersede"],
            State::Paused(_) => &["resume", "abort", "roll_back", "supersede"],
            State::Baking => &["pause", "advance", "roll_back", "supersede"],
            State::Completed => &["roll_back"],
            State::RollingBack => &["settle"],
            State::RolledBack | State::Aborted(_) | State::Superseded(_) => &[],
        };
        words.to_vec()
    }

    fn is_so_already(&self, command: &Command) -> bool {
        match (command, &self.state) {
            (Command::Hold, State::PendingApproval) => self.hold,
            (Command::Hold, State::Scheduled(wait)) => *wait == Wait::Hold,
            (Command::Pause(_), State::Paused(_))
            | (Command::Resume, State::Running | State::Baking)
            | (Command::Promote, State::Baking | State::Completed)
            | (Command::Abort, State::Aborted(_))
            | (Command::Settle { .. }, State::RolledBack)
            | (Command::RollBack, State::RollingBack | State::RolledBack) => true,
            (Command::Supersede(by), State::Superseded(known)) => by == known,
            _ => false,
        }
    }

    /// Only what is possible comes here.
    fn obey(&mut self, command: &Command, at: Timestamp) -> EventKind {
        match command {
            Command::Approve { frozen } => {
                self.begin(at, *frozen);
                EventKind::Approved
            }
            Command::Reject => self.abort(Ended::Rejected, at, EventKind::Rejected),
            Command::Withdraw => self.abort(Ended::Withdrawn, at, EventKind::Withdrawn),
            Command::Expire => self.abort(Ended::Expired, at, EventKind::Expired),
            Command::Abort => self.abort(Ended::ByHand, at, EventKind::Aborted),
            Command::Hold => {
                self.hold = true;
                if self.state == State::Scheduled(Wait::Frozen) {
                    self.state = State::Scheduled(Wait::Hold);
                }
                EventKind::Held
            }
            Command::Start => {
                self.hold = false;
                self.begin(at, false);
                EventKind::Started
            }
            Command::Pause(cause) => {
                (self.state, self.paused_at) = (State::Paused(*cause), Some(at));
                EventKind::Paused
            }
            Command::Resume => self.resume(at),
            Command::Advance if self.share.is_full() => {
                self.finish(State::Completed, at);
                EventKind::Completed
            }
            Command::Advance => {
                self.enter(self.step + 1, at);
                EventKind::Advanced
            }
            Command::Promote => {
                self.enter(self.schedule.last(), at);
                EventKind::Promoted
            }
            Command::Supersede(by) => self.supersede(by, at),
            Command::RollBack => {
                self.share = Share::NONE;
                (self.state, self.paused_at, self.ended_at) = (State::RollingBack, None, None);
                EventKind::RollingBack
            }
            Command::Settle { .. } => {
                self.finish(State::RolledBack, at);
                EventKind::RolledBack
            }
        }
    }

    fn abort(&mut self, why: Ended, at: Timestamp, kind: EventKind) -> EventKind {
        self.share = Share::NONE;
        self.finish(State::Aborted(why), at);
        kind
    }

    fn resume(&mut self, at: Timestamp) -> EventKind {
        if let Some(paused_at) = self.paused_at.take() {
            self.paused_us = self.paused_us.saturating_add(at.since(paused_at).max(0));
        }
        self.state = if self.share.is_full() { State::Baking } else { State::Running };
        EventKind::Resumed
    }

    /// What had gone live stays the live build until the other one has; only its bake ends.
    fn supersede(&mut self, by: &DeploymentId, at: Timestamp) -> EventKind {
        if !self.share.is_full() {
            self.share = Share::NONE;
        }
        self.finish(State::Superseded(by.clone()), at);
        EventKind::Superseded
    }
}
