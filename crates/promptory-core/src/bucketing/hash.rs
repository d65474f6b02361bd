use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::Share;

pub const BUCKETS: u32 = 10_000;
/// Stored beside each seed, so that another hash can come later.
pub const HASH_VERSION: u8 = 2;

const PPM_PER_BUCKET: u32 = 1_000_000 / BUCKETS;

/// There is no key: the caller named nobody. Problem documents and OpenFeature call it `TARGETING_KEY_MISSING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is empty; name the user, session or request, or leave the key out")]
pub struct EmptyKey;

/// What a unit is hashed by: the bytes as they came, not trimmed; anything beyond ASCII as the lowercase hex SHA-256
/// of its UTF-8, because SDKs differ in how they hash other characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a>(Canonical<'a>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Canonical<'a> {
    Plain(&'a str),
    Hex(Box<str>),
}

impl<'a> Key<'a> {
    /// # Errors
    /// The key is empty.
    pub fn new(key: &'a str) -> Result<Self, EmptyKey> {
        if key.is_empty() {
            return Err(EmptyKey);
        }
        if key.is_ascii() {
            return Ok(Self(Canonical::Plain(key)));
        }
        let digest = Sha256::digest(key.as_bytes());
        let mut hex = String::with_capacity(64);
        for byte in digest {
            let _ = write!(hex, "{byte:02x}");
        }
        Ok(Self(Canonical::Hex(hex.into())))
    }

    pub fn as_str(&self) -> &str {
        match &self.0 {
            Canonical::Plain(text) => text,
            Canonical::Hex(text) => text,
        }
    }
}

/// Where a unit falls: `0..10_000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u16);

impl Bucket {
    /// `fnv1a32(decimal(fnv1a32(seed ++ key))) mod 10_000`: the outer round breaks the likeness of keys that differ in
    /// their last character.
    pub fn of(seed: &str, key: &Key<'_>) -> Self {
        Self::of_parts(["", seed], key)
    }

    pub(super) fn of_parts(seed: [&str; 2], key: &Key<'_>) -> Self {
        let [prefix, seed] = seed;
        let inner = [prefix, seed, key.as_str()]
            .into_iter()
            .fold(FNV_START, |hash, part| fnv1a(hash, part.as_bytes()));
        let mut digits = [0_u8; 10];
        let n = fnv1a(FNV_START, decimal(inner, &mut digits)) % BUCKETS;
        Self(u16::try_from(n).unwrap_or(0))
    }

    /// Where somebody falls who has no key: evenly, from a random number that the caller hands in. Two requests then
    /// fall apart; nothing about them is sticky.
    pub fn drawn(random: u32) -> Self {
        let n = (u64::from(random) * u64::from(BUCKETS)) >> 32;
        Self(u16::try_from(n).unwrap_or(0))
    }

    /// By the key where there is one, else by the random number.
    pub fn of_unit(seed: &str, key: Option<&Key<'_>>, random: u32) -> Self {
        key.map_or_else(|| Self::drawn(random), |key| Self::of(seed, key))
    }

    pub fn number(self) -> u32 {
        u32::from(self.0)
    }

    /// Where the bucket begins, in millionths.
    pub fn ppm(self) -> u32 {
        self.number() * PPM_PER_BUCKET
    }

    /// Whether this unit gets the new version while that share of units does. Who is in at a share is in at every
    /// larger one.
    pub fn is_within(self, share: Share) -> bool {
        self.ppm() < share.ppm()
    }
}

/// 16 hex characters of fixed length, from a random number that the caller hands in.
pub fn new_seed(random: u64) -> String {
    format!("{random:016x}")
}

const FNV_START: u32 = 0x811C_9DC5;

pub(super) fn fnv1a32(text: &str) -> u32 {
    fnv1a(FNV_START, text.as_bytes())
}

/// FNV-1a with 32 bits, carried on from `hash`.
fn fnv1a(hash: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Decimal digits without a heap: this runs for every resolve.
fn decimal(mut n: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut start = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + u8::try_from(n % 10).unwrap_or(0);
        start -= 1;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}
