//! The only file that writes what decides which version is served: the live rows, the archive flags, labels, former
//! names and the policies of environments.

use serde_json::json;

use crate::{
    Change, ChangeKind, EnvironmentRow, PromptRow, Result, StoreError, prompt::fold, write::WriteTx,
};

statements! {
    END_DEPLOYMENT = "UPDATE deployment SET ended_at = $4 WHERE id = \
        (SELECT deployment_id FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL)";
    /// Cleared before the new one is set: a unique index is checked at once.
    END_LIVE = "UPDATE live SET until = $4, taken_back = $5 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 \
        AND until IS NULL";
    INSERT_DEPLOYMENT = "INSERT INTO deployment (id, project_id, prompt_id, environment, version_id, from_version_id, \
        build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'completed', 'immediate', $8, $9, $10, $11, NULL, $12)";
    INSERT_LIVE = "INSERT INTO live (deployment_id, project_id, prompt_id, environment, version_id, build_hash, since, \
        until, revision, taken_back) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, FALSE)";
    ARCHIVE_PROMPT = "UPDATE prompt SET archived_at = $3, updated_at = $4, revision = $5 \
        WHERE project_id = $1 AND id = $2";
    ARCHIVE_VERSION = "UPDATE version SET archived_at = $3 WHERE project_id = $1 AND id = $2";
    BEGIN_ARCHIVED = "INSERT INTO prompt_archived (prompt_id, since, until, project_id) VALUES ($1, $2, NULL, $3)";
    END_ARCHIVED = "UPDATE prompt_archived SET until = $2 WHERE prompt_id = $1 AND until IS NULL";
    PUT_LABEL = "INSERT INTO label (prompt_id, name, project_id, version_id, updated_by, updated_at, revision) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (prompt_id, name) DO UPDATE SET \
        version_id = excluded.version_id, updated_by = excluded.updated_by, updated_at = excluded.updated_at, \
        revision = excluded.revision";
    DELETE_LABEL = "DELETE FROM label WHERE project_id = $1 AND prompt_id = $2 AND name = $3";
    SET_ROLLBACK = "UPDATE environment SET rollback = $3 WHERE project_id = $1 AND name = $2";
    RENAME_PROMPT = "UPDATE prompt SET name = $3, name_folded = $4, updated_at = $5, revision = $6, renamed_revision = $6 \
        WHERE project_id = $1 AND id = $2";
    INSERT_REDIRECT = "INSERT INTO redirect (project_id, name_folded, name, prompt_id, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
    DELETE_REDIRECT = "DELETE FROM redirect WHERE project_id = $1 AND name_folded = $2 AND prompt_id = $3";
    DELETE_VERSION_INCLUDES = "DELETE FROM include WHERE version_id = $1";
    DELETE_VERSION = "DELETE FROM version WHERE project_id = $1 AND id = $2";
    /// Nothing else of the prompt's row: servers that follow are told of the version only.
    KEEP_SEQUENCE = "UPDATE prompt SET last_sequence = $3 WHERE project_id = $1 AND id = $2 AND last_sequence < $3";
    DELETE_PROMPT_SAMPLES = "DELETE FROM sample WHERE prompt_id = $1";
    DELETE_PROMPT_LABELS = "DELETE FROM label WHERE prompt_id = $1";
    DELETE_PROMPT_REDIRECTS = "DELETE FROM redirect WHERE prompt_id = $1";
    DELETE_PROMPT_ARCHIVED = "DELETE FROM prompt_archived WHERE prompt_id = $1";
    DELETE_PROMPT_INCLUDES = "DELETE FROM include WHERE version_id IN (SELECT id FROM version WHERE prompt_id = $1)";
    DELETE_PROMPT_VERSIONS = "DELETE FROM version WHERE prompt_id = $1";
    DELETE_PROMPT = "DELETE FROM prompt WHERE project_id = $1 AND id = $2";
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
    /// Back to an older version that was live here before: what it replaces was taken back.
    pub back: bool,
    pub reason: String,
    pub actor: String,
}

