//! Reads of labels: free names that point to a version of their prompt.

use crate::{Result, read::ProjectReader};

statements! {
    LABEL = "SELECT name, version_id, updated_by, updated_at, revision FROM label \
        WHERE project_id = $1 AND prompt_id = $2 AND name = $3";
    LABELS_OF_PROMPT = "SELECT l.name, l.version_id, l.updated_by, l.updated_at, v.major, v.minor, v.patch, v.pre, \
        v.sequence FROM label l JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 AND l.prompt_id = $2 ORDER BY l.name";
    COUNT_LABELS_NAMED = "SELECT COUNT(*) AS n FROM label WHERE project_id = $1 AND name = $2";
}

row! {
    pub struct LabelRow {
        pub name: String,
        pub version_id: String,
        pub updated_by: String,
        pub updated_at: i64,
        pub revision: i64,
    }
}

row! {
    pub struct LabelledRow {
        pub name: String,
        pub version_id: String,
        pub updated_by: String,
        pub updated_at: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub sequence: i64,
    }
}

impl ProjectReader<'_> {
    pub async fn label(&mut self, prompt_id: &str, name: &str) -> Result<Option<LabelRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), LabelRow, LABEL, project.as_str(), prompt_id, name)
    }

    /// In order of name, with the versions that they point to.
    pub async fn labels(&mut self, prompt_id: &str) -> Result<Vec<LabelledRow>> {
        let project = self.project;
        fetch_all!(self.conn(), LabelledRow, LABELS_OF_PROMPT, project.as_str(), prompt_id)
    }

    /// Whether any prompt of the project has a label of this name.
    pub async fn label_exists(&mut self, name: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_LABELS_NAMED, project.as_str(), name)?;
        Ok(n > 0)
    }
}
