use serde_json::json;

use crate::{Change, ChangeKind, PromptRow, Result, prompt::fold, write::WriteTx};

statements! {
    INSERT_PROMPT = "INSERT INTO prompt (id, project_id, name, name_folded, kind, description, category, owner, tags, \
        metadata, created_by, created_at, updated_at, archived_at, revision, description_folded) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, NULL, $13, $14) \
        ON CONFLICT (project_id, name_folded) DO NOTHING";
    UPDATE_PROMPT = "UPDATE prompt SET description = $3, category = $4, owner = $5, tags = $6, metadata = $7, \
        updated_at = $8, revision = $9, description_folded = $10 WHERE project_id = $1 AND id = $2";
    SET_SOURCE = "UPDATE prompt SET source_author = $3, source_created_at = $4 WHERE project_id = $1 AND id = $2";
}

/// JSON columns (`tags`, `metadata`) come as text.
#[derive(Debug, Clone, Default)]
pub struct PromptMetadata {
    pub description: String,
    pub category: String,
    pub owner: String,
    pub tags: String,
    pub metadata: String,
}

#[derive(Debug, Clone)]
pub struct NewPrompt {
    pub id: String,
    pub name: String,
    pub name_folded: String,
    pub kind: String,
    pub metadata: PromptMetadata,
    pub created_by: String,
}

impl WriteTx {
    /// Answers the new row, or none when the name is taken. That it is no former name is for the caller to see.
    pub async fn insert_prompt(&mut self, prompt: &NewPrompt) -> Result<Option<PromptRow>> {
        let (at, revision) = (self.at().micros(), self.revision());
        let about = &prompt.metadata;
        let (conn, project) = self.parts();
        let inserted = execute!(
            conn,
            INSERT_PROMPT,
            &prompt.id,
            project.as_str(),
            &prompt.name,
            &prompt.name_folded,
            &prompt.kind,
            &about.description,
            &about.category,
            &about.owner,
            &about.tags,
            &about.metadata,
            &prompt.created_by,
            at,
            revision,
            fold(&about.description)
        )?;
        if inserted == 0 {
            return Ok(None);
        }
        let row = PromptRow {
            id: prompt.id.clone(),
            name: prompt.name.clone(),
            kind: prompt.kind.clone(),
            description: about.description.clone(),
            category: about.category.clone(),
            owner: about.owner.clone(),
            tags: about.tags.clone(),
            metadata: about.metadata.clone(),
            created_by: prompt.created_by.clone(),
            created_at: at,
            updated_at: at,
            archived_at: None,
            revision,
            kept_sequence: 0,
            renamed_revision: 0,
        };
        self.push_prompt(&row).await?;
        Ok(Some(row))
    }

    /// Of a prompt that came from files: who made it there, and when.
    pub async fn set_prompt_source(&mut self, id: &str, author: Option<&str>, at: Option<i64>) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, SET_SOURCE, project.as_str(), id, author, at)?;
        Ok(())
    }

    /// Answers the row as it is now.
    pub async fn update_prompt(&mut self, row: &PromptRow, about: &PromptMetadata) -> Result<PromptRow> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(
            conn,
            UPDATE_PROMPT,
            project.as_str(),
            &row.id,
            &about.description,
            &about.category,
            &about.owner,
            &about.tags,
            &about.metadata,
            at,
            revision,
            fold(&about.description)
        )?;
        let row = PromptRow {
            description: about.description.clone(),
            category: about.category.clone(),
            owner: about.owner.clone(),
            tags: about.tags.clone(),
            metadata: about.metadata.clone(),
            updated_at: at,
            revision,
            ..row.clone()
        };
        self.push_prompt(&row).await?;
        Ok(row)
    }

    /// The complete row with its former names, for servers that keep it in memory.
    pub(crate) async fn push_prompt(&mut self, row: &PromptRow) -> Result<()> {
        let former = self.project().former_names(&row.id).await?;
        let former: Vec<_> =
            former.into_iter().map(|row| json!({"name": row.name, "until": row.created_at})).collect();
        let detail = json!({
            "id": row.id, "name": row.name, "kind": row.kind, "description": row.description,
            "category": row.category, "owner": row.owner, "tags": row.tags, "metadata": row.metadata,
            "created_by": row.created_by, "created_at": row.created_at, "updated_at": row.updated_at,
            "archived_at": row.archived_at, "former": former,
        });
        self.push(Change::new(ChangeKind::Prompt, &detail).prompt(&row.id));
        Ok(())
    }
}
