//! Migrations: numbered once, one text for both databases, forward and back.

use std::collections::HashSet;

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use crate::{Dialect, Result, Store, StoreError, db::Pools};

statements! {
    OLDEST_BINARY = "SELECT value FROM meta WHERE name = 'oldest_binary'";
    /// Of the schema, not of the program that happens to migrate.
    SET_OLDEST_BINARY = "INSERT INTO meta (name, value) VALUES ('oldest_binary', $1) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    /// Written for good: a database that is read only refuses it, and so does a full disk.
    PROBE = "INSERT INTO meta (name, value) VALUES ('probe', $1) ON CONFLICT (name) DO UPDATE \
        SET value = excluded.value";
}

struct Step {
    number: i64,
    name: &'static str,
    /// The oldest program that may run on a database with this step. The release before always may.
    oldest_binary: &'static str,
    up: &'static str,
    down: &'static str,
}

/// Knows of the tables by day, which are not made by a migration.
const EXECUTIONS: i64 = 6;

const STEPS: &[Step] = &[
    Step {
        number: 1,
        name: "registry",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0001_registry.up.sql"),
        down: include_str!("../migrations/0001_registry.down.sql"),
    },
    Step {
        number: 2,
        name: "versioning",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0002_versioning.up.sql"),
        down: include_str!("../migrations/0002_versioning.down.sql"),
    },
    Step {
        number: 3,
        name: "sources",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0003_sources.up.sql"),
        down: include_str!("../migrations/0003_sources.down.sql"),
    },
    Step {
        number: 4,
        name: "people",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0004_people.up.sql"),
        down: include_str!("../migrations/0004_people.down.sql"),
    },
    Step {
        number: 5,
        name: "prices",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0005_prices.up.sql"),
        down: include_str!("../migrations/0005_prices.down.sql"),
    },
    Step {
        number: EXECUTIONS,
        name: "executions",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0006_executions.up.sql"),
        down: include_str!("../migrations/0006_executions.down.sql"),
    },
    Step {
        number: 7,
        name: "rollouts",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0007_rollouts.up.sql"),
        down: include_str!("../migrations/0007_rollouts.down.sql"),
    },
    Step {
        number: 8,
        name: "approval",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0008_approval.up.sql"),
        down: include_str!("../migrations/0008_approval.down.sql"),
    },
    Step {
        number: 9,
        name: "ways_back",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0009_ways_back.up.sql"),
        down: include_str!("../migrations/0009_ways_back.down.sql"),
    },
    Step {
        number: 10,
        name: "webhooks",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0010_webhooks.up.sql"),
        down: include_str!("../migrations/0010_webhooks.down.sql"),
    },
    Step {
        number: 11,
        name: "comments",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0011_comments.up.sql"),
        down: include_str!("../migrations/0011_comments.down.sql"),
    },
    Step {
        number: 12,
        name: "releases",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0012_releases.up.sql"),
        down: include_str!("../migrations/0012_releases.down.sql"),
    },
    Step {
        number: 13,
        name: "threads",
        oldest_binary: "0.1.0",
        up: include_str!("../migrations/0013_threads.up.sql"),
        down: include_str!("../migrations/0013_threads.down.sql"),
    },
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    pub number: i64,
    pub name: String,
    pub applied: bool,
}

/// A line that starts with `--@postgres ` is run on PostgreSQL only; for SQLite it stays a comment.
fn text_for(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Sqlite => text.to_owned(),
        Dialect::Postgres => text.replace("--@postgres ", ""),
    }
}

