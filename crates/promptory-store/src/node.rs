use crate::{Result, Store};

statements! {
    REPORT_NODE = "INSERT INTO node (id, project_id, applied_revision, seen_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (id, project_id) DO UPDATE SET applied_revision = excluded.applied_revision, \
        seen_at = excluded.seen_at";
    SWEEP_NODES = "DELETE FROM node WHERE seen_at < $1";
}

impl Store {
    /// Says which revision of each project this server has applied, and forgets servers not seen since `stale`.
    pub async fn report_node(&self, id: &str, applied: &[(String, i64)], now: i64, stale: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        for (project, revision) in applied {
            execute!(tx.conn(), REPORT_NODE, id, project, *revision, now)?;
        }
        execute!(tx.conn(), SWEEP_NODES, stale)?;
        tx.commit().await?;
        Ok(())
    }
}