#[derive(Debug, Clone)]
pub enum Archive<'a> {
    Prompt { prompt: &'a PromptRow, archived: bool },
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
        let ended =
            execute!(conn, END_LIVE, project.as_str(), &new.prompt_id, &new.environment, at, new.back)?;
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
            if new.back { "back" } else { "forward" },
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
            detail: json!({"back": new.back}).to_string(),
        });
        Ok(())
    }

    pub async fn apply_archive(&mut self, what: &Archive<'_>) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        match *what {
            Archive::Prompt { prompt, archived } => {
                let archived_at = archived.then_some(at);
                execute!(conn, ARCHIVE_PROMPT, project.as_str(), &prompt.id, archived_at, at, revision)?;
                let (conn, project) = self.parts();
                if archived {
                    execute!(conn, BEGIN_ARCHIVED, &prompt.id, at, project.as_str())?;
                } else {
                    execute!(conn, END_ARCHIVED, &prompt.id, at)?;
                }
                self.push_prompt(&PromptRow { archived_at, updated_at: at, revision, ..prompt.clone() })
                    .await?;
            }
            Archive::Version { prompt_id, id, archived } => {
                execute!(conn, ARCHIVE_VERSION, project.as_str(), id, archived.then_some(at))?;
                self.push_version(prompt_id, id, archived);
            }
        }
        Ok(())
    }

    /// Points a label to a version; a label of that name moves.
    pub async fn apply_label(
        &mut self,
        prompt_id: &str,
        name: &str,
        version_id: &str,
        by: &str,
    ) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (conn, project) = self.parts();
        execute!(conn, PUT_LABEL, prompt_id, name, project.as_str(), version_id, by, at, revision)?;
        self.push(Change {
            version_id: Some(version_id.to_owned()),
            ..Change::new(ChangeKind::Label, &json!({"name": name})).prompt(prompt_id)
        });
        Ok(())
    }

    /// Answers false when there is none.
    pub async fn apply_unlabel(&mut self, prompt_id: &str, name: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_LABEL, project.as_str(), prompt_id, name)? == 1;
        self.push(Change::new(ChangeKind::Label, &json!({"name": name, "deleted": true})).prompt(prompt_id));
        Ok(deleted)
    }

    /// `rollback`: `allowed` or `fix_forward`.
    pub async fn apply_policy(&mut self, environment: &EnvironmentRow, rollback: &str) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, SET_ROLLBACK, project.as_str(), &environment.name, rollback)?;
        self.push_environment(&EnvironmentRow { rollback: rollback.to_owned(), ..environment.clone() });
        Ok(())
    }

    /// Gives a prompt another name; callers of the old one still get it.
    pub async fn apply_rename(&mut self, prompt: &PromptRow, name: &str) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let (old, new) = (fold(&prompt.name), fold(name));
        let (conn, project) = self.parts();
        execute!(conn, DELETE_REDIRECT, project.as_str(), &new, &prompt.id)?;
        let (conn, project) = self.parts();
        execute!(conn, RENAME_PROMPT, project.as_str(), &prompt.id, name, &new, at, revision)?;
        if old != new {
            let (conn, project) = self.parts();
            execute!(conn, INSERT_REDIRECT, project.as_str(), &old, &prompt.name, &prompt.id, at)?;
        }
        self.push_prompt(&PromptRow { name: name.to_owned(), updated_at: at, revision, ..prompt.clone() })
            .await
    }

    /// A name that the prompt had where it was imported from. That it is free is for the caller to see.
    pub async fn apply_former_name(&mut self, prompt: &PromptRow, name: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, INSERT_REDIRECT, project.as_str(), fold(name), name, &prompt.id, at)?;
        self.push_prompt(prompt).await
    }

    /// Forgets a former name. Answers false when the prompt had none like it.
    pub async fn apply_forget_name(&mut self, prompt: &PromptRow, name_folded: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_REDIRECT, project.as_str(), name_folded, &prompt.id)? == 1;
        self.push_prompt(prompt).await?;
        Ok(deleted)
    }

    /// Deletes a version that nothing refers to. Its sequence number stays used.
    pub async fn apply_delete_version(&mut self, prompt_id: &str, id: &str) -> Result<()> {
        let last = self.project().version_latest(prompt_id).await?.map_or(0, |row| row.sequence);
        let (conn, project) = self.parts();
        execute!(conn, KEEP_SEQUENCE, project.as_str(), prompt_id, last)?;
        execute!(self.parts().0, DELETE_VERSION_INCLUDES, id)?;
        let (conn, project) = self.parts();
        execute!(conn, DELETE_VERSION, project.as_str(), id)?;
        let latest = self.project().version_latest(prompt_id).await?.map(|row| row.id);
        self.push(Change {
            version_id: latest,
            ..Change::new(ChangeKind::Version, &json!({"version": id, "deleted": true})).prompt(prompt_id)
        });
        Ok(())
    }

    /// Deletes a prompt with its versions, samples and former names: nothing of it was ever served.
    pub async fn apply_delete_prompt(&mut self, prompt: &PromptRow) -> Result<()> {
        let deletes = [
            DELETE_PROMPT_SAMPLES,
            DELETE_PROMPT_LABELS,
            DELETE_PROMPT_REDIRECTS,
            DELETE_PROMPT_ARCHIVED,
            DELETE_PROMPT_INCLUDES,
            DELETE_PROMPT_VERSIONS,
        ];
        for text in deletes {
            execute!(self.parts().0, text, &prompt.id)?;
        }
        let (conn, project) = self.parts();
        execute!(conn, DELETE_PROMPT, project.as_str(), &prompt.id)?;
        let detail = json!({"id": prompt.id, "name": prompt.name, "deleted": true});
        self.push(Change::new(ChangeKind::Prompt, &detail).prompt(&prompt.id));
        Ok(())
    }
}
