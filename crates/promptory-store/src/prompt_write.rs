use serde_json::json;

use crate::{Change, ChangeKind, Result, prompt::fold, write::WriteTx};

statements! {
    INSERT_PROMPT = "INSERT INTO prompt (id, project_id, name, name_folded, kind, description, category, owner, tags, \
        metadata, created_by, created_at, updated_at, archived_at, revision, description_folded) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, NULL, $13, $14) \
        ON CONFLICT (project_id, name_folded) DO NOTHING";
    UPDATE_PROMPT = "UPDATE prompt SET description = $3, category = $4, owner = $5, tags = $6, metadata = $7, \
        updated_at = $8, revision = $9, description_folded = $10 WHERE project_id = $1 AND id = $2";
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
    /// Answers false when the name is taken.
    pub async fn insert_prompt(&mut self, prompt: &NewPrompt) -> Result<bool> {
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
        if inserted == 1 {
            self.push_prompt(&prompt.id, &prompt.name, &prompt.kind, false);
        }
        Ok(inserted == 1)
    }

    pub async fn update_prompt(&mut self, id: &str, about: &PromptMetadata) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(
            conn,
            UPDATE_PROMPT,
            project.as_str(),
            id,
            &about.description,
            &about.category,
            &about.owner,
            &about.tags,
            &about.metadata,
            at,
            revision,
            fold(&about.description)
        )?;
        self.push(Change::new(ChangeKind::Other, &json!({})).prompt(id));
        Ok(())
    }

    pub(crate) fn push_prompt(&mut self, id: &str, name: &str, kind: &str, archived: bool) {
        let detail = json!({"id": id, "name": name, "kind": kind, "archived": archived});
        self.push(Change::new(ChangeKind::Prompt, &detail).prompt(id));
    }
}
