//! What an empty database gets, once, whichever server comes first.

use crate::{Result, Store, StoreError};

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

    /// Inserts the project and its environments unless the name is taken. Answers whether it is new. It has no
    /// audit entry yet: the caller writes one through [`Store::write`], as for every change.
    ///
    /// # Errors
    /// The database cannot be reached or written.
    pub async fn insert_project(&self, project: &NewProject, with_environments: bool) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let inserted =
            execute!(tx.conn(), INSERT_PROJECT, &project.id, &project.name, project.created_at)? == 1;
        if inserted && with_environments {
            for (position, name) in (1_i64..).zip(ENVIRONMENTS) {
                let production = name == "production";
                let added = execute!(
                    tx.conn(),
                    INSERT_FIRST_ENVIRONMENT,
                    &project.id,
                    name,
                    position,
                    production,
                    project.created_at
                )?;
                if added != 1 {
                    return Err(StoreError::Broken {
                        table: "environment",
                        id: name.to_owned(),
                        what: "it was there before its project".to_owned(),
                    });
                }
            }
        }
        tx.commit().await?;
        Ok(inserted)
    }
}
