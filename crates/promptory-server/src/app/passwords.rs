//! Passwords: what one must be, hashed slowly on purpose, a few at once.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use promptory_core::limits;
use tokio::sync::Semaphore;

use super::Outcome;
use crate::{
    ids::IdGen,
    refusal::{Code, Refusal},
};

/// Each takes its memory and a processor: people wait for each other, the data path does not wait for them.
const AT_ONCE: usize = 2;
const SALT_BYTES: usize = 16;

/// What everybody tries first, of those that are long enough.
const COMMON: [&str; 32] = [
    "0123456789",
    "0987654321",
    "1234512345",
    "1234567890",
    "12345678910",
    "123456789a",
    "123456789q",
    "123qweasdzxc",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "9876543210",
    "abcdefghij",
    "administrator",
    "changeme123",
    "changemenow",
    "correcthorsebatterystaple",
    "football123",
    "iloveyou123",
    "letmein123",
    "letmein1234",
    "p@ssw0rd123",
    "password12",
    "password123",
    "password1234",
    "passwordpassword",
    "princess123",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop",
    "welcome123",
    "welcome1234",
];

/// What a hash costs. The default is OWASP's.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

pub struct Passwords {
    params: Params,
    room: Semaphore,
}

impl Passwords {
    /// # Errors
    /// A cost that Argon2 does not know.
    pub fn new(cost: PasswordCost) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None);
        let params =
            params.map_err(|error| anyhow::anyhow!("the cost of passwords cannot be used: {error}"))?;
        Ok(Self { params, room: Semaphore::new(AT_ONCE) })
    }

    /// As it is stored: with its parameters and a salt of its own.
    ///
    /// # Errors
    /// It cannot be hashed: a fault of ours.
    pub async fn hash(&self, ids: &dyn IdGen, password: &str) -> Outcome<String> {
        let mut salt = [0_u8; SALT_BYTES];
        ids.bytes(&mut salt);
        self.work(password, move |argon, password| {
            argon.hash_password_with_salt(password, &salt).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| fault(&error))
    }

    /// Whether it is the password that was stored so. Where none was, the answer takes as long.
    ///
    /// # Errors
    /// It cannot be hashed: a fault of ours.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Outcome<bool> {
        // What is longer is no password of ours, and not worth looking at as a whole.
        let looked_at: String = password.chars().take(limits::PASSWORD_CHARS).collect();
        let stored = stored.filter(|_| looked_at.len() == password.len()).map(str::to_owned);
        self.work(&looked_at, move |argon, password| match stored {
            Some(stored) => argon.verify_password(password, stored.as_str()).is_ok(),
            None => {
                // Hashed and thrown away.
                let _ = argon.hash_password_with_salt(password, &[0; SALT_BYTES]);
                false
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        password: &str,
        work: impl FnOnce(&Argon2<'_>, &[u8]) -> T + Send + 'static,
    ) -> Outcome<T> {
        let password = password.to_owned();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let _place = self.room.acquire().await.map_err(|error| fault(&error))?;
        let done = tokio::task::spawn_blocking(move || work(&argon, password.as_bytes())).await;
        done.map_err(|error| fault(&error))
    }
}

fn fault(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a password could not be hashed");
    Refusal::new(Code::Internal, "The server failed. The request id is in the log.")
}

/// Why a password cannot be taken.
pub fn objection(password: &str, email: &str) -> Option<String> {
    let chars = password.chars().count();
    let lowered = password.to_lowercase();
    if !(limits::PASSWORD_CHARS_LEAST..=limits::PASSWORD_CHARS).contains(&chars) {
        let (least, most) = (limits::PASSWORD_CHARS_LEAST, limits::PASSWORD_CHARS);
        return Some(format!("A password has {least} to {most} characters; this one has {chars}."));
    }
    if lowered == email {
        return Some(
            "The email is the first thing that somebody would try. Choose another password.".to_owned(),
        );
    }
    let mut letters = lowered.chars();
    let first = letters.next();
    if COMMON.contains(&lowered.as_str()) || letters.all(|letter| Some(letter) == first) {
        let why = "This is one of the passwords that everybody tries first. Choose another one.";
        return Some(why.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemIds;

    #[test]
    fn what_a_password_must_be() {
        for (password, taken) in [
            ("a long walk", true),
            ("ten chars!", true),
            ("nine char", false),
            ("", false),
            ("ada@example.com", false),
            ("ADA@example.com", false),
            ("Password123", false),
            ("qwertyuiop", false),
            ("eeeeeeeeeeeeee", false),
            ("\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511} keys", true),
            (&"x y".repeat(85), true),
            (&"x y".repeat(86), false),
        ] {
            assert_eq!(objection(password, "ada@example.com").is_none(), taken, "{password:?}");
        }
        assert!(
            COMMON.iter().all(|word| word.len() >= limits::PASSWORD_CHARS_LEAST),
            "others are too short anyway"
        );
    }

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let passwords = Passwords::new(PasswordCost { memory_kib: 8, passes: 1 }).expect("a cost");
        let hash = passwords.hash(&SystemIds, "a long walk").await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&SystemIds, "a long walk").await.expect("hashed"), "salted");
        for (given, stored, right) in [
            ("a long walk", Some(hash.as_str()), true),
            ("a long walk ", Some(&hash), false),
            ("", Some(&hash), false),
            ("a long walk", None, false),
            ("a long walk", Some("damaged"), false),
            (&"a long walk".repeat(1_000), Some(&hash), false),
        ] {
            assert_eq!(passwords.verify(given, stored).await.expect("hashed"), right, "{given}");
        }
        assert!(Passwords::new(PasswordCost { memory_kib: 0, passes: 0 }).is_err());
    }

    #[test]
    fn the_default_is_what_owasp_says() {
        let PasswordCost { memory_kib, passes } = PasswordCost::default();
        assert_eq!((memory_kib, passes), (19_456, 2));
    }
}
