//! The only file that writes what decides which version is served: the live rows and the archive flags.

use serde_json::json;

use crate::{Change, ChangeKind, Result, StoreError, write::WriteTx};

statements! {
    END_DEPLOYMENT = "UPDATE deployment SET ended_at = $4 WHERE id = \
        (SELECT deployment_id FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL)";
    /// Cleared before the new one is set: a unique index is checked at once.
    END_LIVE = "UPDATE live SET until = $4 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 \
        AND until IS NULL";
    INSERT_DEPLOYMENT = "INSERT INTO deployment (id, project_id, prompt_id, environment, version_id, from_version_id, \
        build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'completed', 'immediate', $8, $9, $10, $11, NULL, $12)";
    INSERT_LIVE = "INSERT INTO live (deployment_id, project_id, prompt_id, environment, version_id, build_hash, since, \
        until, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)";
    ARCHIVE_PROMPT = "UPDATE prompt SET archived_at = $3, updated_at = $4, revision = $5 \
        WHERE project_id = $1 AND id = $2";
    ARCHIVE_VERSION = "UPDATE version SET archived_at = $3 WHERE project_id = $1 AND id = $2";
}

/// Makes a build live in an environment, at once.
#[derive(Debug, Clone)]
pub struct Activation {
    pub deployment_id: String,
    pub prompt_id: String,
    pub environment: String,
    pub version_id: String,
    pub from_version_id: Option<String>,
    pub build_hash: String,
    /// `forward` or `back`.
    pub direction: &'static str,
    pub reason: String,
    pub actor: String,
}

#[derive(Debug, Clone)]
pub enum Archive<'a> {
    Prompt { id: &'a str, name: &'a str, kind: &'a str, archived: bool },
    Version { prompt_id: &'a str, id: &'a str, archived: bool },
}

impl WriteTx {
    /// # Errors
    /// The live row is not the one that the caller decided from.
    pub async fn apply_activation(&mut self, new: &Activation) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(conn, END_DEPLOYMENT, project.as_str(), &new.prompt_id, &new.environment, at)?;
        let (conn, project) = self.parts();
        let ended = execute!(conn, END_LIVE, project.as_str(), &new.prompt_id, &new.environment, at)?;
        if ended != u64::from(new.from_version_id.is_some()) {
            return Err(StoreError::Broken {
                table: "live",
                id: format!("{} {}", new.prompt_id, new.environment),
                what: format!("{ended} live rows where the decision saw {:?}", new.from_version_id),
            });
        }
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_DEPLOYMENT,
            &new.deployment_id,
            project.as_str(),
            &new.prompt_id,
            &new.environment,
            &new.version_id,
            &new.from_version_id,
            &new.build_hash,
            new.direction,
            &new.reason,
            &new.actor,
            at,
            revision
        )?;
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_LIVE,
            &new.deployment_id,
            project.as_str(),
            &new.prompt_id,
            &new.environment,
            &new.version_id,
            &new.build_hash,
            at,
            revision
        )?;
        self.push(Change {
            kind: ChangeKind::Live,
            prompt_id: Some(new.prompt_id.clone()),
            environment: Some(new.environment.clone()),
            version_id: Some(new.version_id.clone()),
            deployment_id: Some(new.deployment_id.clone()),
            build_hash: Some(new.build_hash.clone()),
            detail: json!({}).to_string(),
        });
        Ok(())
    }

    pub async fn apply_archive(&mut self, what: &Archive<'_>) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        match *what {
            Archive::Prompt { id, name, kind, archived } => {
                let archived_at = archived.then_some(at);
                execute!(conn, ARCHIVE_PROMPT, project.as_str(), id, archived_at, at, revision)?;
                self.push_prompt(id, name, kind, archived);
            }
            Archive::Version { prompt_id, id, archived } => {
                execute!(conn, ARCHIVE_VERSION, project.as_str(), id, archived.then_some(at))?;
                self.push_version(prompt_id, id, archived);
            }
        }
        Ok(())
    }
}
