//! Secrets that servers share: kept as the caller hands them over, sealed or not.

use std::fmt;

use sqlx::{Database, Decode, Type, error::BoxDynError};

use crate::{Result, Store, StoreError, conn::Dialect};

statements! {
    SECRETS = "SELECT 'meta' AS place_table, name AS place_row, 'value' AS place_column, value AS secret FROM meta \
        WHERE name = 'token_key' \
        UNION ALL SELECT 'webhook', id, 'secret', secret FROM webhook WHERE secret <> '' \
        UNION ALL SELECT 'webhook', id, 'old_secret', old_secret FROM webhook WHERE old_secret <> ''";
    /// Every change waits: what it has read of a row it writes back.
    LOCK_PROJECTS_POSTGRES = "SELECT id FROM project ORDER BY id FOR UPDATE";
    KEEP_SHARED_VALUE = "UPDATE meta SET value = $2 WHERE name = $1";
    KEEP_WEBHOOK_SECRET = "UPDATE webhook SET secret = $2 WHERE id = $1";
    KEEP_OLD_WEBHOOK_SECRET = "UPDATE webhook SET old_secret = $2 WHERE id = $1";
}

/// A secret as it lies in the database. Empty: there is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeptSecret(String);

impl KeptSecret {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for KeptSecret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// It may lie there as it is, and rows are printed by tests and errors.
impl fmt::Debug for KeptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "none" } else { "(hidden)" })
    }
}

impl<DB: Database> Type<DB> for KeptSecret
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(given: &DB::TypeInfo) -> bool {
        String::compatible(given)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for KeptSecret
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        String::decode(value).map(Self)
    }
}

/// Where a secret lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretPlace<'a> {
    pub table: &'a str,
    pub row: &'a str,
    pub column: &'a str,
}

impl<'a> SecretPlace<'a> {
    /// The key that tokens are made with.
    pub const TOKEN_KEY: SecretPlace<'static> =
        SecretPlace { table: "meta", row: "token_key", column: "value" };

    pub fn webhook(id: &'a str) -> Self {
        Self { table: "webhook", row: id, column: "secret" }
    }

    /// The secret before, which signs too for a while.
    pub fn old_webhook(id: &'a str) -> Self {
        Self { table: "webhook", row: id, column: "old_secret" }
    }
}

impl fmt::Display for SecretPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.table, self.row, self.column)
    }
}

row! {
    #[derive(PartialEq, Eq)]
    pub struct SecretRow {
        pub place_table: String,
        pub place_row: String,
        pub place_column: String,
        pub secret: KeptSecret,
    }
}

impl SecretRow {
    pub fn place(&self) -> SecretPlace<'_> {
        SecretPlace { table: &self.place_table, row: &self.place_row, column: &self.place_column }
    }
}

impl Store {
    /// All secrets that lie there, of all projects.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn secrets(&self) -> Result<Vec<SecretRow>> {
        fetch_all!(self.pooled().await?.conn(), SecretRow, SECRETS)
    }

    /// Stores each secret as `kept` says, all in one commit; None leaves it as it is. Nobody changes anything meanwhile.
    /// Answers how many were stored anew.
    ///
    /// # Errors
    /// The first error of `kept`, or the database cannot be written: nothing was changed.
    pub async fn keep_secrets<E: From<StoreError>>(
        &self,
        mut kept: impl FnMut(&SecretRow) -> std::result::Result<Option<KeptSecret>, E>,
    ) -> std::result::Result<usize, E> {
        let mut tx = self.write_tx().await?;
        if self.dialect() == Dialect::Postgres {
            fetch_all!(tx.conn(), (String,), LOCK_PROJECTS_POSTGRES)?;
        }
        let mut stored = 0;
        for row in fetch_all!(tx.conn(), SecretRow, SECRETS)? {
            let Some(secret) = kept(&row)? else { continue };
            let text = match row.place() {
                SecretPlace { table: "meta", .. } => KEEP_SHARED_VALUE,
                SecretPlace { column: "secret", .. } => KEEP_WEBHOOK_SECRET,
                _ => KEEP_OLD_WEBHOOK_SECRET,
            };
            execute!(tx.conn(), text, &row.place_row, secret.as_str())?;
            stored += 1;
        }
        tx.commit().await?;
        Ok(stored)
    }
}
