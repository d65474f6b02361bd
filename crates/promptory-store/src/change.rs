//! The change feed's rows: each carries the complete new state of one thing, so applying it twice is harmless. The
//! content of a version is carried by reference: versions never change.

use promptory_core::id::ProjectId;

use crate::{Result, conn::Conn};

statements! {
    INSERT_CHANGE = "INSERT INTO change (project_id, revision, ordinal, at, kind, prompt_id, environment, version_id, \
        deployment_id, build_hash, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What streams tell again to a client that comes back.
    STREAM_CHANGES = "SELECT c.revision, c.kind, p.name AS prompt, c.environment, c.deployment_id, c.build_hash, \
        c.detail, v.major, v.minor, v.patch, v.pre FROM change c LEFT JOIN prompt p ON p.id = c.prompt_id \
        LEFT JOIN version v ON v.id = c.version_id \
        WHERE c.project_id = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision, c.ordinal LIMIT $4";
    SWEEP_CHANGES = "DELETE FROM change WHERE project_id = $1 AND at < $2";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// `detail`: the prompt's row with its former names, or `{id, name, deleted}`.
    Prompt,
    /// A version was created, archived, corrected or deleted; `detail`: `{version, archived}` or
    /// `{version, deleted}`, which carries the version that is now the latest.
    Version,
    /// A label points to this version from now on; `detail`: `{name}` or `{name, deleted}`.
    Label,
    /// Prompt and environment serve this version from now on.
    Live,
    /// A share of callers gets this version from now on; `detail`: `{share_ppm, seed, unit, starts}`, or `{share_ppm: 0}`
    /// when nobody does any more.
    Rollout,
    /// A deployment waits, was paused or goes on; nothing that a server serves.
    Deployment,
    /// Somebody asked, decided or said something; nothing that a server serves.
    Approval,
    /// `detail`: the key without its secret.
    Key,
    /// `detail`: `{name, position, production, rollback, stages}`.
    Environment,
    /// Somebody became a member, is none any more, or has other roles; nothing that a server serves.
    Member,
    /// A sample of the prompt was put or deleted; nothing that a server serves.
    Sample,
    /// `detail`: what the project keeps of executions from now on.
    Recording,
    /// The project's prices are others now: they are read anew.
    Price,
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
            Self::Label => "label",
            Self::Live => "live",
            Self::Rollout => "rollout",
            Self::Deployment => "deployment",
            Self::Approval => "approval",
            Self::Key => "key",
            Self::Environment => "environment",
            Self::Member => "member",
            Self::Sample => "sample",
            Self::Recording => "recording",
            Self::Price => "price",
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

    /// Of something that no server serves.
    pub(crate) fn quiet(kind: ChangeKind) -> Self {
        Self::new(kind, &serde_json::json!({}))
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

row! {
    pub struct StreamRow {
        pub revision: i64,
        pub kind: String,
        /// Its present name; none when it was deleted.
        pub prompt: Option<String>,
        pub environment: Option<String>,
        pub deployment_id: Option<String>,
        pub build_hash: Option<String>,
        pub detail: String,
        pub major: Option<i64>,
        pub minor: Option<i64>,
        pub patch: Option<i64>,
        pub pre: Option<String>,
    }
}

impl crate::Store {
    /// The changes with `after` < revision ≤ `up_to`, in order, at most `limit`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn stream_changes(
        &self,
        project: &ProjectId,
        after: i64,
        up_to: i64,
        limit: i64,
    ) -> Result<Vec<StreamRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), StreamRow, STREAM_CHANGES, project.as_str(), after, up_to, limit)
    }

    /// Drops changes that no server and no stream may still ask for. Answers how many.
    pub async fn sweep_changes(&self, project: &ProjectId, before: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let dropped = execute!(tx.conn(), SWEEP_CHANGES, project.as_str(), before)?;
        tx.commit().await?;
        Ok(dropped)
    }
}
