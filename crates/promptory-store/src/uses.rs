//! Who was given which build, and how often.

use promptory_core::id::ProjectId;

use crate::{Result, Store, read::ProjectReader};

statements! {
    /// The prompt or the version may have been deleted since it was served.
    ADD_USES = "INSERT INTO use_count (prompt_id, version_id, build_hash, environment, key_id, project_id, uses, \
        first_at, last_at) SELECT prompt_id, id, $3, $4, $5, $6, CAST($7 AS BIGINT), CAST($8 AS BIGINT), \
        CAST($8 AS BIGINT) FROM version WHERE id = $2 AND prompt_id = $1 \
        ON CONFLICT (prompt_id, version_id, build_hash, environment, key_id) DO UPDATE SET \
        uses = use_count.uses + excluded.uses, \
        last_at = CASE WHEN excluded.last_at > use_count.last_at THEN excluded.last_at ELSE use_count.last_at END";
    USES = "SELECT u.environment, u.build_hash, u.key_id, k.name AS key_name, v.major, v.minor, v.patch, v.pre, \
        v.sequence, u.uses, u.first_at, u.last_at FROM use_count u JOIN version v ON v.id = u.version_id \
        LEFT JOIN access_key k ON k.id = u.key_id WHERE u.project_id = $1 AND u.prompt_id = $2 \
        ORDER BY u.last_at DESC, v.sequence DESC, u.environment, u.key_id, u.build_hash LIMIT $3";
    COUNT_USES_OF_VERSION = "SELECT COUNT(*) AS n FROM use_count WHERE project_id = $1 AND version_id = $2";
}

#[derive(Debug, Clone)]
pub struct NewUses {
    pub project: ProjectId,
    pub prompt_id: String,
    pub version_id: String,
    pub build_hash: String,
    pub environment: String,
    pub key_id: String,
    pub uses: i64,
}

row! {
    pub struct UseRow {
        pub environment: String,
        pub build_hash: String,
        pub key_id: String,
        /// None for the administrator's key of the environment.
        pub key_name: Option<String>,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub sequence: i64,
        pub uses: i64,
        pub first_at: i64,
        pub last_at: i64,
    }
}

impl Store {
    /// Adds what was counted since the last time.
    ///
    /// # Errors
    /// The database cannot be written; nothing of it is kept.
    pub async fn add_uses(&self, uses: &[NewUses], at: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        for one in uses {
            execute!(
                tx.conn(),
                ADD_USES,
                &one.prompt_id,
                &one.version_id,
                &one.build_hash,
                &one.environment,
                &one.key_id,
                one.project.as_str(),
                one.uses,
                at
            )?;
        }
        tx.commit().await
    }
}

impl ProjectReader<'_> {
    /// Most recent first.
    pub async fn uses(&mut self, prompt_id: &str, limit: i64) -> Result<Vec<UseRow>> {
        let project = self.project;
        fetch_all!(self.conn(), UseRow, USES, project.as_str(), prompt_id, limit)
    }

    pub async fn was_used(&mut self, version_id: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) =
            fetch_one!(self.conn(), (i64,), COUNT_USES_OF_VERSION, project.as_str(), version_id)?;
        Ok(n > 0)
    }
}
