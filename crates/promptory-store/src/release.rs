//! Releases: which deployments belong together. Where they stand is in the rows of deployments.

use crate::{Result, read::ProjectReader, write::WriteTx};

macro_rules! releases {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.environment, r.approval_id, r.reason, r.actor, r.created_at FROM release r \
             WHERE r.project_id = $1 AND ",
            $rest
        )
    };
}

statements! {
    INSERT_RELEASE = "INSERT INTO release (id, project_id, environment, approval_id, reason, actor, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_RELEASE_ITEM = "INSERT INTO release_item (release_id, place, project_id, deployment_id, dependent) \
        VALUES ($1, $2, $3, $4, $5)";
    LIST_RELEASES = releases!("(r.created_at, r.id) < ($2, $3) AND (CAST($4 AS TEXT) IS NULL OR r.environment = $4) \
        AND (CAST($5 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM release_item i JOIN deployment d ON d.id = i.deployment_id \
        WHERE i.release_id = r.id AND d.prompt_id = $5)) ORDER BY r.created_at DESC, r.id DESC LIMIT $6");
    RELEASE_BY_ID = releases!("r.id = $2");
}

row! {
    pub struct ReleaseRow {
        pub id: String,
        pub environment: String,
        /// What it waits for, or began by; none: nobody was asked for the whole.
        pub approval_id: Option<String>,
        pub reason: String,
        pub actor: String,
        pub created_at: i64,
    }
}

#[derive(Debug, Clone, Copy)]
pub struct NewRelease<'a> {
    pub id: &'a str,
    pub environment: &'a str,
    pub approval_id: Option<&'a str>,
    pub reason: &'a str,
    pub actor: &'a str,
}

/// Which releases are wanted; all of them where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReleaseFilter<'a> {
    /// One of its prompts.
    pub prompt_id: Option<&'a str>,
    pub environment: Option<&'a str>,
}

impl ProjectReader<'_> {
    pub async fn release(&mut self, id: &str) -> Result<Option<ReleaseRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), ReleaseRow, RELEASE_BY_ID, project.as_str(), id)
    }

    /// Newest first, before the given time and id.
    pub async fn releases(
        &mut self,
        before: (i64, &str),
        filter: ReleaseFilter<'_>,
        limit: i64,
    ) -> Result<Vec<ReleaseRow>> {
        let project = self.project;
        let ReleaseFilter { prompt_id, environment } = filter;
        fetch_all!(
            self.conn(),
            ReleaseRow,
            LIST_RELEASES,
            project.as_str(),
            before.0,
            before.1,
            environment,
            prompt_id,
            limit
        )
    }
}

impl WriteTx {
    pub async fn insert_release(&mut self, new: &NewRelease<'_>) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_RELEASE,
            new.id,
            project.as_str(),
            new.environment,
            new.approval_id,
            new.reason,
            new.actor,
            at
        )?;
        Ok(())
    }

    /// `dependent`: nobody named it, it includes what was named.
    pub async fn add_to_release(
        &mut self,
        release_id: &str,
        place: i64,
        (deployment_id, dependent): (&str, bool),
    ) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, INSERT_RELEASE_ITEM, release_id, place, project.as_str(), deployment_id, dependent)?;
        Ok(())
    }
}
