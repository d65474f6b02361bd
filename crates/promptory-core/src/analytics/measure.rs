//! One quantity of many executions.

use serde::{Deserialize, Serialize};

use super::sketch::{self, Sketch};

/// Scores are kept in billionths.
pub const SCORE_UNITS: f64 = 1e9;
/// Beyond this a score is refused; with billionths it fits 64 bits.
const SCORE_MAX: f64 = 1e9;

/// A score in billionths, rounded to the nearest; none when it is no number or too large.
#[allow(clippy::cast_possible_truncation)]
pub fn score_units(value: f64) -> Option<i64> {
    (value.is_finite() && value.abs() <= SCORE_MAX).then(|| (value * SCORE_UNITS).round() as i64)
}

/// Count, sum, sum of squares, least, greatest and quantiles of whole numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Measure {
    pub count: u64,
    pub sum: i128,
    /// Stays at the greatest number when it does not fit.
    pub squares: u128,
    pub min: i64,
    pub max: i64,
    pub sketch: Sketch,
}

/// A value with its bucket, which many cells need.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    value: i64,
    bucket: i16,
}

impl Value {
    pub fn new(value: i64) -> Self {
        Self { value, bucket: sketch::bucket(value) }
    }
}

impl Measure {
    pub fn add(&mut self, one: Value) {
        let (value, squared) = (one.value, u128::from(one.value.unsigned_abs()).pow(2));
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = if self.count == 0 { value } else { self.max.max(value) };
        self.count += 1;
        self.sum += i128::from(value);
        self.squares = self.squares.saturating_add(squared);
        self.sketch.add(one.bucket, 1);
    }

    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            self.clone_from(other);
            return;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.squares = self.squares.saturating_add(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sketch.merge(&other.sketch);
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Variance of the population: E[x²] − E[x]², in exact whole numbers before the last division.
    #[allow(clippy::cast_precision_loss)]
    pub fn variance(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let n = self.count as f64;
        let exact = u128::from(self.count)
            .checked_mul(self.squares)
            .zip(self.sum.unsigned_abs().checked_pow(2))
            .map(|(all, square)| all.saturating_sub(square) as f64 / (n * n));
        let rough = || (self.squares as f64 / n - (self.sum as f64 / n).powi(2)).max(0.0);
        Some(exact.unwrap_or_else(rough))
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.sketch.quantile(q).map(|value| value.clamp(self.min as f64, self.max as f64))
    }
}

/// As it is written: most cells hold no value or one.
#[derive(Clone, Serialize, Deserialize)]
enum Stored {
    None,
    One(i64),
    Many { count: u64, sum: i128, squares: u128, min: i64, max: i64, sketch: Sketch },
}

impl From<Measure> for Stored {
    fn from(measure: Measure) -> Self {
        match measure.count {
            0 => Self::None,
            1 => Self::One(measure.min),
            count => {
                let Measure { sum, squares, min, max, sketch, .. } = measure;
                Self::Many { count, sum, squares, min, max, sketch }
            }
        }
    }
}

impl From<Stored> for Measure {
    fn from(stored: Stored) -> Self {
        let mut measure = Self::default();
        match stored {
            Stored::None => {}
            Stored::One(value) => measure.add(Value::new(value)),
            Stored::Many { count, sum, squares, min, max, sketch } => {
                measure = Self { count, sum, squares, min, max, sketch };
            }
        }
        measure
    }
}
