//! Buckets of time.

use crate::time::MICROS_PER_SECOND;

/// How long the buckets of a cell are. Quarters of an hour are there for days of zones that do not begin on the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    Minute,
    Quarter,
    Hour,
    Day,
}

impl Grain {
    pub const ALL: [Self; 4] = [Self::Minute, Self::Quarter, Self::Hour, Self::Day];

    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Quarter => 900,
            Self::Hour => 3600,
            Self::Day => 86_400,
        }
    }

    pub const fn micros(self) -> i64 {
        self.seconds() * MICROS_PER_SECOND
    }

    /// In the database.
    pub const fn number(self) -> i64 {
        match self {
            Self::Minute => 1,
            Self::Quarter => 2,
            Self::Hour => 3,
            Self::Day => 4,
        }
    }

    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.number() == number)
    }

    /// When the bucket of a time begins, in UTC: microseconds.
    pub const fn start(self, micros: i64) -> i64 {
        micros - micros.rem_euclid(self.micros())
    }

    /// The first begin of a bucket that is not before a time.
    pub const fn ceil(self, micros: i64) -> i64 {
        self.start(micros + self.micros() - 1)
    }

    /// How many days cells are kept; none: always.
    pub const fn kept_days(self) -> Option<i64> {
        match self {
            Self::Minute => Some(7),
            Self::Quarter | Self::Hour => Some(400),
            Self::Day => None,
        }
    }
}
