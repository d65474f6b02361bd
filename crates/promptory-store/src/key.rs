use serde_json::json;

use crate::{Change, ChangeKind, Result, read::ProjectReader, write::WriteTx};

statements! {
    INSERT_KEY = "INSERT INTO access_key (id, project_id, name, prefix, hash, scopes, environment, instance_admin, \
        created_by, created_at, expires_at, revoked_at, person_id, granted, personal) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12, $13, $14)";
    REVOKE_KEY = "UPDATE access_key SET revoked_at = $3 WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL";
    SET_KEY_SCOPES = "UPDATE access_key SET scopes = $3 WHERE project_id = $1 AND id = $2";
    KEY_BY_ID = "SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, \
        expires_at, revoked_at, person_id, granted FROM access_key WHERE project_id = $1 AND id = $2";
    LIST_KEYS = "SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, \
        expires_at, revoked_at, person_id, granted FROM access_key WHERE project_id = $1 \
        AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4";
    OWNED_KEYS = "SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, \
        expires_at, revoked_at, person_id, granted FROM access_key WHERE project_id = $1 AND person_id = $2 \
        AND revoked_at IS NULL ORDER BY created_at, id";
    /// Names of those who own keys of the project.
    KEY_OWNERS = "SELECT id, name FROM person WHERE id IN (SELECT person_id FROM access_key WHERE project_id = $1)";
    COUNT_VALID_KEYS = "SELECT COUNT(*) AS n FROM access_key WHERE project_id = $1 AND revoked_at IS NULL";
    COUNT_KEYS = "SELECT COUNT(*) AS n FROM access_key WHERE project_id = $1";
}

row! {
    pub struct KeyRow {
        pub id: String,
        pub name: String,
        pub prefix: String,
        pub hash: String,
        /// What it may do now.
        pub scopes: String,
        pub environment: Option<String>,
        pub instance_admin: bool,
        pub created_by: String,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub revoked_at: Option<i64>,
        /// Whose it is.
        pub person_id: Option<String>,
        /// What it was made with, where it has an owner.
        pub granted: Option<String>,
    }
}

row! {
    pub struct KeyOwner {
        pub id: String,
        pub name: String,
    }
}

/// `hash`: SHA-256 of the secret, hex. The secret itself is never stored.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub id: String,
    pub name: String,
    pub prefix: String,
    pub hash: String,
    /// Space-separated.
    pub scopes: String,
    pub environment: Option<String>,
    pub instance_admin: bool,
    pub created_by: String,
    pub expires_at: Option<i64>,
    /// Whose it is; then `scopes` is also what it gets back when the owner's roles allow it again.
    pub person_id: Option<String>,
    /// Its owner made it, so it decides for them.
    pub personal: bool,
}

impl WriteTx {
    pub async fn insert_key(&mut self, key: &NewKey) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_KEY,
            &key.id,
            project.as_str(),
            &key.name,
            &key.prefix,
            &key.hash,
            &key.scopes,
            &key.environment,
            key.instance_admin,
            &key.created_by,
            at,
            key.expires_at,
            &key.person_id,
            key.person_id.as_ref().map(|_| &key.scopes),
            key.personal
        )?;
        let detail = json!({
            "id": key.id, "name": key.name, "prefix": key.prefix, "hash": key.hash, "scopes": key.scopes,
            "environment": key.environment, "instance_admin": key.instance_admin, "expires_at": key.expires_at,
            "person_id": key.person_id,
        });
        self.push(Change::new(ChangeKind::Key, &detail));
        Ok(())
    }

    /// From now on the key may do this, on every server.
    pub async fn set_key_scopes(&mut self, key: &KeyRow, scopes: &str) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, SET_KEY_SCOPES, project.as_str(), &key.id, scopes)?;
        let detail = json!({
            "id": key.id, "name": key.name, "prefix": key.prefix, "hash": key.hash, "scopes": scopes,
            "environment": key.environment, "instance_admin": key.instance_admin, "expires_at": key.expires_at,
            "person_id": key.person_id,
        });
        self.push(Change::new(ChangeKind::Key, &detail));
        Ok(())
    }

    /// Answers whether it was valid until now.
    pub async fn revoke_key(&mut self, key: &KeyRow) -> Result<bool> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        let revoked = execute!(conn, REVOKE_KEY, project.as_str(), &key.id, at)? == 1;
        self.push(Change::new(ChangeKind::Key, &json!({"id": key.id, "hash": key.hash, "revoked": true})));
        Ok(revoked)
    }
}

impl ProjectReader<'_> {
    pub async fn key(&mut self, id: &str) -> Result<Option<KeyRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), KeyRow, KEY_BY_ID, project.as_str(), id)
    }

    /// Oldest first, after the given time and id.
    pub async fn keys(&mut self, after: (i64, &str), limit: i64) -> Result<Vec<KeyRow>> {
        let project = self.project;
        fetch_all!(self.conn(), KeyRow, LIST_KEYS, project.as_str(), after.0, after.1, limit)
    }

    /// Valid keys of one person, oldest first.
    pub async fn keys_of(&mut self, person: &str) -> Result<Vec<KeyRow>> {
        let project = self.project;
        fetch_all!(self.conn(), KeyRow, OWNED_KEYS, project.as_str(), person)
    }

    pub async fn key_owners(&mut self) -> Result<Vec<KeyOwner>> {
        let project = self.project;
        fetch_all!(self.conn(), KeyOwner, KEY_OWNERS, project.as_str())
    }

    /// Keys that were not revoked.
    pub async fn count_valid_keys(&mut self) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_VALID_KEYS, project.as_str())?;
        Ok(n)
    }

    pub async fn count_keys(&mut self) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_KEYS, project.as_str())?;
        Ok(n)
    }
}
