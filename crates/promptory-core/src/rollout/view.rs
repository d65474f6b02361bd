use super::{Deployment, State};
use crate::{bucketing::Share, time::Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Past,
    Present,
    Coming,
    /// It never began and never will: skipped, or the deployment ended before.
    Never,
}

/// One step of a deployment as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    pub share: Share,
    pub after_s: i64,
    /// Seconds for which it is held at least.
    pub hold_s: i64,
    pub state: StepState,
    /// By the schedule, counted from the start. `None`: it has not started.
    pub planned_at: Option<Timestamp>,
    /// When it really began.
    pub entered_at: Option<Timestamp>,
    /// When a coming step begins if nothing happens from now on; while paused, as if it were resumed now.
    pub expected_at: Option<Timestamp>,
}

impl Deployment {
    pub fn steps(&self, now: Timestamp) -> Vec<StepView> {
        let mut expected = self.left_us(now).map(|left| now.plus_micros(left));
        let view = |(index, step): (usize, &super::Step)| {
            let state = self.step_state(index);
            let expected_at = if state == StepState::Coming { expected } else { None };
            if expected_at.is_some() {
                expected = expected.map(|at| at.plus_seconds(self.schedule.hold_s(index)));
            }
            StepView {
                share: step.share,
                after_s: step.after_s,
                hold_s: self.schedule.hold_s(index),
                state,
                planned_at: self.started_at.map(|at| at.plus_seconds(step.after_s)),
                entered_at: self.entries.iter().find(|entry| entry.step == index).map(|entry| entry.at),
                expected_at,
            }
        };
        self.schedule.steps().iter().enumerate().map(view).collect()
    }

    fn step_state(&self, index: usize) -> StepState {
        let began = self.entries.iter().any(|entry| entry.step == index);
        if !began {
            let coming = self.state.is_waiting() || self.state.is_under_way() && index > self.step;
            return if coming { StepState::Coming } else { StepState::Never };
        }
        // What is completed is at its last step for good.
        let stays = self.state.is_under_way() || self.state == State::Completed;
        if index == self.step && stays { StepState::Present } else { StepState::Past }
    }
}
