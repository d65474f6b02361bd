//! What versions include, as it is written, and what the includes of a build mean.

use std::sync::Arc;

use crate::{Included, IncludedVersion, Result, read::ProjectReader, write::WriteTx};

statements! {
    INSERT_INCLUDE = "INSERT INTO include (version_id, ordinal, project_id, name, name_folded, reference) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    INCLUDES_OF_PROMPT = "SELECT i.version_id, i.name, i.reference FROM include i \
        JOIN version v ON v.id = i.version_id WHERE i.project_id = $1 AND v.prompt_id = $2 \
        AND v.sequence >= $3 AND v.sequence <= $4 ORDER BY i.version_id, i.ordinal";
    INCLUDES_OF_VERSION = "SELECT version_id, name, reference FROM include \
        WHERE project_id = $1 AND version_id = $2 ORDER BY ordinal";
    /// Every version whose text includes the name, oldest first within its prompt, once for each way it is written.
    INCLUDED_BY = "SELECT p.name AS prompt, v.id AS version_id, v.sequence, v.major, v.minor, v.patch, v.pre, \
        i.name AS written, i.reference, i.ordinal, v.archived_at FROM include i JOIN version v ON v.id = i.version_id \
        JOIN prompt p ON p.id = v.prompt_id \
        WHERE i.project_id = $1 AND i.name_folded = $2 AND (p.name_folded, v.sequence, i.ordinal) > \
        ($3, $4, $5) ORDER BY p.name_folded, v.sequence, i.ordinal LIMIT $6";
    INSERT_BUILD_INCLUDE = "INSERT INTO build_include (version_id, build_hash, ordinal, project_id, included_id, name) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version_id, build_hash, ordinal) DO NOTHING";
    BUILD_INCLUDES = "SELECT b.version_id, b.build_hash, b.name, v.id AS included_id, v.major, v.minor, v.patch, \
        v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.sequence \
        FROM build_include b JOIN version v ON v.id = b.included_id \
        WHERE b.project_id = $1 AND b.version_id = $2 AND b.build_hash = $3 ORDER BY b.ordinal";
    /// Whether a build that was ever made holds this version.
    COUNT_BUILDS_WITH = "SELECT COUNT(*) AS n FROM build_include WHERE project_id = $1 AND included_id = $2";
    /// Live builds that hold a version of this prompt.
    LIVE_WITH = "SELECT p.name AS prompt, l.environment, l.version_id, l.build_hash, v.major, v.minor, v.patch, v.pre, \
        n.major AS included_major, n.minor AS included_minor, n.patch AS included_patch, n.pre AS included_pre \
        FROM build_include b JOIN live l ON l.version_id = b.version_id AND l.build_hash = b.build_hash \
        AND l.until IS NULL JOIN prompt p ON p.id = l.prompt_id JOIN version v ON v.id = l.version_id \
        JOIN version n ON n.id = b.included_id WHERE b.project_id = $1 AND n.prompt_id = $2 \
        ORDER BY p.name_folded, l.environment, b.ordinal";
}

row! {
    pub struct IncludeRow {
        pub version_id: String,
        pub name: String,
        pub reference: Option<String>,
    }
}

row! {
    pub struct IncluderRow {
        pub prompt: String,
        pub version_id: String,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub written: String,
        pub reference: Option<String>,
        /// Which of the includes of its version.
        pub ordinal: i64,
        pub archived_at: Option<i64>,
    }
}

row! {
    /// One include of a build: the name that it had when the build was made, and the version.
    pub struct BuildIncludeRow {
        pub version_id: String,
        pub build_hash: String,
        pub name: String,
        pub included_id: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content: String,
        pub template: String,
        pub variables: String,
        pub settings: String,
        pub content_hash: String,
        pub sequence: i64,
    }
}

