use serde_json::json;

use crate::{Change, ChangeKind, Result, StoreError, write::WriteTx};

statements! {
    INSERT_VERSION = "INSERT INTO version (id, project_id, prompt_id, sequence, major, minor, patch, pre, content, \
        template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, \
        deprecated_at, source_author, source_created_at, author_user) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        NULL, NULL, $19, $20, $21)";
    DEPRECATE_VERSION = "UPDATE version SET deprecated_at = COALESCE(deprecated_at, $3) \
        WHERE project_id = $1 AND id = $2 RETURNING archived_at";
    CORRECT_VERSION = "UPDATE version SET note = $3, tags = $4, metadata = $5 WHERE project_id = $1 AND id = $2 \
        RETURNING archived_at";
}

row! {
    pub struct ArchivedRow {
        pub archived_at: Option<i64>,
    }
}

fn is_archived(id: &str, row: Option<ArchivedRow>) -> Result<bool> {
    let row = row.ok_or_else(|| StoreError::Broken {
        table: "version",
        id: id.to_owned(),
        what: "it is not in this project".to_owned(),
    })?;
    Ok(row.archived_at.is_some())
}

/// JSON columns come as text.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub id: String,
    pub prompt_id: String,
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
    pub note: String,
    pub metadata: String,
    pub tags: String,
    pub author: String,
    /// The person behind it, where there is one.
    pub author_user: Option<String>,
    /// Of a version that came from files: who made it there, and when.
    pub source_author: Option<String>,
    pub source_created_at: Option<i64>,
}

impl WriteTx {
    pub async fn insert_version(&mut self, new: &NewVersion) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_VERSION,
            &new.id,
            project.as_str(),
            &new.prompt_id,
            new.sequence,
            new.major,
            new.minor,
            new.patch,
            &new.pre,
            &new.content,
            &new.template,
            &new.variables,
            &new.settings,
            &new.content_hash,
            &new.note,
            &new.metadata,
            &new.tags,
            &new.author,
            at,
            &new.source_author,
            new.source_created_at,
            &new.author_user
        )?;
        self.push_version(&new.prompt_id, &new.id, false);
        Ok(())
    }

    /// Marks a version as one not to be used any more. It stays where it is live.
    pub async fn deprecate_version(&mut self, prompt_id: &str, id: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        let row = fetch_optional!(conn, ArchivedRow, DEPRECATE_VERSION, project.as_str(), id, at)?;
        self.push_version(prompt_id, id, is_archived(id, row)?);
        Ok(())
    }

    /// Note, tags and metadata may be corrected; nothing else of a version ever changes.
    pub async fn correct_version(
        &mut self,
        prompt_id: &str,
        id: &str,
        (note, tags, metadata): (&str, &str, &str),
    ) -> Result<()> {
        let (conn, project) = self.parts();
        let row =
            fetch_optional!(conn, ArchivedRow, CORRECT_VERSION, project.as_str(), id, note, tags, metadata)?;
        self.push_version(prompt_id, id, is_archived(id, row)?);
        Ok(())
    }

    pub(crate) fn push_version(&mut self, prompt_id: &str, id: &str, archived: bool) {
        self.push(Change {
            version_id: Some(id.to_owned()),
            ..Change::new(ChangeKind::Version, &json!({"version": id, "archived": archived}))
                .prompt(prompt_id)
        });
    }
}
