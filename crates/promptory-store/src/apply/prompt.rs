//! The rows of prompts, versions, labels, names and environments that decide what is served.

use promptory_core::{
    approval::{Freeze, Policy, ServingChange, Way},
    id::{PromptId, VersionId},
    time::Timestamp,
};
use serde_json::json;

use super::unlike;
use crate::{
    Change, ChangeKind, EnvironmentRow, PromptRow, Result, deployment::json_of, prompt::fold, write::WriteTx,
};

statements! {
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
    SET_POLICY = "UPDATE environment SET rollback = $3, policy = $4 WHERE project_id = $1 AND name = $2";
    /// What was decided stays; what it amounts to now is for a look at it to say, at once whatever the clock says.
    LOOK_AT_APPROVALS = "UPDATE approval SET look_at = 0 WHERE project_id = $1 AND environment = $2 AND standing";
    SET_FREEZE = "UPDATE environment SET frozen_since = $3, frozen_until = $4, freeze_reason = $5 \
        WHERE project_id = $1 AND name = $2";
    RENAME_PROMPT = "UPDATE prompt SET name = $3, name_folded = $4, updated_at = $5, revision = $6, renamed_revision = $6 \
        WHERE project_id = $1 AND id = $2";
    INSERT_REDIRECT = "INSERT INTO redirect (project_id, name_folded, name, prompt_id, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
    DELETE_REDIRECT = "DELETE FROM redirect WHERE project_id = $1 AND name_folded = $2 AND prompt_id = $3";
    /// Answers first.
    DELETE_VERSION_REPLIES = "DELETE FROM version_comment WHERE version_id = $1 AND reply_to IS NOT NULL";
    DELETE_VERSION_COMMENTS = "DELETE FROM version_comment WHERE version_id = $1";
    DELETE_VERSION_INCLUDES = "DELETE FROM include WHERE version_id = $1";
    DELETE_VERSION = "DELETE FROM version WHERE project_id = $1 AND id = $2";
    /// Nothing else of the prompt's row: servers that follow are told of the version only.
    KEEP_SEQUENCE = "UPDATE prompt SET last_sequence = $3 WHERE project_id = $1 AND id = $2 AND last_sequence < $3";
    DELETE_PROMPT_SAMPLES = "DELETE FROM sample WHERE prompt_id = $1";
    DELETE_PROMPT_LABELS = "DELETE FROM label WHERE prompt_id = $1";
    DELETE_PROMPT_REDIRECTS = "DELETE FROM redirect WHERE prompt_id = $1";
    DELETE_PROMPT_ARCHIVED = "DELETE FROM prompt_archived WHERE prompt_id = $1";
    DELETE_PROMPT_REPLIES = "DELETE FROM version_comment WHERE prompt_id = $1 AND reply_to IS NOT NULL";
    DELETE_PROMPT_COMMENTS = "DELETE FROM version_comment WHERE prompt_id = $1";
    DELETE_PROMPT_INCLUDES = "DELETE FROM include WHERE version_id IN (SELECT id FROM version WHERE prompt_id = $1)";
    DELETE_PROMPT_VERSIONS = "DELETE FROM version WHERE prompt_id = $1";
    DELETE_PROMPT = "DELETE FROM prompt WHERE project_id = $1 AND id = $2";
}

#[derive(Debug, Clone, Copy)]
pub enum Archive<'a> {
    Prompt { prompt: &'a PromptRow, archived: bool },
    Version { prompt_id: &'a str, id: &'a str, archived: bool },
}

pub(super) fn is_of(authorized: &PromptId, id: &str) -> Result<()> {
    if authorized.as_str() == id { Ok(()) } else { Err(unlike()) }
}

pub(super) fn is_version(authorized: &VersionId, id: &str) -> Result<()> {
    if authorized.as_str() == id { Ok(()) } else { Err(unlike()) }
}

impl WriteTx {
    /// A prompt that environments serve takes one proof for each of them, and no other.
    pub(super) async fn archive(&mut self, changes: &[ServingChange], archive: &Archive<'_>) -> Result<()> {
        match *archive {
            Archive::Prompt { prompt, archived } => {
                let mut open = self.project().live_environments(&prompt.id).await?;
                let served = !open.is_empty();
                for change in changes {
                    match change {
                        ServingChange::ArchiveUnserved { prompt: id, version: None } if !served => {
                            is_of(id, &prompt.id)?;
                        }
                        ServingChange::Archive { prompt: id, environment } if archived => {
                            is_of(id, &prompt.id)?;
                            open.retain(|name| name != environment);
                        }
                        ServingChange::Serve { target, way: Way::Restore } if !archived => {
                            is_of(&target.prompt, &prompt.id)?;
                            open.retain(|name| *name != target.environment);
                        }
                        _ => return Err(unlike()),
                    }
                }
                if changes.is_empty() || !open.is_empty() {
                    return Err(unlike());
                }
                self.flag_prompt(prompt, archived).await
            }
            Archive::Version { prompt_id, id, archived } => {
                let [ServingChange::ArchiveUnserved { prompt, version: Some(version) }] = changes else {
                    return Err(unlike());
                };
                is_of(prompt, prompt_id)?;
                is_version(version, id)?;
                let at = self.at().micros();
                let (conn, project) = self.parts();
                execute!(conn, ARCHIVE_VERSION, project.as_str(), id, archived.then_some(at))?;
                self.push_version(prompt_id, id, archived);
                Ok(())
            }
        }
    }

