use std::fmt;

use serde::{Deserialize, Serialize};

/// A part of all units, in millionths (ppm): 12.5 % is 125,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Share(u32);

const PPM: u32 = 1_000_000;
/// Digits behind the point of a percentage that buckets can tell apart.
const PERCENT_DECIMALS: usize = 2;

impl Share {
    pub const NONE: Self = Self(0);
    pub const FULL: Self = Self(PPM);

    /// `None`: more than all.
    pub const fn from_ppm(ppm: u32) -> Option<Self> {
        if ppm > PPM { None } else { Some(Self(ppm)) }
    }

    /// Whole percents; above 100 they are 100.
    pub const fn percent(percent: u8) -> Self {
        Self(if percent > 100 { PPM } else { percent as u32 * 10_000 })
    }

    /// Reads a percentage as JSON writes numbers, digit by digit: `5`, `12.5`, `0.01`, `100.0`.
    ///
    /// # Errors
    /// What is wrong with it: no such number, not from 0 to 100, or finer than a hundredth of a percent, which could
    /// not really be served.
    pub fn parse_percent(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("{text:.20} is no percentage that can be served: {why}."));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole) || !are_digits(fraction) {
            return refuse("write a number from 0 to 100, such as 12.5");
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > PERCENT_DECIMALS {
            return refuse("the finest step is a hundredth of a percent (0.01)");
        }
        let Ok(ppm) = format!("{whole}{fraction:0<4}").parse::<u32>() else {
            return refuse("it is above 100");
        };
        Self::from_ppm(ppm).map_or_else(|| refuse("it is above 100"), Ok)
    }

    pub const fn ppm(self) -> u32 {
        self.0
    }

    pub const fn is_full(self) -> bool {
        self.0 == PPM
    }

    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether buckets serve exactly this share.
    pub const fn can_be_served(self) -> bool {
        self.0.is_multiple_of(PPM / super::BUCKETS)
    }
}

/// In percent, with as many digits as it takes: `12.5`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        write!(f, "{whole}")?;
        if rest == 0 { Ok(()) } else { write!(f, ".{}", format!("{rest:04}").trim_end_matches('0')) }
    }
}

impl TryFrom<u32> for Share {
    type Error = &'static str;

    fn try_from(ppm: u32) -> Result<Self, Self::Error> {
        Self::from_ppm(ppm).ok_or("a share is at most 1,000,000 ppm")
    }
}

impl From<Share> for u32 {
    fn from(share: Share) -> Self {
        share.0
    }
}
