//! The change feed's rows: each carries the complete new state of one thing, so applying it twice is harmless. The
//! content of a version is carried by reference: versions never change.

use promptory_core::id::ProjectId;

use crate::{Result, conn::Conn};

statements! {
    INSERT_CHANGE = "INSERT INTO change (project_id, revision, ordinal, at, kind, prompt_id, environment, version_id, \
        deployment_id, build_hash, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SWEEP_CHANGES = "DELETE FROM change WHERE project_id = $1 AND at < $2";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// `detail`: `{id, name, kind, archived}`.
    Prompt,
    /// A version was created, archived or corrected; `detail`: `{version, archived}`.
    Version,
    /// Prompt and environment serve this version from now on.
    Live,
    /// `detail`: the key without its secret.
    Key,
    /// `detail`: `{name, position, production}`.
    Environment,
    /// `detail`: `{id, name}`; in the feed of the instance.
    Project,
    /// Nothing that a server serves.
    Other,
}

impl ChangeKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Version => "version",
            Self::Live => "live",
            Self::Key => "key",
            Self::Environment => "environment",
            Self::Project => "project",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Change {
    pub kind: ChangeKind,
    pub prompt_id: Option<String>,
    pub environment: Option<String>,
    pub version_id: Option<String>,
    pub deployment_id: Option<String>,
    pub build_hash: Option<String>,
    /// JSON.
    pub detail: String,
}

impl Change {
    pub(crate) fn new(kind: ChangeKind, detail: &serde_json::Value) -> Self {
        Self {
            kind,
            prompt_id: None,
            environment: None,
            version_id: None,
            deployment_id: None,
            build_hash: None,
            detail: detail.to_string(),
        }
    }

    pub(crate) fn prompt(mut self, id: &str) -> Self {
        self.prompt_id = Some(id.to_owned());
        self
    }
}

pub(crate) async fn insert(
    conn: Conn<'_>,
    project: &ProjectId,
    revision: i64,
    ordinal: i64,
    at: i64,
    change: &Change,
) -> Result<()> {
    execute!(
        conn,
        INSERT_CHANGE,
        project.as_str(),
        revision,
        ordinal,
        at,
        change.kind.as_str(),
        &change.prompt_id,
        &change.environment,
        &change.version_id,
        &change.deployment_id,
        &change.build_hash,
        &change.detail
    )?;
    Ok(())
}

impl crate::Store {
    /// Drops changes that no server and no stream may still ask for. Answers how many.
    pub async fn sweep_changes(&self, project: &ProjectId, before: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let dropped = execute!(tx.conn(), SWEEP_CHANGES, project.as_str(), before)?;
        tx.commit().await?;
        Ok(dropped)
    }
}
