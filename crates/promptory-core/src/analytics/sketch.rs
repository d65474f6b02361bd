//! Quantiles of whole numbers within one percent, from counts in buckets whose bounds grow geometrically: DDSketch
//! (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019).

use serde::{Deserialize, Serialize};

/// What the middle of a bucket may be off, relatively. Below one percent, so that rounding of floats stays within it.
const ERROR: f64 = 0.009_9;
const GROWTH: f64 = (1.0 + ERROR) / (1.0 - ERROR);

/// Counts by bucket, in the order of the values. Bucket i > 0 holds values in (GROWTH^(i−1), GROWTH^i] after 1 is
/// added to i, bucket 0 zeros, bucket −i the negatives of bucket i.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch(Vec<(i16, u64)>);

/// The bucket of a value.
pub fn bucket(value: i64) -> i16 {
    if value == 0 {
        return 0;
    }
    // At most 1 + ln(2^63) / ln(GROWTH) < 2,300.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let index = 1 + ((value.unsigned_abs() as f64).ln() / GROWTH.ln()).ceil() as i16;
    if value < 0 { -index } else { index }
}

/// A value no more than one percent from any in the bucket.
fn middle(bucket: i16) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let upper = GROWTH.powi(i32::from(bucket.abs()) - 1);
    let lower = upper / GROWTH;
    // While buckets are narrower than one, most hold a single whole number: then it is known exactly.
    let (first, last) = ((lower + 1e-9).floor() + 1.0, (upper + 1e-9).floor());
    let value = if (first - last).abs() < 0.5 { first } else { 2.0 * upper / (GROWTH + 1.0) };
    if bucket < 0 { -value } else { value }
}

impl Sketch {
    pub fn add(&mut self, bucket: i16, count: u64) {
        // Values of one cell are alike: the last bucket is often the right one, or near.
        match self.0.binary_search_by_key(&bucket, |(known, _)| *known) {
            Ok(at) => self.0[at].1 += count,
            Err(at) => self.0.insert(at, (bucket, count)),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        if other.0.len() * 8 < self.0.len() {
            other.0.iter().for_each(|(bucket, count)| self.add(*bucket, *count));
            return;
        }
        if self.add_known(other) {
            return;
        }
        let mut merged = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (ours.peek(), theirs.peek()) {
                (Some(&&(a, n)), Some(&&(b, m))) => {
                    if a <= b {
                        ours.next();
                    }
                    if b <= a {
                        theirs.next();
                    }
                    merged.push((a.min(b), if a <= b { n } else { 0 } + if b <= a { m } else { 0 }));
                }
                (Some(&&one), None) | (None, Some(&&one)) => {
                    merged.push(one);
                    ours.next();
                    theirs.next();
                }
                (None, None) => break,
            }
        }
        self.0 = merged;
    }

    /// Where all buckets of the other are there already, as in most sums of many: adds without making room.
    fn add_known(&mut self, other: &Self) -> bool {
        let mut ours = self.0.iter();
        if !other.0.iter().all(|(theirs, _)| ours.any(|(bucket, _)| bucket == theirs)) {
            return false;
        }
        let mut ours = self.0.iter_mut();
        for (theirs, more) in &other.0 {
            if let Some((_, count)) = ours.find(|(bucket, _)| bucket == theirs) {
                *count += more;
            }
        }
        true
    }

    /// The value of rank floor(q (n − 1)) among the n values in order, within one percent; none without values.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let n: u64 = self.0.iter().map(|(_, count)| count).sum();
        let rank = (q * n.checked_sub(1)? as f64).floor() as u64;
        let mut before = 0;
        for (bucket, count) in &self.0 {
            before += count;
            if before > rank {
                return Some(middle(*bucket));
            }
        }
        self.0.last().map(|(bucket, _)| middle(*bucket))
    }
}
