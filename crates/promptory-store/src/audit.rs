//! The audit log: append-only, each entry hashed with the one before.

use promptory_core::{id::ProjectId, time::Timestamp};
use sha2::{Digest, Sha256};

use crate::{Result, read::ProjectReader, write::WriteTx};

statements! {
    INSERT_AUDIT = "INSERT INTO audit (project_id, n, at, actor, actor_name, action, prompt_id, prompt, environment, \
        address, request_id, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// What is about several prompts has their ids in its detail.
    LIST_AUDIT = "SELECT n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, \
        detail, hash FROM audit WHERE project_id = $1 AND n < $2 \
        AND (CAST($3 AS TEXT) IS NULL OR prompt_id = $3 \
        OR (prompt_id IS NULL AND (action LIKE 'release.%' OR action LIKE 'approval.%') AND detail LIKE '%' || CAST($3 AS TEXT) || '%')) AND (CAST($4 AS TEXT) IS NULL OR action = $4) \
        AND (CAST($5 AS TEXT) IS NULL OR actor = $5) AND (CAST($6 AS TEXT) IS NULL OR environment = $6) \
        AND (CAST($7 AS BIGINT) IS NULL OR at >= $7) AND (CAST($8 AS BIGINT) IS NULL OR at < $8) \
        AND (CAST($9 AS TEXT) IS NULL OR action <> $9) ORDER BY n DESC LIMIT $10";
    AUDIT_FROM = "SELECT n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, \
        detail, hash FROM audit WHERE project_id = $1 AND n > $2 ORDER BY n LIMIT $3";
    AUDIT_HEAD = "SELECT audit_n AS n, audit_hash AS hash FROM project WHERE id = $1";
}

/// An entry to be. Secrets and user keys never come here; versions are named by hash and number.
#[derive(Debug, Clone, Default)]
pub struct NewAudit {
    pub actor: String,
    pub actor_name: String,
    pub action: String,
    pub prompt_id: Option<String>,
    pub prompt: Option<String>,
    pub environment: Option<String>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    /// JSON.
    pub detail: String,
}

row! {
    pub struct AuditRow {
        pub n: i64,
        pub at: i64,
        pub actor: String,
        pub actor_name: String,
        pub action: String,
        pub prompt_id: Option<String>,
        pub prompt: Option<String>,
        pub environment: Option<String>,
        pub address: Option<String>,
        pub request_id: Option<String>,
        pub detail: String,
        pub hash: String,
    }
}

row! {
    /// The newest entry's number and hash.
    pub struct Chain {
        pub n: i64,
        pub hash: String,
    }
}

#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub prompt_id: Option<String>,
    pub action: Option<String>,
    pub actor: Option<String>,
    pub environment: Option<String>,
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// An action that is left out.
    pub without: Option<String>,
}

/// SHA-256 over the hash before and every stored field, each with its length in front so that no two entries share
/// their bytes. Hex.
pub fn chain_hash(previous: &str, n: i64, at: Timestamp, entry: &NewAudit) -> String {
    let mut hasher = Sha256::new();
    let mut field = |text: Option<&str>| match text {
        // An absent field is not an empty one.
        None => hasher.update([0]),
        Some(text) => {
            hasher.update([1]);
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
    };
    field(Some(previous));
    field(Some(&n.to_string()));
    field(Some(&at.micros().to_string()));
    field(Some(&entry.actor));
    field(Some(&entry.actor_name));
    field(Some(&entry.action));
    field(entry.prompt_id.as_deref());
    field(entry.prompt.as_deref());
    field(entry.environment.as_deref());
    field(entry.address.as_deref());
    field(entry.request_id.as_deref());
    field(Some(&entry.detail));
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl AuditRow {
    /// The hash that this row must have after `previous`.
    pub fn expected_hash(&self, previous: &str) -> String {
        let entry = NewAudit {
            actor: self.actor.clone(),
            actor_name: self.actor_name.clone(),
            action: self.action.clone(),
            prompt_id: self.prompt_id.clone(),
            prompt: self.prompt.clone(),
            environment: self.environment.clone(),
            address: self.address.clone(),
            request_id: self.request_id.clone(),
            detail: self.detail.clone(),
        };
        chain_hash(previous, self.n, Timestamp::from_micros(self.at), &entry)
    }
}

impl WriteTx {
    pub(crate) async fn insert_audit(&mut self, n: i64, entry: &NewAudit, hash: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_AUDIT,
            project.as_str(),
            n,
            at,
            &entry.actor,
            &entry.actor_name,
            &entry.action,
            &entry.prompt_id,
            &entry.prompt,
            &entry.environment,
            &entry.address,
            &entry.request_id,
            &entry.detail,
            hash
        )?;
        Ok(())
    }
}

impl ProjectReader<'_> {
    /// Newest first, entries before `before`.
    pub async fn audit_page(
        &mut self,
        filter: &AuditFilter,
        before: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let project: &ProjectId = self.project;
        fetch_all!(
            self.conn(),
            AuditRow,
            LIST_AUDIT,
            project.as_str(),
            before,
            &filter.prompt_id,
            &filter.action,
            &filter.actor,
            &filter.environment,
            filter.from,
            filter.to,
            &filter.without,
            limit
        )
    }

    /// Oldest first, entries after `after`: for verification and export.
    pub async fn audit_from(&mut self, after: i64, limit: i64) -> Result<Vec<AuditRow>> {
        let project = self.project;
        fetch_all!(self.conn(), AuditRow, AUDIT_FROM, project.as_str(), after, limit)
    }

    pub async fn audit_head(&mut self) -> Result<Chain> {
        let project = self.project;
        fetch_one!(self.conn(), Chain, AUDIT_HEAD, project.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_its_place_changes_the_hash() {
        let entry =
            NewAudit { actor: "a".into(), action: "b".into(), detail: "{}".into(), ..NewAudit::default() };
        let at = Timestamp::from_micros(1);
        let base = chain_hash("", 1, at, &entry);
        let mut seen = vec![base];
        let mut moved = entry.clone();
        (moved.actor, moved.action) = ("ab".into(), String::new());
        let absent = NewAudit { prompt: Some(String::new()), ..entry.clone() };
        let other_place = NewAudit { environment: Some(String::new()), ..entry.clone() };
        for hash in [
            chain_hash("x", 1, at, &entry),
            chain_hash("", 2, at, &entry),
            chain_hash("", 1, Timestamp::from_micros(2), &entry),
            chain_hash("", 1, at, &moved),
            chain_hash("", 1, at, &absent),
            chain_hash("", 1, at, &other_place),
        ] {
            assert!(!seen.contains(&hash));
            seen.push(hash);
        }
    }
}
