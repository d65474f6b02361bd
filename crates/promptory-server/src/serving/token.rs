//! The `resolution` token: says which build answered, for whom and when. Opaque to callers, checked by its MAC.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use promptory_core::{resolve::Pin, time::Timestamp};
use sha2::{Digest, Sha256};

/// Format of the bytes before encoding, so that old tokens stay readable.
const FORMAT: u8 = 2;
/// It has no build.
const FORMAT_BEFORE: u8 = 1;
const MAC_BYTES: usize = 16;
const BODY_BYTES_BEFORE: usize = 1 + 16 + 16 + 8 + 8 + 6;
const BODY_BYTES: usize = BODY_BYTES_BEFORE + 8;
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
    pub build_hash: &'a str,
    pub environment: &'a str,
    /// The user key; only its hash goes in.
    pub unit: Option<&'a str>,
    pub at: Timestamp,
}

/// What a token names, read back.
pub struct ReadToken {
    prompt: [u8; 16],
    version: [u8; 16],
    /// None in tokens of servers before this one.
    build: Option<[u8; 8]>,
    environment: [u8; 8],
    unit: [u8; 8],
    pub at: Timestamp,
}

impl ReadToken {
    pub fn prompt_id(&self) -> String {
        uuid::Uuid::from_bytes(self.prompt).to_string()
    }

    pub fn version_id(&self) -> String {
        uuid::Uuid::from_bytes(self.version).to_string()
    }

    pub fn is_of_prompt(&self, id: &str) -> bool {
        self.prompt == uuid_bytes(id)
    }

    pub fn is_of_environment(&self, name: &str) -> bool {
        self.environment == front(name)
    }

    pub fn is_of_unit(&self, key: Option<&str>) -> bool {
        self.unit == key.map(front).unwrap_or_default()
    }

    pub fn pin(&self) -> Option<Pin> {
        self.build.map(|build| Pin { version: self.version, build })
    }
}

/// What a pin of this build says.
pub(super) fn pin_of(version_id: &str, build_hash: &str) -> Pin {
    let mut build = [0; 8];
    let digits = build_hash.strip_prefix("sha256:").unwrap_or(build_hash).as_bytes();
    for (byte, pair) in build.iter_mut().zip(digits.chunks_exact(2)) {
        let text = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(text, 16).unwrap_or_default();
    }
    Pin { version: uuid_bytes(version_id), build }
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
        let pin = pin_of(subject.version_id, subject.build_hash);
        token[1..17].copy_from_slice(&uuid_bytes(subject.prompt_id));
        token[17..33].copy_from_slice(&pin.version);
        token[33..41].copy_from_slice(&front(subject.environment));
        token[41..49].copy_from_slice(&subject.unit.map(front).unwrap_or_default());
        // Milliseconds: 48 bits last until the year 10889.
        token[49..55].copy_from_slice(&(subject.at.micros() / 1000).to_be_bytes()[2..]);
        token[55..63].copy_from_slice(&pin.build);
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
        let body_bytes = match token[0] {
            FORMAT => BODY_BYTES,
            FORMAT_BEFORE => BODY_BYTES_BEFORE,
            _ => return None,
        };
        let (body, mac) = token.get(..read)?.split_at_checked(body_bytes)?;
        let expected = self.mac(body);
        // All bytes are looked at, whichever differ.
        let differs = mac.iter().zip(&expected).fold(0, |all, (a, b)| all | (a ^ b));
        if mac.len() != MAC_BYTES || differs != 0 {
            return None;
        }
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&body[49..55]);
        Some(ReadToken {
            prompt: body[1..17].try_into().ok()?,
            version: body[17..33].try_into().ok()?,
            build: body.get(55..63).and_then(|build| build.try_into().ok()),
            environment: body[33..41].try_into().ok()?,
            unit: body[41..49].try_into().ok()?,
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

/// Of the hash.
fn front(text: &str) -> [u8; 8] {
    let mut front = [0; 8];
    front.copy_from_slice(&Sha256::digest(text)[..8]);
    front
}

fn uuid_bytes(text: &str) -> [u8; 16] {
    uuid::Uuid::try_parse(text).map(uuid::Uuid::into_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "sha256:0123456789abcdef00112233445566778899aabbccddeeff0011223344556677";

    fn token(key: u8, unit: Option<&str>) -> String {
        let subject = Subject {
            prompt_id: "019a0000-0000-7000-8000-000000000001",
            version_id: "019a0000-0000-7000-8000-000000000002",
            build_hash: HASH,
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
        assert_eq!(read.version_id(), "019a0000-0000-7000-8000-000000000002");
        assert_eq!(
            (read.prompt_id().as_str(), read.at.micros()),
            ("019a0000-0000-7000-8000-000000000001", 0)
        );
        let pin = read.pin().expect("a build");
        assert_eq!(pin.build, [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        assert_eq!(pin, pin_of("019a0000-0000-7000-8000-000000000002", HASH));
        assert!(read.is_of_prompt("019a0000-0000-7000-8000-000000000001"));
        assert!(read.is_of_environment("production") && !read.is_of_environment("staging"));
        assert!(read.is_of_unit(Some("u")) && !read.is_of_unit(Some("v")) && !read.is_of_unit(None));
        let unnamed = own.read(&token(1, None)).expect("it is ours");
        assert!(unnamed.is_of_unit(None) && !unnamed.is_of_unit(Some("u")));
        assert!(other.read(&text).is_none());
        for damaged in ["", "x", &text[1..], &format!("{text}A"), &text.replacen(&text[20..21], "_", 1)] {
            assert!(damaged == text || own.read(damaged).is_none(), "{damaged}");
        }
    }

    #[test]
    fn tokens_of_the_release_before_are_read() {
        let tokens = Tokens::new([1; 32]);
        let mut old =
            URL_SAFE_NO_PAD.decode(token(1, Some("u"))).expect("base64")[..BODY_BYTES_BEFORE].to_vec();
        old[0] = FORMAT_BEFORE;
        let mac = tokens.mac(&old);
        let text = URL_SAFE_NO_PAD.encode([&old, &mac[..MAC_BYTES]].concat());
        let read = tokens.read(&text).expect("it is ours");
        assert_eq!((read.version_id().as_str(), read.pin()), ("019a0000-0000-7000-8000-000000000002", None));
        assert!(tokens.read(&text[..text.len() - 2]).is_none());
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
