//! What an empty database gets, once, whichever server comes first.

use serde_json::json;

use crate::{Change, ChangeKind, Result, Store, StoreError, conn::Conn, write::WriteTx};

statements! {
    META = "SELECT value FROM meta WHERE name = $1";
    INSERT_META = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    INSERT_PROJECT = "INSERT INTO project (id, name, created_at, revision, last_at, audit_n, audit_hash) \
        VALUES ($1, $2, $3, 0, $3, 0, '') ON CONFLICT DO NOTHING";
    INSERT_FIRST_ENVIRONMENT = "INSERT INTO environment (project_id, name, position, production, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
}

/// Environments of a new project, in order; the last is the one that users meet.
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

#[derive(Debug, Clone)]
pub struct NewProject {
    pub id: String,
    pub name: String,
    pub created_at: i64,
}

impl Store {
    /// A value kept beside the data, shared by all servers; `value` is stored if there is none yet. Answers the one
    /// that holds.
    ///
    /// # Errors
    /// The database cannot be reached or written.
    pub async fn shared_value(&self, name: &str, value: &str) -> Result<String> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), INSERT_META, name, value)?;
        let (held,): (String,) = fetch_one!(tx.conn(), (String,), META, name)?;
        tx.commit().await?;
        Ok(held)
    }

    /// Inserts a project with its first environments, or the instance's own without any, unless the name is taken.
    /// Answers whether it is new. For what a server makes before anybody can ask for it; a person's new project
    /// comes through [`WriteTx::insert_project`].
    ///
    /// # Errors
    /// The database cannot be reached or written.
    pub async fn insert_project(&self, project: &NewProject, with_environments: bool) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let inserted = insert(tx.conn(), project).await?;
        if inserted && with_environments {
            for environment in first_environments() {
                insert_environment(tx.conn(), project, environment).await?;
            }
        }
        tx.commit().await?;
        Ok(inserted)
    }
}

impl WriteTx {
    /// A new project with its first environments, inside a change of the instance's own project, where its audit
    /// entry goes. Answers false when the name is taken.
    pub async fn insert_project(&mut self, project: &NewProject) -> Result<bool> {
        if !insert(self.parts().0, project).await? {
            return Ok(false);
        }
        for environment in first_environments() {
            insert_environment(self.parts().0, project, environment).await?;
        }
        self.push(Change::new(ChangeKind::Project, &json!({"id": project.id, "name": project.name})));
        Ok(true)
    }
}

async fn insert(conn: Conn<'_>, project: &NewProject) -> Result<bool> {
    Ok(execute!(conn, INSERT_PROJECT, &project.id, &project.name, project.created_at)? == 1)
}

/// Position, name, and whether users meet it.
fn first_environments() -> impl Iterator<Item = (i64, &'static str, bool)> {
    (1_i64..).zip(ENVIRONMENTS).map(|(position, name)| (position, name, name == "production"))
}

async fn insert_environment(
    conn: Conn<'_>,
    project: &NewProject,
    (position, name, production): (i64, &str, bool),
) -> Result<()> {
    let at = project.created_at;
    let added = execute!(conn, INSERT_FIRST_ENVIRONMENT, &project.id, name, position, production, at)?;
    if added == 1 {
        return Ok(());
    }
    Err(StoreError::Broken {
        table: "environment",
        id: name.to_owned(),
        what: "it was there before its project".to_owned(),
    })
}