    async fn flag_prompt(&mut self, prompt: &PromptRow, archived: bool) -> Result<()> {
        let (at, revision) = (self.at().micros(), self.revision());
        let archived_at = archived.then_some(at);
        let (conn, project) = self.parts();
        execute!(conn, ARCHIVE_PROMPT, project.as_str(), &prompt.id, archived_at, at, revision)?;
        let (conn, project) = self.parts();
        if archived {
            execute!(conn, BEGIN_ARCHIVED, &prompt.id, at, project.as_str())?;
        } else {
            execute!(conn, END_ARCHIVED, &prompt.id, at)?;
        }
        self.push_prompt(&PromptRow { archived_at, updated_at: at, revision, ..prompt.clone() }).await
    }

    /// Points a label to a version; a label of that name moves.
    pub(super) async fn put_label(
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
    pub(super) async fn remove_label(&mut self, prompt_id: &str, name: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_LABEL, project.as_str(), prompt_id, name)? == 1;
        self.push(Change::new(ChangeKind::Label, &json!({"name": name, "deleted": true})).prompt(prompt_id));
        Ok(deleted)
    }

    pub(super) async fn set_policy(&mut self, environment: &EnvironmentRow, policy: &Policy) -> Result<()> {
        let (rollback, text) = (policy.rollback.as_str().to_owned(), json_of(policy)?);
        let (conn, project) = self.parts();
        execute!(conn, SET_POLICY, project.as_str(), &environment.name, &rollback, &text)?;
        let (conn, project) = self.parts();
        execute!(conn, LOOK_AT_APPROVALS, project.as_str(), &environment.name)?;
        self.push_environment(&EnvironmentRow { rollback, policy: text, ..environment.clone() });
        Ok(())
    }

    pub(super) async fn set_freeze(
        &mut self,
        environment: &EnvironmentRow,
        freeze: Option<&Freeze>,
    ) -> Result<()> {
        let since = freeze.map(|freeze| freeze.since.micros());
        let until = freeze.and_then(|freeze| freeze.until).map(Timestamp::micros);
        let reason = freeze.map_or("", |freeze| &freeze.reason);
        let (conn, project) = self.parts();
        execute!(conn, SET_FREEZE, project.as_str(), &environment.name, since, until, reason)?;
        self.push_environment(environment);
        Ok(())
    }

    /// Gives a prompt another name; callers of the old one still get it.
    pub(super) async fn rename(&mut self, prompt: &PromptRow, name: &str) -> Result<()> {
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
    pub(super) async fn add_former_name(&mut self, prompt: &PromptRow, name: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, INSERT_REDIRECT, project.as_str(), fold(name), name, &prompt.id, at)?;
        self.push_prompt(prompt).await
    }

    /// Forgets a former name. Answers false when the prompt had none like it.
    pub(super) async fn forget_name(&mut self, prompt: &PromptRow, name_folded: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_REDIRECT, project.as_str(), name_folded, &prompt.id)? == 1;
        self.push_prompt(prompt).await?;
        Ok(deleted)
    }

    /// Deletes a version that nothing refers to. Its sequence number stays used.
    pub(super) async fn delete_version(&mut self, prompt_id: &str, id: &str) -> Result<()> {
        let last = self.project().version_latest(prompt_id).await?.map_or(0, |row| row.sequence);
        let (conn, project) = self.parts();
        execute!(conn, KEEP_SEQUENCE, project.as_str(), prompt_id, last)?;
        for text in [DELETE_VERSION_REPLIES, DELETE_VERSION_COMMENTS, DELETE_VERSION_INCLUDES] {
            execute!(self.parts().0, text, id)?;
        }
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
    pub(super) async fn delete_prompt(&mut self, prompt: &PromptRow) -> Result<()> {
        let deletes = [
            DELETE_PROMPT_SAMPLES,
            DELETE_PROMPT_LABELS,
            DELETE_PROMPT_REDIRECTS,
            DELETE_PROMPT_ARCHIVED,
            DELETE_PROMPT_REPLIES,
            DELETE_PROMPT_COMMENTS,
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
