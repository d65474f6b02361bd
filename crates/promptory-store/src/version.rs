//! Reads of versions.

use crate::{Result, read::ProjectReader};

statements! {
    VERSION_BY_SEQUENCE = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence = $3";
    VERSION_BY_NUMBER = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND major = $3 AND minor = $4 AND patch = $5 AND pre = $6";
    VERSION_LATEST = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at FROM version WHERE project_id = $1 AND prompt_id = $2 ORDER BY sequence DESC LIMIT 1";
    VERSION_LIVE_IN = "SELECT v.id, v.prompt_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, \
        v.variables, v.settings, v.content_hash, v.note, v.metadata, v.tags, v.author, v.created_at, v.archived_at, \
        v.deprecated_at, v.source_author, v.source_created_at FROM live l JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.environment = $3 AND l.until IS NULL";
    LIST_VERSIONS = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4";
    COUNT_VERSIONS = "SELECT COUNT(*) AS n FROM version WHERE project_id = $1 AND prompt_id = $2";
    /// The highest number (not the newest): the contract of the next is compared with it. Its sequence is not the
    /// highest sequence.
    HIGHEST_VERSION = "SELECT v.id AS version_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, \
        CAST((SELECT MAX(s.sequence) FROM version s WHERE s.prompt_id = $2) AS BIGINT) AS last_sequence, \
        CAST((SELECT MIN(d.sequence) FROM version d WHERE d.prompt_id = $2 AND d.content_hash = $3) AS BIGINT) \
        AS same_sequence \
        FROM version v WHERE v.project_id = $1 AND v.prompt_id = $2 AND v.pre = '' \
        ORDER BY v.major DESC, v.minor DESC, v.patch DESC LIMIT 1";
    SAME_CONTENT = "SELECT major, minor, patch, pre, sequence FROM version \
        WHERE project_id = $1 AND prompt_id = $2 AND content_hash = $3 ORDER BY sequence LIMIT 1";
    VERSION_NUMBERS = "SELECT major, minor, patch, pre, sequence FROM version \
        WHERE project_id = $1 AND prompt_id = $2";
    USABLE_NUMBERS = "SELECT major, minor, patch, pre, sequence FROM version \
        WHERE project_id = $1 AND prompt_id = $2 AND archived_at IS NULL ORDER BY sequence DESC";
    LIST_VERSIONS_UP = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4";
    /// Where a version is and was live, from which its status follows.
    VERSION_FACTS = "SELECT l.environment, e.production, CAST(MAX(CASE WHEN l.until IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS now_live \
        FROM live l JOIN environment e ON e.project_id = l.project_id AND e.name = l.environment \
        WHERE l.project_id = $1 AND l.version_id = $2 GROUP BY l.environment, e.production, e.position \
        ORDER BY e.position";
    /// Being rolled out, or asked for.
    IN_TRIAL = "SELECT version_id FROM rollout WHERE project_id = $1 AND version_id = $2 UNION SELECT version_id \
        FROM approval WHERE project_id = $1 AND version_id = $2 AND standing UNION SELECT version_id FROM deployment \
        WHERE project_id = $1 AND version_id = $2 AND state = 'pending_approval'";
    ALL_IN_TRIAL = "SELECT version_id FROM rollout WHERE project_id = $1 AND prompt_id = $2 UNION SELECT version_id \
        FROM approval WHERE project_id = $1 AND prompt_id = $2 AND version_id IS NOT NULL AND standing \
        UNION SELECT version_id FROM deployment \
        WHERE project_id = $1 AND prompt_id = $2 AND state = 'pending_approval'";
    PAGE_FACTS = "SELECT l.version_id, l.environment, e.production, \
        CAST(MAX(CASE WHEN l.until IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS now_live \
        FROM live l JOIN environment e ON e.project_id = l.project_id AND e.name = l.environment \
        JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 AND l.prompt_id = $2 AND v.sequence >= $3 AND v.sequence <= $4 \
        GROUP BY l.version_id, l.environment, e.production, e.position ORDER BY e.position";
}

row! {
    pub struct VersionRow {
        pub id: String,
        pub prompt_id: String,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content: String,
        pub template: String,
        pub variables: String,
        pub settings: String,
        pub content_hash: String,
        pub note: String,
        pub metadata: String,
        pub tags: String,
        pub author: String,
        pub created_at: i64,
        pub archived_at: Option<i64>,
        pub deprecated_at: Option<i64>,
        /// Who made it where it was imported from.
        pub source_author: Option<String>,
        pub source_created_at: Option<i64>,
    }
}

row! {
    pub struct HighestVersion {
        pub version_id: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content: String,
        pub template: String,
        pub variables: String,
        pub settings: String,
        pub last_sequence: i64,
        /// The oldest version with the content asked about.
        pub same_sequence: Option<i64>,
    }
}

row! {
    pub struct NumberRow {
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub sequence: i64,
    }
}

row! {
    pub struct FactRow {
        pub environment: String,
        pub production: bool,
        pub now_live: i64,
    }
}

row! {
    pub struct PageFactRow {
        pub version_id: String,
        pub environment: String,
        pub production: bool,
        pub now_live: i64,
    }
}

