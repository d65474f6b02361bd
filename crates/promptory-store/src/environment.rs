use promptory_core::{
    approval::{Freeze, Policy, Rollback},
    time::Timestamp,
};
use serde_json::json;

use crate::{Change, ChangeKind, Result, StoreError, read::ProjectReader, write::WriteTx};

statements! {
    LIST_ENVIRONMENTS = "SELECT name, position, production, rollback, policy, created_at, frozen_since, frozen_until, \
        freeze_reason FROM environment WHERE project_id = $1 ORDER BY position, name";
    MAKE_ROOM = "UPDATE environment SET position = position + 1 WHERE project_id = $1 AND position >= $2";
    INSERT_ENVIRONMENT = "INSERT INTO environment (project_id, name, position, production, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
}

row! {
    pub struct EnvironmentRow {
        pub name: String,
        pub position: i64,
        pub production: bool,
        /// `allowed` or `fix_forward`.
        pub rollback: String,
        /// JSON of core's `Policy`, in which `rollback` does not count.
        pub policy: String,
        pub created_at: i64,
        /// None: it is not frozen. One that has an end may be over.
        pub frozen_since: Option<i64>,
        pub frozen_until: Option<i64>,
        pub freeze_reason: String,
    }
}

impl EnvironmentRow {
    /// # Errors
    /// The row is damaged.
    pub fn policy(&self) -> Result<Policy> {
        let broken = |what| StoreError::Broken { table: "environment", id: self.name.clone(), what };
        let policy: Policy = serde_json::from_str(&self.policy).map_err(|why| broken(why.to_string()))?;
        // A release that knows nothing else of policies may have changed it.
        Ok(Policy { rollback: Rollback::parse(&self.rollback).map_err(broken)?, ..policy })
    }

    /// Whether somebody has to agree before it serves something new.
    pub fn asks(&self) -> bool {
        // What cannot be read asks for everything.
        self.policy().map_or(true, |policy| !policy.stages.is_empty())
    }

    /// The one that was begun last and not ended; whether it is on is a question of the time.
    pub fn freeze(&self) -> Option<Freeze> {
        let since = Timestamp::from_micros(self.frozen_since?);
        let until = self.frozen_until.map(Timestamp::from_micros);
        Some(Freeze { since, until, reason: self.freeze_reason.clone() })
    }
}

impl ProjectReader<'_> {
    /// In order: the last is nearest to users.
    pub async fn environments(&mut self) -> Result<Vec<EnvironmentRow>> {
        let project = self.project;
        fetch_all!(self.conn(), EnvironmentRow, LIST_ENVIRONMENTS, project.as_str())
    }
}

impl WriteTx {
    /// Adds an environment at `position`; the ones from there on move up.
    pub async fn add_environment(&mut self, name: &str, position: i64) -> Result<EnvironmentRow> {
        let created_at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, MAKE_ROOM, project.as_str(), position)?;
        let (conn, project) = self.parts();
        execute!(conn, INSERT_ENVIRONMENT, project.as_str(), name, position, false, created_at)?;
        for row in self.project().environments().await? {
            self.push_environment(&row);
        }
        let rollback = "allowed".to_owned();
        Ok(EnvironmentRow {
            name: name.to_owned(),
            position,
            production: false,
            rollback,
            policy: "{}".to_owned(),
            created_at,
            frozen_since: None,
            frozen_until: None,
            freeze_reason: String::new(),
        })
    }

    pub(crate) fn push_environment(&mut self, row: &EnvironmentRow) {
        let detail = json!({
            "name": row.name, "position": row.position, "production": row.production, "rollback": row.rollback,
            "stages": row.asks(),
        });
        let environment = Some(row.name.clone());
        self.push(Change { environment, ..Change::new(ChangeKind::Environment, &detail) });
    }
}
