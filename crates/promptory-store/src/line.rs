//! Lines: who answered, by number.

use crate::{NewLine, Result, Store, conn::Conn};

statements! {
    INSERT_LINE = "INSERT INTO line (id, project_id, prompt_id, version_id, environment, deployment_id, \
        experiment_id, variant, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
    LINES = "SELECT l.id, l.project_id, l.prompt_id, p.name AS prompt, l.version_id, v.major, v.minor, v.patch, v.pre, \
        l.environment, l.deployment_id, l.experiment_id, l.variant FROM line l \
        LEFT JOIN prompt p ON p.id = l.prompt_id LEFT JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 ORDER BY l.id";
}

row! {
    pub struct LineRow {
        pub id: i64,
        pub project_id: String,
        pub prompt_id: String,
        /// None: it was deleted, as for the version.
        pub prompt: Option<String>,
        pub version_id: String,
        pub major: Option<i64>,
        pub minor: Option<i64>,
        pub patch: Option<i64>,
        pub pre: Option<String>,
        pub environment: String,
        pub deployment_id: String,
        pub experiment_id: String,
        pub variant: String,
    }
}

pub(crate) async fn insert(mut conn: Conn<'_>, lines: &[NewLine], now: i64) -> Result<()> {
    for line in lines {
        execute!(
            conn.again(),
            INSERT_LINE,
            line.id,
            &line.project_id,
            &line.prompt_id,
            &line.version_id,
            &line.environment,
            &line.deployment_id,
            &line.experiment_id,
            &line.variant,
            now
        )?;
    }
    Ok(())
}

impl Store {
    /// All lines of a project.
    pub async fn lines(&self, project: &str) -> Result<Vec<LineRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), LineRow, LINES, project)
    }
}
