//! Points in time: microseconds since the Unix epoch. Core never reads a clock; `now` is an argument.

use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// In stored JSON it is the number of microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Timestamp(i64);

pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// 0000-01-01 to 9999-12-31: what RFC 3339 can write.
const MIN_MICROS: i64 = -62_167_219_200_000_000;
const MAX_MICROS: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// Clamped to the years 0 to 9999.
    pub const fn from_micros(micros: i64) -> Self {
        Self(if micros < MIN_MICROS {
            MIN_MICROS
        } else if micros > MAX_MICROS {
            MAX_MICROS
        } else {
            micros
        })
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    pub const fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// Microseconds from then to this; negative when this is earlier.
    pub const fn since(self, then: Self) -> i64 {
        self.0 - then.0
    }

    /// RFC 3339 in UTC with milliseconds, cut (never rounded up).
    pub fn to_rfc3339(self) -> String {
        match jiff::Timestamp::from_microsecond(self.0.div_euclid(1000) * 1000) {
            Ok(at) => format!("{:.3}", at.display_with_offset(Offset::UTC)).replace("+00:00", "Z"),
            Err(_) => unreachable!("clamped by the constructor"),
        }
    }

    /// RFC 3339 with any offset; digits below a microsecond are cut.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at: jiff::Timestamp = text.parse().ok()?;
        Some(Self::from_micros(at.as_microsecond()))
    }
}

impl From<i64> for Timestamp {
    fn from(micros: i64) -> Self {
        Self::from_micros(micros)
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_milliseconds_in_utc_and_reads_any_offset() {
        let at = Timestamp::parse_rfc3339("2026-11-20T10:00:00.123456+02:00").expect("valid");
        assert_eq!(at.to_rfc3339(), "2026-11-20T08:00:00.123Z");
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn far_values_are_clamped_to_what_can_be_written() {
        assert!(Timestamp::from_micros(i64::MAX).to_rfc3339().starts_with("9999-12-3"));
        assert!(Timestamp::from_micros(i64::MIN).to_rfc3339().starts_with("0000-01-01"));
    }
}
