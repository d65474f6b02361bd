//! Who gets what where only a share of callers gets it: a pure function of a seed and a key, the same on every server,
//! after every restart and in every client. Integers only where it is decided; nothing is stored for a key.
//!
//! A **bucket** is one of 10,000; it counts as the millionths (ppm) where it begins, so a share is served in steps of
//! a hundredth of a percent. The hash is that of GrowthBook's SDKs, version 2, from its published description, so that
//! clients in other languages agree. A **seed** belongs to one rollout or experiment, is made once and never changes:
//! with a name in its place, `exp1` with key `1234` and `exp11` with key `234` would always fall together.

mod growthbook;
mod hash;
mod namespace;
mod ranges;
mod share;

pub use growthbook::Interop;
pub use hash::{BUCKETS, Bucket, EmptyKey, HASH_VERSION, Key, new_seed};
pub use namespace::Namespace;
pub use ranges::{PpmRange, WeightsError, choose, equal_weights, ranges};
pub use share::Share;

#[cfg(test)]
mod tests;
