use crate::{Result, read::Reader};

statements! {
    LIST_PROJECTS = "SELECT id, name, created_at, revision FROM project WHERE name > $1 ORDER BY name LIMIT $2";
    COUNT_PROJECTS = "SELECT COUNT(*) AS n FROM project WHERE name <> $1";
    PROJECT_BY_NAME = "SELECT id, name, created_at, revision FROM project WHERE name = $1";
}

row! {
    pub struct ProjectRow {
        pub id: String,
        pub name: String,
        pub created_at: i64,
        pub revision: i64,
    }
}

impl Reader {
    /// All projects in order of name, after `after`; the instance's own among them.
    pub async fn projects(&mut self, after: &str, limit: i64) -> Result<Vec<ProjectRow>> {
        fetch_all!(self.conn(), ProjectRow, LIST_PROJECTS, after, limit)
    }

    pub async fn count_projects_without(&mut self, name: &str) -> Result<i64> {
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_PROJECTS, name)?;
        Ok(n)
    }

    pub async fn project_by_name(&mut self, name: &str) -> Result<Option<ProjectRow>> {
        fetch_optional!(self.conn(), ProjectRow, PROJECT_BY_NAME, name)
    }
}
