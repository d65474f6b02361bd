//! What a project keeps of executions.

use crate::{Change, ChangeKind, Result, WriteTx, read::ProjectReader};

statements! {
    RECORDING = "SELECT policy FROM recording WHERE project_id = $1";
    PUT_RECORDING = "INSERT INTO recording (project_id, policy, updated_at) VALUES ($1, $2, $3) \
        ON CONFLICT (project_id) DO UPDATE SET policy = excluded.policy, updated_at = excluded.updated_at";
}

impl ProjectReader<'_> {
    /// JSON; none: the default.
    pub async fn recording(&mut self) -> Result<Option<String>> {
        let project = self.project;
        let row: Option<(String,)> = fetch_optional!(self.conn(), (String,), RECORDING, project.as_str())?;
        Ok(row.map(|(policy,)| policy))
    }
}

impl WriteTx {
    /// JSON.
    pub async fn put_recording(&mut self, policy: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, PUT_RECORDING, project.as_str(), policy, at)?;
        let detail = serde_json::from_str(policy).unwrap_or_default();
        self.push(Change::new(ChangeKind::Recording, &detail));
        Ok(())
    }
}
