//! Loading what is served, and following the changes.

use std::collections::HashMap;

use promptory_core::id::ProjectId;

use crate::{EnvironmentRow, KeyRow, Result, Store, StoreError};

statements! {
    HEADS = "SELECT id, name, revision, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch \
        FROM project";
    CHANGES_AFTER = "SELECT c.revision, c.kind, c.prompt_id, c.environment, c.deployment_id, c.build_hash, c.detail, \
        c.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, \
        v.content_hash, v.archived_at FROM change c LEFT JOIN version v ON v.id = c.version_id \
        WHERE c.project_id = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision, c.ordinal";
    LOAD_HEAD = "SELECT id, name, revision, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch \
        FROM project \
        WHERE id = $1";
    LOAD_PROMPTS = "SELECT id, name, kind, archived_at, revision FROM prompt WHERE project_id = $1";
    LOAD_LIVE = "SELECT l.prompt_id, l.environment, l.deployment_id, l.build_hash, l.revision, l.version_id, v.sequence, \
        v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at \
        FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.until IS NULL";
    LOAD_ENVIRONMENTS = "SELECT name, position, production, created_at FROM environment WHERE project_id = $1 \
        ORDER BY position, name";
    LOAD_KEYS = "SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, \
        expires_at, revoked_at FROM access_key WHERE project_id = $1 AND revoked_at IS NULL";
}

row! {
    /// Where a project's feed stands.
    pub struct ProjectHead {
        pub id: String,
        pub name: String,
        pub revision: i64,
        /// Of this database, empty until a server has given it one.
        pub epoch: String,
    }
}

row! {
    /// One change; the fields of a version are there where `version_id` is.
    pub struct ChangeRow {
        pub revision: i64,
        pub kind: String,
        pub prompt_id: Option<String>,
        pub environment: Option<String>,
        pub deployment_id: Option<String>,
        pub build_hash: Option<String>,
        pub detail: String,
        pub version_id: Option<String>,
        pub sequence: Option<i64>,
        pub major: Option<i64>,
        pub minor: Option<i64>,
        pub patch: Option<i64>,
        pub pre: Option<String>,
        pub content: Option<String>,
        pub template: Option<String>,
        pub variables: Option<String>,
        pub settings: Option<String>,
        pub content_hash: Option<String>,
        pub archived_at: Option<i64>,
    }
}

row! {
    pub struct LoadedPrompt {
        pub id: String,
        pub name: String,
        pub kind: String,
        pub archived_at: Option<i64>,
        pub revision: i64,
    }
}

row! {
    pub struct LoadedLive {
        pub prompt_id: String,
        pub environment: String,
        pub deployment_id: String,
        pub build_hash: String,
        pub revision: i64,
        pub version_id: String,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content: String,
        pub template: String,
        pub variables: String,
        pub settings: String,
        pub content_hash: String,
        pub archived_at: Option<i64>,
    }
}

/// Everything that is served of one project, at one revision.
pub struct Loaded<L> {
    pub head: ProjectHead,
    pub environments: Vec<EnvironmentRow>,
    pub keys: Vec<KeyRow>,
    pub prompts: Vec<LoadedPrompt>,
    /// What the caller made of the live versions.
    pub live: Vec<L>,
}

impl Store {
    /// Where every project stands: one cheap query, for the poll.
    pub async fn heads(&self) -> Result<Vec<ProjectHead>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), ProjectHead, HEADS)
    }

    /// The changes with `after` < revision ≤ `up_to`, in order.
    pub async fn changes(&self, project: &ProjectId, after: i64, up_to: i64) -> Result<Vec<ChangeRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), ChangeRow, CHANGES_AFTER, project.as_str(), after, up_to)
    }

    /// Revision and content in one transaction. `make` is given each live version with its prompt as it is read: all
    /// of them at once would take the memory that is served from a second time. None: no such project.
    pub async fn load<L: Send>(
        &self,
        project: &ProjectId,
        mut make: impl FnMut(&LoadedPrompt, LoadedLive) -> L + Send,
    ) -> Result<Option<Loaded<L>>> {
        let mut tx = self.read_tx().await?;
        let id = project.as_str();
        let Some(head) = fetch_optional!(tx.conn(), ProjectHead, LOAD_HEAD, id)? else { return Ok(None) };
        let environments = fetch_all!(tx.conn(), EnvironmentRow, LOAD_ENVIRONMENTS, id)?;
        let keys = fetch_all!(tx.conn(), KeyRow, LOAD_KEYS, id)?;
        let prompts = fetch_all!(tx.conn(), LoadedPrompt, LOAD_PROMPTS, id)?;
        let by_id: HashMap<&str, &LoadedPrompt> = prompts.iter().map(|row| (row.id.as_str(), row)).collect();
        let (mut live, mut stray) = (Vec::new(), None);
        let each = |row: LoadedLive| match by_id.get(row.prompt_id.as_str()) {
            Some(prompt) => live.push(make(prompt, row)),
            None => stray = Some(row.prompt_id),
        };
        fetch_each!(tx.conn(), LoadedLive, LOAD_LIVE, [id], each)?;
        if let Some(id) = stray {
            return Err(StoreError::Broken { table: "live", id, what: "its prompt is missing".to_owned() });
        }
        drop(by_id);
        tx.commit().await?;
        Ok(Some(Loaded { head, environments, keys, prompts, live }))
    }
}
