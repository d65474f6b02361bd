//! The `resolution` token: says which build answered, for whom and when. Opaque to callers, checked by its MAC.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use promptory_core::time::Timestamp;
use sha2::{Digest, Sha256};

/// Format of the bytes before encoding, so that old tokens stay readable.
const FORMAT: u8 = 1;
const MAC_BYTES: usize = 16;
/// With the 9 bytes that SHA-256 adds this is one block.
const BODY_BYTES: usize = 1 + 16 + 16 + 8 + 8 + 6;
const TOKEN_BYTES: usize = BODY_BYTES + MAC_BYTES;
/// Base64 without padding.
const TEXT_BYTES: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// Makes tokens. The key is shared by all servers through the database.
pub struct Tokens {
    /// HMAC-SHA-256 (RFC 2104) with a key of one block or less: each pass as it stands behind the key's block.
    inner: Sha256,
    outer: Sha256,
}

/// What a token names.
pub struct Subject<'a> {
    pub prompt_id: &'a str,
    pub version_id: &'a str,
    pub environment: &'a str,
    /// The user key; only its hash goes in.
    pub unit: Option<&'a str>,
    pub at: Timestamp,
}

/// What a token names, read back.
pub struct ReadToken {
    pub prompt_id: String,
    pub version_id: String,
    /// The front of the hash of its name.
    pub environment: [u8; 8],
    pub at: Timestamp,
}

impl Tokens {
    pub fn new(key: [u8; 32]) -> Self {
        let mut inner = [0x36_u8; 64];
        let mut outer = [0x5c_u8; 64];
        for (i, byte) in key.iter().enumerate() {
            inner[i] ^= byte;
            outer[i] ^= byte;
        }
        Self { inner: Sha256::new().chain_update(inner), outer: Sha256::new().chain_update(outer) }
    }

    /// Appends the token to `out`; needs no memory of its own.
    pub fn write(&self, subject: &Subject<'_>, out: &mut Vec<u8>) {
        let mut token = [0_u8; TOKEN_BYTES];
        token[0] = FORMAT;
        token[1..17].copy_from_slice(&uuid_bytes(subject.prompt_id));
        token[17..33].copy_from_slice(&uuid_bytes(subject.version_id));
        token[33..41].copy_from_slice(&Sha256::digest(subject.environment)[..8]);
        if let Some(unit) = subject.unit {
            token[41..49].copy_from_slice(&Sha256::digest(unit)[..8]);
        }
        // Milliseconds: 48 bits last until the year 10889.
        token[49..55].copy_from_slice(&(subject.at.micros() / 1000).to_be_bytes()[2..]);
        let mac = self.mac(&token[..BODY_BYTES]);
        token[BODY_BYTES..].copy_from_slice(&mac[..MAC_BYTES]);
        let start = out.len();
        out.resize(start + TEXT_BYTES, 0);
        // The room is exactly what the encoding needs.
        let written = URL_SAFE_NO_PAD.encode_slice(token, &mut out[start..]).unwrap_or(0);
        out.truncate(start + written);
    }

    /// What a token names; none unless this database's servers made it.
    pub fn read(&self, text: &str) -> Option<ReadToken> {
        let mut token = [0_u8; TOKEN_BYTES];
        let read = URL_SAFE_NO_PAD.decode_slice(text, &mut token).ok()?;
        let (body, mac) = token.split_at(BODY_BYTES);
        let expected = self.mac(body);
        // All bytes are looked at, whichever differ.
        let differs = mac.iter().zip(&expected).fold(0, |all, (a, b)| all | (a ^ b));
        if read != TOKEN_BYTES || differs != 0 || token[0] != FORMAT {
            return None;
        }
        let uuid = |at: usize| {
            let bytes: [u8; 16] = token[at..at + 16].try_into().ok()?;
            Some(uuid::Uuid::from_bytes(bytes).to_string())
        };
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&token[49..55]);
        Some(ReadToken {
            prompt_id: uuid(1)?,
            version_id: uuid(17)?,
            environment: token[33..41].try_into().ok()?,
            at: Timestamp::from_micros(i64::from_be_bytes(millis).saturating_mul(1000)),
        })
    }

    /// What all servers of this database know and nobody else can guess, for the purpose that the label names. No label
    /// is as long as what a token signs.
    pub fn secret_for(&self, label: &str) -> [u8; 32] {
        self.mac(label.as_bytes())
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        let digest = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(digest).finalize().into()
    }
}

fn uuid_bytes(text: &str) -> [u8; 16] {
    uuid::Uuid::try_parse(text).map(uuid::Uuid::into_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(key: u8, unit: Option<&str>) -> String {
        let subject = Subject {
            prompt_id: "019a0000-0000-7000-8000-000000000001",
            version_id: "019a0000-0000-7000-8000-000000000002",
            environment: "production",
            unit,
            at: Timestamp::from_micros(1),
        };
        let mut out = Vec::new();
        Tokens::new([key; 32]).write(&subject, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn tokens_are_short_and_bound_to_key_and_unit() {
        assert!(token(1, None).len() <= 200);
        assert_eq!(token(1, Some("u")), token(1, Some("u")));
        assert_ne!(token(1, Some("u")), token(2, Some("u")));
        assert_ne!(token(1, Some("u")), token(1, Some("v")));
    }

    #[test]
    fn a_token_is_read_by_its_makers_only() {
        let (own, other) = (Tokens::new([1; 32]), Tokens::new([2; 32]));
        let text = token(1, Some("u"));
        let read = own.read(&text).expect("it is ours");
        assert_eq!(read.version_id, "019a0000-0000-7000-8000-000000000002");
        assert_eq!((read.prompt_id.as_str(), read.at.micros()), ("019a0000-0000-7000-8000-000000000001", 0));
        assert!(other.read(&text).is_none());
        for damaged in ["", "x", &text[1..], &format!("{text}A"), &text.replacen(&text[20..21], "_", 1)] {
            assert!(damaged == text || own.read(damaged).is_none(), "{damaged}");
        }
    }

    #[test]
    fn the_mac_is_hmac_sha_256() {
        // RFC 4231, test case 1: a key of 20 bytes 0x0b.
        let mut key = [0_u8; 32];
        key[..20].fill(0x0b);
        let mac = crate::ids::hex(&Tokens::new(key).mac(b"Hi There"));
        assert_eq!(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
}
