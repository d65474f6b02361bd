//! A whole project, read in one transaction and in pages: what an export is written from.

use promptory_core::id::ProjectId;

use crate::{Result, Store, VersionRow, conn::Tx};

statements! {
    EXPORT_PROMPTS = "SELECT id, name, name_folded, kind, description, category, owner, tags, metadata, created_by, \
        created_at, archived_at, source_author, source_created_at FROM prompt \
        WHERE project_id = $1 ORDER BY name_folded";
    EXPORT_VERSIONS = "SELECT v.id, v.prompt_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, \
        v.variables, v.settings, v.content_hash, v.note, v.metadata, v.tags, v.author, v.created_at, v.archived_at, \
        v.deprecated_at, v.source_author, v.source_created_at FROM prompt p JOIN version v ON v.prompt_id = p.id \
        WHERE p.project_id = $1 AND p.name_folded >= $2 AND NOT (p.name_folded = $2 AND v.sequence <= $3) \
        ORDER BY p.name_folded, v.sequence LIMIT $4";
    EXPORT_NAMES = "SELECT prompt_id, name FROM redirect WHERE project_id = $1 ORDER BY created_at, name_folded";
    EXPORT_POINTERS = "SELECT l.prompt_id, 'label' AS kind, l.name, v.major, v.minor, v.patch, v.pre FROM label l \
        JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 \
        UNION ALL SELECT l.prompt_id, 'live' AS kind, l.environment AS name, v.major, v.minor, v.patch, v.pre \
        FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.until IS NULL";
    EXPORT_SAMPLES = "SELECT s.prompt_id, s.name, s.description, s.variables FROM prompt p \
        JOIN sample s ON s.prompt_id = p.id WHERE p.project_id = $1 \
        AND p.name_folded >= $2 AND NOT (p.name_folded = $2 AND s.name <= $3) ORDER BY p.name_folded, s.name LIMIT $4";
}

row! {
    pub struct ExportPrompt {
        pub id: String,
        pub name: String,
        pub name_folded: String,
        pub kind: String,
        pub description: String,
        pub category: String,
        pub owner: String,
        pub tags: String,
        pub metadata: String,
        pub created_by: String,
        pub created_at: i64,
        pub archived_at: Option<i64>,
        pub source_author: Option<String>,
        pub source_created_at: Option<i64>,
    }
}

row! {
    pub struct ExportName {
        pub prompt_id: String,
        pub name: String,
    }
}

row! {
    /// A label, or what is live in an environment.
    pub struct ExportPointer {
        pub prompt_id: String,
        /// `label` or `live`.
        pub kind: String,
        pub name: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

row! {
    pub struct ExportSample {
        pub prompt_id: String,
        pub name: String,
        pub description: String,
        pub variables: String,
    }
}

/// One state of a project, however long it takes to read.
pub struct Export {
    tx: Tx,
    project: ProjectId,
    /// In order of their folded names; versions and samples follow it.
    pub prompts: Vec<ExportPrompt>,
    pub former_names: Vec<ExportName>,
    pub pointers: Vec<ExportPointer>,
}

impl Store {
    /// Of a project that is not there, nothing.
    pub async fn export(&self, project: &ProjectId) -> Result<Export> {
        let mut tx = self.read_tx().await?;
        let id = project.as_str();
        let prompts = fetch_all!(tx.conn(), ExportPrompt, EXPORT_PROMPTS, id)?;
        let former_names = fetch_all!(tx.conn(), ExportName, EXPORT_NAMES, id)?;
        let pointers = fetch_all!(tx.conn(), ExportPointer, EXPORT_POINTERS, id)?;
        Ok(Export { tx, project: project.clone(), prompts, former_names, pointers })
    }
}

impl Export {
    /// By prompt and sequence, behind the one given; empty at the end.
    pub async fn versions(&mut self, after: (&str, i64), limit: i64) -> Result<Vec<VersionRow>> {
        let (name, sequence) = after;
        let project = self.project.as_str();
        fetch_all!(self.tx.conn(), VersionRow, EXPORT_VERSIONS, project, name, sequence, limit)
    }

    /// By prompt and name, behind the one given; empty at the end.
    pub async fn samples(&mut self, after: (&str, &str), limit: i64) -> Result<Vec<ExportSample>> {
        let (prompt, name) = after;
        let project = self.project.as_str();
        fetch_all!(self.tx.conn(), ExportSample, EXPORT_SAMPLES, project, prompt, name, limit)
    }
}
