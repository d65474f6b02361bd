//! Secrets that servers share lie in the database, sealed where there is a master key. What is sealed belongs to its place:
//! in another row or column it opens for nobody.

use std::fmt;

use anyhow::anyhow;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use promptory_store::{KeptSecret, SecretPlace, SecretRow, Store};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tracing::info;

use crate::ids::IdGen;

/// Of what is sealed; nonce, ciphertext and tag follow, as base64.
const FRONT: &str = "sealed:v1:";
const WHAT_TO_DO: &str = "start with the key that sealed it as master_key_file (PROMPTORY_MASTER_KEY_FILE, or the key \
    itself as PROMPTORY_MASTER_KEY), or, where another one takes its place, as old_master_key_file \
    (PROMPTORY_OLD_MASTER_KEY_FILE, PROMPTORY_OLD_MASTER_KEY)";

/// What secrets are sealed with: AES-256-GCM.
#[derive(Clone)]
pub struct MasterKey(LessSafeKey);

impl MasterKey {
    /// # Errors
    /// It is no 32 bytes in base64; what it is, is not said.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let wrong = "is not 32 bytes in base64; `openssl rand -base64 32` makes one";
        let bytes = STANDARD.decode(text.trim()).map_err(|_| wrong)?;
        // It refuses any other length.
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    fn seal(&self, nonce: [u8; NONCE_LEN], place: SecretPlace<'_>, secret: &str) -> KeptSecret {
        let mut bytes = secret.as_bytes().to_vec();
        let (place, once) = (Aad::from(bound(place)), Nonce::assume_unique_for_key(nonce));
        self.0.seal_in_place_append_tag(once, place, &mut bytes).expect("it is shorter than 64 GiB");
        format!("{FRONT}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat())).into()
    }

    fn open(&self, place: SecretPlace<'_>, sealed: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(FRONT)?).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(bound(place)), sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// In whatever way: a later program may know another one.
fn is_sealed(text: &str) -> bool {
    text.starts_with("sealed:")
}

/// No name of a table or column and no id has the byte between them.
fn bound(place: SecretPlace<'_>) -> Vec<u8> {
    [FRONT, place.table, place.row, place.column].join("\0").into_bytes()
}

/// No key of this server opens it: another one sealed it, or it was damaged or put where it does not belong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no master key of this server opens {0}")]
pub struct Unopened(String);

/// The keys of a server.
#[derive(Debug, Clone, Default)]
pub struct Seals {
    /// Seals and opens; none: secrets are stored as they are.
    pub present: Option<MasterKey>,
    /// Only opens.
    pub old: Option<MasterKey>,
}

impl Seals {
    /// As it is to be stored there.
    pub fn seal(&self, ids: &dyn IdGen, place: SecretPlace<'_>, secret: &str) -> KeptSecret {
        let Some(key) = &self.present else { return secret.to_owned().into() };
        let mut nonce = [0; NONCE_LEN];
        ids.bytes(&mut nonce);
        key.seal(nonce, place, secret)
    }

    /// # Errors
    /// No key opens it.
    pub fn open(&self, place: SecretPlace<'_>, kept: &KeptSecret) -> Result<String, Unopened> {
        let text = kept.as_str();
        if !is_sealed(text) {
            return Ok(text.to_owned());
        }
        let opened = [&self.present, &self.old].into_iter().flatten().find_map(|key| key.open(place, text));
        opened.ok_or_else(|| Unopened(place.to_string()))
    }

    /// Whether it lies there as the present key would store it.
    fn is_settled(&self, row: &SecretRow) -> bool {
        match &self.present {
            Some(key) => key.open(row.place(), row.secret.as_str()).is_some(),
            None => !is_sealed(row.secret.as_str()),
        }
    }

    /// How it is to be stored. None: it is stored so.
    fn settled(&self, ids: &dyn IdGen, row: &SecretRow) -> anyhow::Result<Option<KeptSecret>> {
        if self.is_settled(row) {
            return Ok(None);
        }
        let opened = self.open(row.place(), &row.secret);
        let secret = opened.map_err(|unopened| anyhow!("{unopened}; {WHAT_TO_DO}"))?;
        Ok(Some(self.seal(ids, row.place(), &secret)))
    }
}

/// Stores what lies there, plain or sealed by the old key, as the present one says; plain where there is none.
///
/// # Errors
/// Something is sealed that no key opens, and nothing was changed; or the database cannot be written.
pub(crate) async fn settle(store: &Store, seals: &Seals, ids: &dyn IdGen) -> anyhow::Result<()> {
    // Mostly there is nothing to do, and nobody is held up.
    if store.secrets().await?.iter().all(|row| seals.is_settled(row)) {
        return Ok(());
    }
    let secrets = store.keep_secrets(|row| seals.settled(ids, row)).await?;
    let sealed = seals.present.is_some();
    info!(secrets, sealed, "secrets in the database were stored anew, as the master key says");
    Ok(())
}

/// How the secrets of a database lie there, for these keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// All as they are.
    Plain(usize),
    /// All sealed by the present key.
    Sealed(usize),
    /// So many are stored anew at the next start.
    Unsettled(usize),
    /// A server with these keys does not start.
    Unopened(Unopened),
}

impl Seals {
    pub fn standing(&self, rows: &[SecretRow]) -> Standing {
        if let Some(unopened) = rows.iter().find_map(|row| self.open(row.place(), &row.secret).err()) {
            return Standing::Unopened(unopened);
        }
        match rows.iter().filter(|row| !self.is_settled(row)).count() {
            0 if self.present.is_some() => Standing::Sealed(rows.len()),
            0 => Standing::Plain(rows.len()),
            unsettled => Standing::Unsettled(unsettled),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::SystemIds;

    const PLACE: SecretPlace<'static> = SecretPlace { table: "webhook", row: "w1", column: "secret" };

    fn key(byte: u8) -> MasterKey {
        MasterKey::parse(&STANDARD.encode([byte; 32])).expect("32 bytes")
    }

    fn seals(present: Option<u8>, old: Option<u8>) -> Seals {
        Seals { present: present.map(key), old: old.map(key) }
    }

    fn row(secret: &KeptSecret) -> SecretRow {
        let SecretPlace { table, row, column } = PLACE;
        let (place_table, place_row, place_column) = (table.to_owned(), row.to_owned(), column.to_owned());
        SecretRow { place_table, place_row, place_column, secret: secret.clone() }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_with_its_key_in_its_place_and_nowhere_else(
            secret: String, nonce: [u8; NONCE_LEN], row: String, byte: usize, bit in 0..8_u8,
        ) {
            let place = SecretPlace { row: &row, ..PLACE };
            let sealed = key(1).seal(nonce, place, &secret);
            prop_assert_eq!(key(1).open(place, sealed.as_str()), Some(secret));
            prop_assert_eq!(key(2).open(place, sealed.as_str()), None);
            let other_row = format!("{row}x");
            for elsewhere in [
                SecretPlace { row: &other_row, ..place },
                SecretPlace { column: "old_secret", ..place },
                SecretPlace { table: "meta", ..place },
            ] {
                prop_assert_eq!(key(1).open(elsewhere, sealed.as_str()), None);
            }
            let text = sealed.as_str().strip_prefix(FRONT).expect("it is sealed");
            let mut bytes = URL_SAFE_NO_PAD.decode(text).expect("base64");
            let at = byte % bytes.len();
            bytes[at] ^= 1 << bit;
            let damaged = format!("{FRONT}{}", URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert_eq!(key(1).open(place, &damaged), None);
        }

        #[test]
        fn what_nobody_sealed_opens_never(text: String, bytes: Vec<u8>) {
            let of_bytes = format!("{FRONT}{}", URL_SAFE_NO_PAD.encode(bytes));
            for sealed in [text.clone(), format!("{FRONT}{text}"), of_bytes] {
                prop_assert_eq!(key(1).open(PLACE, &sealed), None);
            }
        }
    }

    #[test]
    fn keys_are_32_bytes_in_base64() {
        let text = STANDARD.encode([7; 32]);
        for good in [text.clone(), format!(" {text}\n")] {
            assert!(MasterKey::parse(&good).is_ok(), "{good}");
        }
        let hex = "07".repeat(32);
        for bad in ["", "x", hex.as_str(), &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33]), &text[..43]]
        {
            let why = MasterKey::parse(bad).expect_err(bad);
            assert!(why.contains("openssl rand -base64 32"), "{why}");
        }
        let shown = format!("{:?}", seals(Some(7), Some(8)));
        assert_eq!(shown, "Seals { present: Some((hidden)), old: Some((hidden)) }");
    }

    /// Made by another implementation of AES-256-GCM.
    #[test]
    fn the_format_stays_readable() {
        let sealed = "sealed:v1:AAECAwQFBgcICQoLzM7mQ0OhRzi_K5TAHr-w25zBPd0XbHldEWU";
        let nonce = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        assert_eq!(key(1).seal(nonce, PLACE, "whsec_AAAA").as_str(), sealed);
        assert_eq!(key(1).open(PLACE, sealed).as_deref(), Some("whsec_AAAA"));
    }

    #[test]
    fn what_a_later_program_sealed_is_not_taken_for_a_secret() {
        let later = KeptSecret::from("sealed:v2:AAAA".to_owned());
        for seals in [seals(None, None), seals(Some(1), Some(2))] {
            assert!(seals.open(PLACE, &later).is_err());
            assert!(matches!(seals.standing(&[row(&later)]), Standing::Unopened(_)));
        }
    }

    /// From each standing to each: set up, changed, taken away.
    #[test]
    fn what_lies_there_becomes_what_the_present_key_says() {
        let keys = [None, Some(1), Some(2)];
        for before in keys {
            let kept = seals(before, None).seal(&SystemIds, PLACE, "a secret");
            assert_eq!(kept.as_str() == "a secret", before.is_none());
            for present in keys {
                for old in keys {
                    let now = seals(present, old);
                    let knows = before.is_none() || present == before || old == before;
                    let opened = now.open(PLACE, &kept).ok();
                    assert_eq!(
                        opened.as_deref(),
                        knows.then_some("a secret"),
                        "{before:?} {present:?} {old:?}"
                    );
                    let standing = now.standing(&[row(&kept)]);
                    match now.settled(&SystemIds, &row(&kept)) {
                        Err(why) => {
                            let why = why.to_string();
                            assert!(
                                !knows && why.contains("webhook w1") && why.contains("PROMPTORY_MASTER_KEY")
                            );
                            assert!(matches!(standing, Standing::Unopened(_)), "{standing:?}");
                        }
                        Ok(None) => {
                            let wanted =
                                if present.is_some() { Standing::Sealed(1) } else { Standing::Plain(1) };
                            assert_eq!((present, standing), (before, wanted));
                        }
                        Ok(Some(anew)) => {
                            assert_eq!(standing, Standing::Unsettled(1));
                            assert_eq!(seals(present, None).open(PLACE, &anew).as_deref(), Ok("a secret"));
                            assert!(seals(present, None).is_settled(&row(&anew)));
                        }
                    }
                }
            }
        }
    }
}
