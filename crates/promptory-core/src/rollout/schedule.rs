use serde::{Deserialize, Serialize};

use crate::{
    bucketing::Share,
    limits::{ROLLOUT_DAYS, ROLLOUT_STEPS},
    violation::Violation,
};

/// One step as it is written: this share, so many seconds after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    #[serde(rename = "share_ppm")]
    pub share: Share,
    pub after_s: i64,
}

/// How a build gets to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    Immediate,
    Gradual,
    Canary,
    Custom(Vec<Step>),
}

/// Percent and hours after the start.
const GRADUAL: [(u8, i64); 5] = [(10, 0), (25, 1), (50, 2), (75, 4), (100, 8)];
const CANARY: [(u8, i64); 5] = [(5, 0), (10, 2), (25, 4), (50, 8), (100, 24)];

impl Strategy {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Gradual => "gradual",
            Self::Canary => "canary",
            Self::Custom(_) => "custom",
        }
    }

    /// # Errors
    /// The word names no strategy; the message lists those that are and how to write one's own.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "immediate" => Ok(Self::Immediate),
            "gradual" => Ok(Self::Gradual),
            "canary" => Ok(Self::Canary),
            _ => Err(format!(
                "{word:.40?} is no strategy; use \"immediate\", \"gradual\", \"canary\" or \
                 {{\"steps\": [{{\"percentage\": 10, \"after_s\": 0}}, {{\"percentage\": 100, \"after_s\": 3600}}]}}."
            )),
        }
    }

    /// # Errors
    /// Everything that is wrong with steps of one's own, at `/strategy/steps/…`.
    pub fn schedule(&self) -> Result<Schedule, Vec<Violation>> {
        match self {
            Self::Immediate => Schedule::check(vec![Step { share: Share::FULL, after_s: 0 }]),
            Self::Gradual => Schedule::check(built_in(&GRADUAL)),
            Self::Canary => Schedule::check(built_in(&CANARY)),
            Self::Custom(steps) => Schedule::check(steps.clone()),
        }
    }
}

fn built_in(steps: &[(u8, i64)]) -> Vec<Step> {
    let step = |(percent, hours): &(u8, i64)| Step { share: Share::percent(*percent), after_s: hours * 3600 };
    steps.iter().map(step).collect()
}

/// Checked steps: shares rise strictly to 100 %, times begin at 0 and never fall. In stored JSON a list of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Schedule(Vec<Step>);

impl Schedule {
    /// # Errors
    /// Everything that is wrong with the steps.
    pub fn check(steps: Vec<Step>) -> Result<Self, Vec<Violation>> {
        let violations = violations(&steps);
        if violations.is_empty() { Ok(Self(steps)) } else { Err(violations) }
    }

    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Index of the step at 100 %.
    pub fn last(&self) -> usize {
        self.0.len() - 1
    }

    /// The share at a step; beyond the last one, everything.
    pub fn share(&self, step: usize) -> Share {
        self.0.get(step).map_or(Share::FULL, |step| step.share)
    }

    /// Seconds that a step is held at least: the difference to the time of the next. The last has none.
    pub fn hold_s(&self, step: usize) -> i64 {
        match (self.0.get(step), self.0.get(step + 1)) {
            (Some(this), Some(next)) => next.after_s - this.after_s,
            _ => 0,
        }
    }
}

impl TryFrom<Vec<Step>> for Schedule {
    type Error = String;

    fn try_from(steps: Vec<Step>) -> Result<Self, Self::Error> {
        Self::check(steps)
            .map_err(|wrong| wrong.first().map_or_else(String::new, |first| first.detail.clone()))
    }
}

impl From<Schedule> for Vec<Step> {
    fn from(schedule: Schedule) -> Self {
        schedule.0
    }
}

fn violations(steps: &[Step]) -> Vec<Violation> {
    let at =
        |code, place: &str, detail: String| Violation::new(code, format!("/strategy/steps{place}"), detail);
    let Some(last) = steps.last() else {
        return vec![at("required", "", "There is no step; give at least one, the last at 100 %.".into())];
    };
    if steps.len() > ROLLOUT_STEPS {
        let detail = format!("There are {} steps; at most {ROLLOUT_STEPS} are allowed.", steps.len());
        return vec![at("too_many", "", detail)];
    }
    let mut found = Vec::new();
    let mut before: Option<&Step> = None;
    for (n, step) in steps.iter().enumerate() {
        if let Some(detail) = wrong_share(before, step) {
            found.push(at("invalid_percentage", &format!("/{n}/percentage"), detail));
        }
        if let Some(detail) = wrong_time(before, step) {
            found.push(at("invalid_time", &format!("/{n}/after_s"), detail));
        }
        before = Some(step);
    }
    if !last.share.is_full() {
        let detail = format!("The last step is at {} %; it must be at 100 %.", last.share);
        found.push(at("invalid_percentage", &format!("/{}/percentage", steps.len() - 1), detail));
    }
    found
}

fn wrong_share(before: Option<&Step>, step: &Step) -> Option<String> {
    if step.share.is_none() {
        return Some("A step at 0 % serves nobody; begin with a larger share, or with hold.".into());
    }
    if !step.share.can_be_served() {
        return Some(format!("{} % cannot be served; the finest step is 0.01 %.", step.share));
    }
    let before = before.filter(|before| before.share >= step.share)?;
    Some(format!("{} % follows {} %; each step must be above the one before.", step.share, before.share))
}

fn wrong_time(before: Option<&Step>, step: &Step) -> Option<String> {
    match before {
        None if step.after_s != 0 => {
            Some(format!("The first step begins {} s after the start; it must be 0.", step.after_s))
        }
        Some(before) if step.after_s < before.after_s => Some(format!(
            "{} s follows {} s; times count from the start and never fall.",
            step.after_s, before.after_s
        )),
        _ if step.after_s > ROLLOUT_DAYS * 86_400 => {
            Some(format!("{} s is beyond {ROLLOUT_DAYS} days after the start.", step.after_s))
        }
        _ => None,
    }
}
