use crate::time::Timestamp;

/// An environment takes nothing new. Going back stays possible, and what has started goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    pub since: Timestamp,
    /// `None`: until somebody ends it.
    pub until: Option<Timestamp>,
    pub reason: String,
}

impl Freeze {
    /// How long an environment takes nothing new after an emergency, so that nobody releases into it unawares.
    pub const AFTER_EMERGENCY_SECONDS: i64 = 3600;

    /// The freeze that an emergency begins; one that is on and lasts longer stays.
    pub fn after_emergency(at: Timestamp, present: Option<&Self>, reason: &str) -> Self {
        let until = Some(at.plus_seconds(Self::AFTER_EMERGENCY_SECONDS));
        let new = Self { since: at, until, reason: reason.to_owned() };
        present.filter(|present| present.covers(&new)).cloned().unwrap_or(new)
    }

    pub fn is_on(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether this lasts at least as long as that.
    pub fn covers(&self, other: &Self) -> bool {
        self.until.is_none_or(|until| other.until.is_some_and(|others| others <= until))
    }
}