row! {
    pub struct LiveWithRow {
        pub prompt: String,
        pub environment: String,
        pub version_id: String,
        pub build_hash: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub included_major: i64,
        pub included_minor: i64,
        pub included_patch: i64,
        pub included_pre: String,
    }
}

impl BuildIncludeRow {
    pub fn included(self) -> Included {
        let version = IncludedVersion {
            id: self.included_id,
            sequence: self.sequence,
            major: self.major,
            minor: self.minor,
            patch: self.patch,
            pre: self.pre,
            content: self.content,
            template: self.template,
            variables: self.variables,
            settings: self.settings,
            content_hash: self.content_hash,
        };
        Included { name: self.name, version: Arc::new(version) }
    }
}

/// One include as it is written in a version.
#[derive(Debug, Clone)]
pub struct NewInclude {
    pub name: String,
    pub name_folded: String,
    pub reference: Option<String>,
}

impl ProjectReader<'_> {
    /// What the versions with these sequences, both included, include.
    pub async fn includes_of_versions(
        &mut self,
        prompt_id: &str,
        first: i64,
        last: i64,
    ) -> Result<Vec<IncludeRow>> {
        let project = self.project;
        fetch_all!(self.conn(), IncludeRow, INCLUDES_OF_PROMPT, project.as_str(), prompt_id, first, last)
    }

    pub async fn includes_of_version(&mut self, version_id: &str) -> Result<Vec<IncludeRow>> {
        let project = self.project;
        fetch_all!(self.conn(), IncludeRow, INCLUDES_OF_VERSION, project.as_str(), version_id)
    }

    /// Versions that include this name, after a prompt's folded name, a sequence and an ordinal.
    pub async fn included_by(
        &mut self,
        name_folded: &str,
        after: (&str, i64, i64),
        limit: i64,
    ) -> Result<Vec<IncluderRow>> {
        let project = self.project;
        fetch_all!(
            self.conn(),
            IncluderRow,
            INCLUDED_BY,
            project.as_str(),
            name_folded,
            after.0,
            after.1,
            after.2,
            limit
        )
    }

    /// In the build's order; empty for a build without includes.
    pub async fn build_includes(
        &mut self,
        version_id: &str,
        build_hash: &str,
    ) -> Result<Vec<BuildIncludeRow>> {
        let project = self.project;
        fetch_all!(self.conn(), BuildIncludeRow, BUILD_INCLUDES, project.as_str(), version_id, build_hash)
    }

    pub async fn is_in_a_build(&mut self, version_id: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_BUILDS_WITH, project.as_str(), version_id)?;
        Ok(n > 0)
    }

    pub async fn live_with(&mut self, prompt_id: &str) -> Result<Vec<LiveWithRow>> {
        let project = self.project;
        fetch_all!(self.conn(), LiveWithRow, LIVE_WITH, project.as_str(), prompt_id)
    }
}

impl WriteTx {
    /// Notes what a new version includes.
    pub async fn insert_includes(&mut self, version_id: &str, includes: &[NewInclude]) -> Result<()> {
        for (ordinal, include) in (0_i64..).zip(includes) {
            let (conn, project) = self.parts();
            execute!(
                conn,
                INSERT_INCLUDE,
                version_id,
                ordinal,
                project.as_str(),
                &include.name,
                &include.name_folded,
                &include.reference
            )?;
        }
        Ok(())
    }

    /// Keeps what the includes of a build mean: ids of versions and the names of their prompts, in the build's order.
    /// A build that is kept already stays as it is: its hash says the same.
    pub async fn keep_build(
        &mut self,
        version_id: &str,
        build_hash: &str,
        includes: &[(String, String)],
    ) -> Result<()> {
        for (ordinal, (included_id, name)) in (0_i64..).zip(includes) {
            let (conn, project) = self.parts();
            let project = project.as_str();
            execute!(
                conn,
                INSERT_BUILD_INCLUDE,
                version_id,
                build_hash,
                ordinal,
                project,
                included_id,
                name
            )?;
        }
        Ok(())
    }
}
