//! The only file that asks for randomness.
#![expect(clippy::disallowed_methods, reason = "the room of randomness")]

use promptory_core::time::Timestamp;

pub trait IdGen: Send + Sync {
    fn bytes(&self, into: &mut [u8]);
}

pub struct SystemIds;

impl IdGen for SystemIds {
    fn bytes(&self, into: &mut [u8]) {
        // The operating system's generator does not fail on a running system; without it no key may be made.
        getrandom::fill(into).expect("the operating system gives random bytes");
    }
}

/// A UUIDv7 for this time: sorts by time as text.
pub fn uuid_v7(ids: &dyn IdGen, now: Timestamp) -> String {
    let mut random = [0_u8; 10];
    ids.bytes(&mut random);
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// For somebody who has no key.
pub(crate) fn drawn(ids: &dyn IdGen) -> u32 {
    let mut bytes = [0_u8; 4];
    ids.bytes(&mut bytes);
    u32::from_le_bytes(bytes)
}

/// Names one life of a database: another one begins when it is made, restored or found to have lost changes.
pub(crate) fn new_epoch(ids: &dyn IdGen) -> String {
    let mut bytes = [0_u8; 8];
    ids.bytes(&mut bytes);
    hex(&bytes)
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    (text.len().is_multiple_of(2) && text.is_ascii())
        .then(|| (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect())
        .flatten()
}
