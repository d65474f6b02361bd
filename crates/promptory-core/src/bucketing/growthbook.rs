use super::{Bucket, Key, hash::fnv1a32};

/// What GrowthBook's SDKs compute, in their fractions, for files that are exchanged with them. Nothing is served by it.
#[derive(Clone, Copy, Debug)]
pub struct Interop;

/// How far weights may be from adding up to one before all are made equal.
const SUM_TOLERANCE: f64 = 0.01;

impl Interop {
    /// From 0 below 1. Hash 1 (key before seed, a thousand buckets) makes experiments depend on each other and is only
    /// known here. `None`: there is no such hash, or no key.
    pub fn hash(seed: &str, key: &str, version: u32) -> Option<f64> {
        match version {
            1 => Some(f64::from(fnv1a32(&format!("{key}{seed}")) % 1000) / 1000.0),
            2 => Some(f64::from(Bucket::of(seed, &Key::new(key).ok()?).number()) / 10_000.0),
            _ => None,
        }
    }

    /// By hash 1, as the SDKs do whatever the hash of the experiment is.
    pub fn in_namespace(key: &str, id: &str, start: f64, end: f64) -> bool {
        Self::hash(&format!("__{id}"), key, 1).is_some_and(|at| at >= start && at < end)
    }

    pub fn equal_weights(variants: i32) -> Vec<f64> {
        (0..variants).map(|_| 1.0 / f64::from(variants)).collect()
    }

    /// Coverage is cut to 0 to 1; weights that do not fit the variants or do not add up to one become equal.
    pub fn ranges(variants: i32, coverage: f64, weights: Option<&[f64]>) -> Vec<(f64, f64)> {
        let coverage = coverage.clamp(0.0, 1.0);
        let fits = |weights: &&[f64]| {
            let sum: f64 = weights.iter().sum();
            i32::try_from(weights.len()) == Ok(variants) && (sum - 1.0).abs() < SUM_TOLERANCE
        };
        let weights = weights.filter(fits).map_or_else(|| Self::equal_weights(variants), <[f64]>::to_vec);
        let mut start = 0.0;
        let mut next = |weight: f64| {
            let range = (start, start + coverage * weight);
            start += weight;
            range
        };
        weights.into_iter().map(&mut next).collect()
    }
}