/// What a version's status follows from.
#[derive(Debug, Clone, Default)]
pub struct VersionFacts {
    pub live_in: Vec<String>,
    pub live_in_production: bool,
    pub was_in_production: bool,
    /// A share of some environment's callers gets it, or approval is asked for.
    pub rolling_out: bool,
}

impl VersionFacts {
    fn add(&mut self, environment: String, production: bool, now: bool) {
        if now {
            self.live_in.push(environment);
            self.live_in_production |= production;
        }
        self.was_in_production |= production;
    }
}

impl ProjectReader<'_> {
    pub async fn version_by_sequence(
        &mut self,
        prompt_id: &str,
        sequence: i64,
    ) -> Result<Option<VersionRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), VersionRow, VERSION_BY_SEQUENCE, project.as_str(), prompt_id, sequence)
    }

    pub async fn version_by_number(
        &mut self,
        prompt_id: &str,
        (major, minor, patch, pre): (i64, i64, i64, &str),
    ) -> Result<Option<VersionRow>> {
        let project = self.project;
        fetch_optional!(
            self.conn(),
            VersionRow,
            VERSION_BY_NUMBER,
            project.as_str(),
            prompt_id,
            major,
            minor,
            patch,
            pre
        )
    }

    /// Newest by sequence.
    pub async fn version_latest(&mut self, prompt_id: &str) -> Result<Option<VersionRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), VersionRow, VERSION_LATEST, project.as_str(), prompt_id)
    }

    pub async fn version_live_in(
        &mut self,
        prompt_id: &str,
        environment: &str,
    ) -> Result<Option<VersionRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), VersionRow, VERSION_LIVE_IN, project.as_str(), prompt_id, environment)
    }

    /// Newest first, sequences below `before`.
    pub async fn versions(&mut self, prompt_id: &str, before: i64, limit: i64) -> Result<Vec<VersionRow>> {
        let project = self.project;
        fetch_all!(self.conn(), VersionRow, LIST_VERSIONS, project.as_str(), prompt_id, before, limit)
    }

    /// Oldest first, sequences above `after`.
    pub async fn versions_up(&mut self, prompt_id: &str, after: i64, limit: i64) -> Result<Vec<VersionRow>> {
        let project = self.project;
        fetch_all!(self.conn(), VersionRow, LIST_VERSIONS_UP, project.as_str(), prompt_id, after, limit)
    }

    pub async fn count_versions(&mut self, prompt_id: &str) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_VERSIONS, project.as_str(), prompt_id)?;
        Ok(n)
    }

    pub async fn highest_version(
        &mut self,
        prompt_id: &str,
        content_hash: &str,
    ) -> Result<Option<HighestVersion>> {
        let project = self.project;
        let project = project.as_str();
        fetch_optional!(self.conn(), HighestVersion, HIGHEST_VERSION, project, prompt_id, content_hash)
    }

    pub async fn same_content(&mut self, prompt_id: &str, content_hash: &str) -> Result<Option<NumberRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), NumberRow, SAME_CONTENT, project.as_str(), prompt_id, content_hash)
    }

    pub async fn version_numbers(&mut self, prompt_id: &str) -> Result<Vec<NumberRow>> {
        let project = self.project;
        fetch_all!(self.conn(), NumberRow, VERSION_NUMBERS, project.as_str(), prompt_id)
    }

    /// Of versions that are not archived, the newest first.
    pub async fn usable_numbers(&mut self, prompt_id: &str) -> Result<Vec<NumberRow>> {
        let project = self.project;
        fetch_all!(self.conn(), NumberRow, USABLE_NUMBERS, project.as_str(), prompt_id)
    }

    pub async fn version_facts(&mut self, version_id: &str) -> Result<VersionFacts> {
        let project = self.project;
        let rows = fetch_all!(self.conn(), FactRow, VERSION_FACTS, project.as_str(), version_id)?;
        let mut facts = VersionFacts::default();
        for row in rows {
            facts.add(row.environment, row.production, row.now_live == 1);
        }
        let project = self.project;
        let tried = fetch_all!(self.conn(), (String,), IN_TRIAL, project.as_str(), version_id)?;
        facts.rolling_out = !tried.is_empty();
        Ok(facts)
    }

    /// Facts of the versions with these sequences, both included, by version id.
    pub async fn versions_facts(
        &mut self,
        prompt_id: &str,
        first: i64,
        last: i64,
    ) -> Result<std::collections::HashMap<String, VersionFacts>> {
        let project = self.project;
        let rows =
            fetch_all!(self.conn(), PageFactRow, PAGE_FACTS, project.as_str(), prompt_id, first, last)?;
        let mut by_version = std::collections::HashMap::<String, VersionFacts>::new();
        for row in rows {
            by_version.entry(row.version_id).or_default().add(
                row.environment,
                row.production,
                row.now_live == 1,
            );
        }
        let project = self.project;
        let tried = fetch_all!(self.conn(), (String,), ALL_IN_TRIAL, project.as_str(), prompt_id)?;
        for (version_id,) in tried {
            by_version.entry(version_id).or_default().rolling_out = true;
        }
        Ok(by_version)
    }
}
