//! Saved sample inputs of a prompt: named variables for render, preview and compare.

use crate::{Change, ChangeKind, Result, read::ProjectReader, write::WriteTx};

statements! {
    SAMPLES = "SELECT name, description, variables, updated_by, updated_at FROM sample \
        WHERE project_id = $1 AND prompt_id = $2 ORDER BY name";
    SAMPLE = "SELECT name, description, variables, updated_by, updated_at FROM sample \
        WHERE project_id = $1 AND prompt_id = $2 AND name = $3";
    PUT_SAMPLE = "INSERT INTO sample (prompt_id, name, project_id, description, variables, updated_by, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (prompt_id, name) DO UPDATE SET \
        description = excluded.description, variables = excluded.variables, updated_by = excluded.updated_by, \
        updated_at = excluded.updated_at";
    DELETE_SAMPLE = "DELETE FROM sample WHERE project_id = $1 AND prompt_id = $2 AND name = $3";
}

row! {
    pub struct SampleRow {
        pub name: String,
        pub description: String,
        /// JSON object.
        pub variables: String,
        pub updated_by: String,
        pub updated_at: i64,
    }
}

impl ProjectReader<'_> {
    /// In order of name.
    pub async fn samples(&mut self, prompt_id: &str) -> Result<Vec<SampleRow>> {
        let project = self.project;
        fetch_all!(self.conn(), SampleRow, SAMPLES, project.as_str(), prompt_id)
    }

    pub async fn sample(&mut self, prompt_id: &str, name: &str) -> Result<Option<SampleRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), SampleRow, SAMPLE, project.as_str(), prompt_id, name)
    }
}

impl WriteTx {
    pub async fn put_sample(
        &mut self,
        prompt_id: &str,
        (name, description, variables): (&str, &str, &str),
        by: &str,
    ) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, PUT_SAMPLE, prompt_id, name, project.as_str(), description, variables, by, at)?;
        self.push(Change::quiet(ChangeKind::Sample).prompt(prompt_id));
        Ok(())
    }

    /// Answers false when there is none.
    pub async fn delete_sample(&mut self, prompt_id: &str, name: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_SAMPLE, project.as_str(), prompt_id, name)? == 1;
        self.push(Change::quiet(ChangeKind::Sample).prompt(prompt_id));
        Ok(deleted)
    }
}
