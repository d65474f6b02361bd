use crate::{Result, Store};

statements! {
    REPORT_NODE = "INSERT INTO node (id, project_id, applied_revision, seen_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (id, project_id) DO UPDATE SET applied_revision = excluded.applied_revision, \
        seen_at = excluded.seen_at";
    NODES = "SELECT n.id, p.name AS project, n.applied_revision, p.revision, n.seen_at FROM node n \
        JOIN project p ON p.id = n.project_id ORDER BY n.id, p.name LIMIT $1";
    SWEEP_NODES = "DELETE FROM node WHERE seen_at < $1";
}

row! {
    /// What one server has of one project.
    pub struct NodeRow {
        pub id: String,
        pub project: String,
        pub applied_revision: i64,
        /// Of the database.
        pub revision: i64,
        pub seen_at: i64,
    }
}

impl Store {
    /// Servers that were seen lately, by their ids.
    pub async fn nodes(&self, limit: i64) -> Result<Vec<NodeRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), NodeRow, NODES, limit)
    }

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
