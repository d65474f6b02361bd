//! Webhooks: which events an endpoint wants, how a message is signed, when it is sent again, and where it may go. Signed as
//! Standard Webhooks 1.0.0 has it (<https://www.standardwebhooks.com>, sections *Signature scheme* and *Retries*).

mod address;
mod events;

pub use address::is_public;
pub use events::{Events, WrongEvents};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with; base64 of its bytes follows.
const SECRET_FRONT: &str = "whsec_";
pub const SECRET_BYTES: usize = 32;

/// Seconds to the next attempt after each that failed. After the last one the message is given up: about three days.
pub const RETRIES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long the secret before signs too after another one was made.
pub const OLD_SECRET_S: i64 = 86_400;

/// Seconds to the next attempt. None: it is given up.
pub fn retry_in(failed: i64) -> Option<i64> {
    let place = usize::try_from(failed.checked_sub(1)?).ok()?;
    RETRIES_S.get(place).copied()
}

pub fn secret(bytes: &[u8; SECRET_BYTES]) -> String {
    format!("{SECRET_FRONT}{}", STANDARD.encode(bytes))
}

/// The value of `webhook-signature`: one for each secret, with blanks between. Nothing for what is no secret.
///
/// HMAC-SHA-256 over `id.timestamp.body`, base64, behind its version `v1,`. The timestamp is in seconds since 1970.
pub fn signature(secrets: &[&str], id: &str, timestamp_s: i64, body: &str) -> String {
    let keys = secrets.iter().filter_map(|secret| STANDARD.decode(secret.strip_prefix(SECRET_FRONT)?).ok());
    let signed = keys.filter_map(|key| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_as_the_specification_has_it() {
        // The example of the specification's reference libraries.
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature(&[secret], id, 1_614_265_330, body), expected);
        assert_eq!(signature(&[secret, secret], id, 1_614_265_330, body), format!("{expected} {expected}"));
        assert_eq!(signature(&["", "whsec_%"], id, 0, body), "");
    }

    #[test]
    fn a_secret_is_32_bytes() {
        assert_eq!(secret(&[0; 32]), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }

    #[test]
    fn three_days_of_attempts() {
        assert_eq!(
            (retry_in(0), retry_in(1), retry_in(9), retry_in(10)),
            (None, Some(5), Some(86_400), None)
        );
        assert_eq!((retry_in(i64::MIN), retry_in(-1), retry_in(i64::MAX)), (None, None, None));
        assert!((3 * 86_400..4 * 86_400).contains(&RETRIES_S.iter().sum::<i64>()));
    }
}
