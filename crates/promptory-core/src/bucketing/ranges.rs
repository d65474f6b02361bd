use serde::{Deserialize, Serialize};

use super::{Bucket, Share};

/// From `start` up to but not with `end`, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PpmRange {
    pub start: u32,
    pub end: u32,
}

impl PpmRange {
    pub const fn contains(self, bucket_ppm: u32) -> bool {
        self.start <= bucket_ppm && bucket_ppm < self.end
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    #[error("there is no variant; give at least one weight")]
    None,
    #[error("the weights add up to {0} ppm; they must add up to exactly 1000000")]
    Sum(u64),
}

/// The ranges of variants: each begins where the weights before it end, and has its weight times the coverage. So more
/// coverage never moves a unit that is assigned.
///
/// # Errors
/// No weights, or they do not add up to exactly 1,000,000 ppm.
pub fn ranges(weights: &[Share], coverage: Share) -> Result<Vec<PpmRange>, WeightsError> {
    if weights.is_empty() {
        return Err(WeightsError::None);
    }
    let sum: u64 = weights.iter().map(|weight| u64::from(weight.ppm())).sum();
    if sum != u64::from(Share::FULL.ppm()) {
        return Err(WeightsError::Sum(sum));
    }
    let mut start = 0;
    let mut next = |weight: &Share| {
        let covered = u64::from(weight.ppm()) * u64::from(coverage.ppm()) / u64::from(Share::FULL.ppm());
        let range = PpmRange { start, end: start + u32::try_from(covered).unwrap_or(0) };
        start += weight.ppm();
        range
    };
    Ok(weights.iter().map(&mut next).collect())
}

/// The first variant whose range has this unit. `None`: it takes no part.
pub fn choose(bucket: Bucket, ranges: &[PpmRange]) -> Option<usize> {
    ranges.iter().position(|range| range.contains(bucket.ppm()))
}

/// Weights for so many variants that differ by no more than the last, which takes what does not divide.
pub fn equal_weights(variants: u32) -> Vec<Share> {
    let Some(each) = Share::FULL.ppm().checked_div(variants) else { return Vec::new() };
    let weight = |index| if index + 1 == variants { Share::FULL.ppm() - each * index } else { each };
    (0..variants).filter_map(|index| Share::from_ppm(weight(index))).collect()
}
