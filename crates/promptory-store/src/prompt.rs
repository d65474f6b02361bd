//! Reads of prompts.

use crate::{Result, read::ProjectReader};

statements! {
    PROMPT_BY_NAME = "SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, \
        updated_at, archived_at, revision, last_sequence AS kept_sequence, renamed_revision FROM prompt \
        WHERE project_id = $1 AND name_folded = $2";
    PROMPT_BY_FORMER_NAME = "SELECT p.id, p.name, p.kind, p.description, p.category, p.owner, p.tags, p.metadata, \
        p.created_by, p.created_at, p.updated_at, p.archived_at, p.revision, p.last_sequence AS kept_sequence, p.renamed_revision \
        FROM redirect r \
        JOIN prompt p ON p.id = r.prompt_id WHERE r.project_id = $1 AND r.name_folded = $2";
    FORMER_NAMES = "SELECT name, created_at FROM redirect WHERE project_id = $1 \
        AND prompt_id = $2 ORDER BY created_at";
    COUNT_PROMPTS = "SELECT COUNT(*) AS n FROM prompt WHERE project_id = $1";
    /// The order leads SQLite to the index of the prompt; without it, it goes through all that is live.
    PROMPT_LIVE = "SELECT l.environment, v.major, v.minor, v.patch, v.pre FROM live l \
        JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.until IS NULL \
        ORDER BY l.environment";
    PROMPT_LATEST = "SELECT sequence, created_at, major, minor, patch, pre FROM version \
        WHERE project_id = $1 AND prompt_id = $2 ORDER BY sequence DESC LIMIT 1";
}

row! {
    pub struct PromptRow {
        pub id: String,
        pub name: String,
        pub kind: String,
        pub description: String,
        pub category: String,
        pub owner: String,
        pub tags: String,
        pub metadata: String,
        pub created_by: String,
        pub created_at: i64,
        pub updated_at: i64,
        pub archived_at: Option<i64>,
        pub revision: i64,
        /// Sequences up to this one were given to versions that are deleted now.
        pub kept_sequence: i64,
        /// When it got its present name; 0: its first.
        pub renamed_revision: i64,
    }
}

row! {
    pub struct PromptLive {
        pub environment: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

row! {
    pub struct PromptLatest {
        pub sequence: i64,
        pub created_at: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

row! {
    pub struct FormerName {
        pub name: String,
        /// Until when it was the prompt's name.
        pub created_at: i64,
    }
}

/// As the folded name: each character by itself.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl ProjectReader<'_> {
    pub async fn prompt(&mut self, name_folded: &str) -> Result<Option<PromptRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), PromptRow, PROMPT_BY_NAME, project.as_str(), name_folded)
    }

    /// The prompt that once had this name.
    pub async fn prompt_by_former_name(&mut self, name_folded: &str) -> Result<Option<PromptRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), PromptRow, PROMPT_BY_FORMER_NAME, project.as_str(), name_folded)
    }

    /// Oldest first.
    pub async fn former_names(&mut self, prompt_id: &str) -> Result<Vec<FormerName>> {
        let project = self.project;
        fetch_all!(self.conn(), FormerName, FORMER_NAMES, project.as_str(), prompt_id)
    }

    pub async fn count_prompts(&mut self) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_PROMPTS, project.as_str())?;
        Ok(n)
    }

    /// What is live of a prompt, in order of the environments' names.
    pub async fn prompt_live(&mut self, prompt_id: &str) -> Result<Vec<PromptLive>> {
        let project = self.project;
        fetch_all!(self.conn(), PromptLive, PROMPT_LIVE, project.as_str(), prompt_id)
    }

    pub async fn prompt_latest(&mut self, prompt_id: &str) -> Result<Option<PromptLatest>> {
        let project = self.project;
        fetch_optional!(self.conn(), PromptLatest, PROMPT_LATEST, project.as_str(), prompt_id)
    }
}
