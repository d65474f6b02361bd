//! How far apart two means are, with the 95 % interval of their difference.

use promptory_core::analytics::{Cell, Measure};

/// Of the standard normal distribution: 2.5 % lie above.
const Z: f64 = 1.959_963_984_540_054;

/// Count, mean and variance of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub count: f64,
    pub mean: f64,
    /// Of the sample: n − 1.
    pub variance: Option<f64>,
}

impl Moments {
    #[allow(clippy::cast_precision_loss)]
    pub fn of(measure: &Measure, one: f64) -> Option<Self> {
        let (count, mean) = (measure.count as f64, measure.mean()? / one);
        let variance = measure.variance()? / (one * one);
        Some(Self { count, mean, variance: sample_variance(count, variance) })
    }

    /// Of the share of failures.
    #[allow(clippy::cast_precision_loss)]
    pub fn of_rate(cell: &Cell, part: u64) -> Option<Self> {
        let (count, all) = (cell.count() as f64, cell.count());
        let mean = super::figures::share(part, all)?;
        Some(Self { count, mean, variance: sample_variance(count, mean * (1.0 - mean)) })
    }
}

fn sample_variance(count: f64, of_population: f64) -> Option<f64> {
    (count > 1.0).then(|| of_population * count / (count - 1.0))
}

/// From low to high: z √(s₁²/n₁ + s₂²/n₂) on both sides of the difference. None where nothing follows from the values:
/// fewer than two on a side, or all alike.
pub fn interval(from: &Moments, to: &Moments) -> Option<(f64, f64)> {
    let square = from.variance? / from.count + to.variance? / to.count;
    let (change, half) = (to.mean - from.mean, Z * square.sqrt());
    (half > 0.0).then_some((change - half, change + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        Moments { count, mean, variance: sample_variance(count, variance) }
    }

    #[test]
    fn the_interval_of_a_difference() {
        // Sample variances 2.5 and 10 of five each: √(0.5 + 2) × 1.96 on both sides of 3.
        let (low, high) =
            interval(&moments(&[1.0, 2.0, 3.0, 4.0, 5.0]), &moments(&[2.0, 4.0, 6.0, 8.0, 10.0]))
                .expect("known");
        assert!((low + 0.099).abs() < 0.001 && (high - 6.099).abs() < 0.001, "{low} {high}");
        let swapped = interval(&moments(&[2.0, 4.0, 6.0, 8.0, 10.0]), &moments(&[1.0, 2.0, 3.0, 4.0, 5.0]));
        assert_eq!(swapped, Some((-high, -low)));
    }

    #[test]
    fn nothing_follows_from_one_value_or_from_values_that_are_all_alike() {
        assert_eq!(interval(&moments(&[1.0]), &moments(&[2.0, 3.0])), None);
        assert_eq!(interval(&moments(&[1.0, 1.0]), &moments(&[2.0, 2.0])), None);
        assert!(interval(&moments(&[1.0, 1.0]), &moments(&[2.0, 3.0])).is_some());
    }
}
