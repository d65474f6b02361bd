//! Quantiles of whole numbers within one percent, from counts in buckets whose bounds grow geometrically: DDSketch
//! (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the middle of a bucket may be off, relatively. Below one percent, so that rounding of floats stays within it.
const ERROR: f64 = 0.009_9;
const GROWTH: f64 = (1.0 + ERROR) / (1.0 - ERROR);

/// Counts by bucket, in the order of the values. Bucket i > 0 holds values in (GROWTH^(i−1), GROWTH^i] after 1 is
/// added to i, bucket 0 zeros, bucket −i the negatives of bucket i.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch(Vec<Counted>);

/// A bucket and its count in one word, since there are many: the bucket in the high bits, so that words are in the
/// order of buckets, and 48 bits of count. A count stays at 2⁴⁸ − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted(u64);

const COUNT_BITS: u32 = 48;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Counted {
    fn new(bucket: i16, count: u64) -> Self {
        // With the sign turned, negative buckets come first.
        let place = bucket.cast_unsigned() ^ 0x8000;
        Self(u64::from(place) << COUNT_BITS | count.min(MOST))
    }

    const fn place(self) -> u16 {
        (self.0 >> COUNT_BITS) as u16
    }

    const fn bucket(self) -> i16 {
        (self.place() ^ 0x8000).cast_signed()
    }

    const fn count(self) -> u64 {
        self.0 & MOST
    }

    fn add(&mut self, more: u64) {
        self.0 += more.min(MOST - self.count());
    }
}

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|one| (one.bucket(), one.count())))
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(i16, u64)>::deserialize(deserializer)?;
        Ok(Self(pairs.into_iter().map(|(bucket, count)| Counted::new(bucket, count)).collect()))
    }
}

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
        self.add_one(Counted::new(bucket, count));
    }

    fn add_one(&mut self, one: Counted) {
        match self.0.binary_search_by_key(&one.place(), |known| known.place()) {
            Ok(at) => self.0[at].add(one.count()),
            Err(at) => self.0.insert(at, one),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        if other.0.len() * 8 < self.0.len() {
            other.0.iter().for_each(|one| self.add_one(*one));
            return;
        }
        if self.add_known(other) {
            return;
        }
        let mut merged = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (ours.peek(), theirs.peek()) {
                (Some(&&a), Some(&&b)) => {
                    let (mut one, a, b) = (a, a.place(), b.place());
                    if a <= b {
                        ours.next();
                    }
                    if b < a {
                        one = *theirs.next().unwrap_or(&one);
                    } else if a == b {
                        one.add(theirs.next().map_or(0, |more| more.count()));
                    }
                    merged.push(one);
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
        if !other.0.iter().all(|theirs| ours.any(|one| one.place() == theirs.place())) {
            return false;
        }
        let mut ours = self.0.iter_mut();
        for theirs in &other.0 {
            if let Some(one) = ours.find(|one| one.place() == theirs.place()) {
                one.add(theirs.count());
            }
        }
        true
    }

    /// The value of rank floor(q (n − 1)) among the n values in order, within one percent; none without values.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let n: u64 = self.0.iter().map(|one| one.count()).sum();
        let rank = (q * n.checked_sub(1)? as f64).floor() as u64;
        let mut before = 0;
        for one in &self.0 {
            before += one.count();
            if before > rank {
                return Some(middle(one.bucket()));
            }
        }
        self.0.last().map(|one| middle(one.bucket()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_a_bucket_and_its_count_and_they_are_in_order() {
        let mut before = None;
        for bucket in [i16::MIN, -2_300, -1, 0, 1, 2_300, i16::MAX] {
            let mut one = Counted::new(bucket, 7);
            assert_eq!((one.bucket(), one.count()), (bucket, 7));
            assert!(before < Some(one.place()), "{bucket}");
            before = Some(one.place());
            one.add(MOST - 8);
            assert_eq!((one.bucket(), one.count()), (bucket, MOST - 1));
            one.add(u64::MAX);
            assert_eq!((one.bucket(), one.count()), (bucket, MOST), "it stays at the most");
        }
        assert_eq!(Counted::new(-5, u64::MAX).count(), MOST);
    }
}