fn migrator(dialect: Dialect) -> Migrator {
    let migration = |step: &Step, kind, text| {
        let sql = AssertSqlSafe(text_for(dialect, text)).into_sql_str();
        Migration::new(step.number, step.name.into(), kind, sql, false)
    };
    let migrations = STEPS
        .iter()
        .flat_map(|step| {
            [
                migration(step, MigrationType::ReversibleUp, step.up),
                migration(step, MigrationType::ReversibleDown, step.down),
            ]
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // A newer server may have migrated already; the schema says by `oldest_binary` whether this one may run on it.
    migrator.set_ignore_missing(true);
    migrator
}

/// Of the migrations of this program.
pub(crate) fn known_steps() -> Vec<i64> {
    STEPS.iter().map(|step| step.number).collect()
}

/// Where applied migrations are noted.
pub(crate) fn table_name() -> String {
    migrator(Dialect::Sqlite).table_name.into_owned()
}

pub(crate) fn failed(error: MigrateError) -> StoreError {
    StoreError::Migration(error.to_string())
}

pub(crate) fn no_such_table(error: &MigrateError) -> bool {
    let MigrateError::Execute(sqlx::Error::Database(error)) = error else { return false };
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}

impl Store {
    /// Applies what is missing. Of several servers that start at once, one migrates and the others wait.
    ///
    /// # Errors
    /// A migration failed and was rolled back.
    pub async fn migrate(&self) -> Result<()> {
        let migrator = migrator(self.dialect());
        match &self.pools {
            Pools::Sqlite { write, .. } => migrator.run_direct(None, write.lock().await?.conn(), false).await,
            // The wait for the other server's migration must not be cut by the lock time-out of requests.
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                sqlx::raw_sql("SET lock_timeout = 0; SET statement_timeout = 0").execute(&mut *conn).await?;
                // Not `run`: what it asks of a borrowed connection makes a future that cannot be spawned.
                let done = migrator.run_direct(None, &mut *conn, false).await;
                conn.close_on_drop();
                done
            }
        }
        .map_err(failed)?;
        self.state_oldest_binary().await
    }

    /// Where a newer program has migrated further, its word stays.
    async fn state_oldest_binary(&self) -> Result<()> {
        let applied = self.applied().await?;
        let Some(step) = STEPS.iter().rfind(|step| applied.contains(&step.number)) else { return Ok(()) };
        if applied.iter().any(|number| *number > step.number) {
            return Ok(());
        }
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), SET_OLDEST_BINARY, step.oldest_binary)?;
        tx.commit().await
    }

    /// Takes the newest `steps` migrations back.
    ///
    /// # Errors
    /// A migration failed and was rolled back.
    pub async fn migrate_down(&self, steps: u32) -> Result<()> {
        let applied: Vec<i64> =
            self.migrations().await?.into_iter().filter(|m| m.applied).map(|m| m.number).collect();
        let keep = applied.len().saturating_sub(steps as usize);
        let target = keep.checked_sub(1).and_then(|last| applied.get(last)).copied().unwrap_or(0);
        if target < EXECUTIONS && applied.contains(&EXECUTIONS) {
            self.drop_all_days().await?;
        }
        let migrator = migrator(self.dialect());
        match &self.pools {
            Pools::Sqlite { write, .. } => migrator.undo(write.lock().await?.conn(), target).await,
            Pools::Postgres(pool) => migrator.undo(pool, target).await,
        }
        .map_err(failed)?;
        self.state_oldest_binary().await
    }

    /// # Errors
    /// The database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<MigrationStatus>> {
        let applied = self.applied().await?;
        Ok(STEPS
            .iter()
            .map(|step| MigrationStatus {
                number: step.number,
                name: step.name.to_owned(),
                applied: applied.contains(&step.number),
            })
            .collect())
    }

    /// The numbers of what is applied, a newer program's among them.
    async fn applied(&self) -> Result<HashSet<i64>> {
        use sqlx::migrate::Migrate;
        let table = table_name();
        let applied = match &self.pools {
            Pools::Sqlite { write, .. } => write.lock().await?.conn().list_applied_migrations(&table).await,
            Pools::Postgres(pool) => pool.acquire().await?.list_applied_migrations(&table).await,
        };
        // Not made here: servers that ask at once on an empty PostgreSQL would race for it.
        let applied = match applied {
            Err(error) if no_such_table(&error) => Vec::new(),
            applied => applied.map_err(failed)?,
        };
        Ok(applied.into_iter().map(|migration| migration.version).collect())
    }

    /// The oldest version of the program that may run on this schema; none on an empty database.
    pub async fn oldest_binary(&self) -> Result<Option<String>> {
        if !self.migrations().await?.iter().any(|migration| migration.applied) {
            return Ok(None);
        }
        let mut pooled = self.pooled().await?;
        let row: Option<(String,)> = fetch_optional!(pooled.conn(), (String,), OLDEST_BINARY)?;
        Ok(row.map(|(value,)| value))
    }

    /// Whether the database answers and can be written to.
    pub async fn ping(&self) -> Result<()> {
        self.probe("").await
    }

    /// The same with this much to write: a full disk may still have room for a little.
    pub async fn probe(&self, text: &str) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), PROBE, text)?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_serves_both_databases() {
        let text = "--@postgres CREATE DOMAIN d AS text;\nCREATE TABLE t (a d);";
        assert_eq!(text_for(Dialect::Sqlite, text), text);
        assert_eq!(text_for(Dialect::Postgres, text), "CREATE DOMAIN d AS text;\nCREATE TABLE t (a d);");
    }
}
