//! Ways back: their history, what may not be released again unasked, and whether every server serves the target.

use promptory_core::id::ProjectId;

use crate::{Result, Store, read::ProjectReader, write::WriteTx};

/// Ways back with the names of what they are about.
macro_rules! ways_back {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.prompt_id, p.name AS prompt, w.environment, w.kind, w.cause, w.wanted, w.evidence, \
             w.from_build_hash, w.from_deployment_id, w.to_version_id, w.to_build_hash, w.to_deployment_id, \
             w.ended_rollout, w.share_ppm, w.actor, w.reason, w.at, w.revision, w.settled_at, w.effect_us, w.lagging, w.release_id, \
             f.sequence AS from_sequence, f.major AS from_major, f.minor AS from_minor, f.patch AS from_patch, \
             f.pre AS from_pre, t.sequence AS to_sequence, t.major AS to_major, t.minor AS to_minor, \
             t.patch AS to_patch, t.pre AS to_pre FROM way_back w JOIN prompt p ON p.id = w.prompt_id \
             JOIN version f ON f.id = w.from_version_id JOIN version t ON t.id = w.to_version_id \
             WHERE w.project_id = $1 AND ",
            $rest
        )
    };
}

statements! {
    LIST_WAYS_BACK = ways_back!("(w.at, w.id) < ($2, $3) AND (CAST($4 AS TEXT) IS NULL OR w.prompt_id = $4) \
        AND (CAST($5 AS TEXT) IS NULL OR w.environment = $5) ORDER BY w.at DESC, w.id DESC LIMIT $6");
    WAY_BACK_BY_ID = ways_back!("w.id = $2");
    LAST_WAY_BACK = ways_back!("w.prompt_id = $2 AND w.environment = $3 ORDER BY w.at DESC LIMIT 1");
    /// The last one by which this deployment was taken back.
    WAY_BACK_FROM = ways_back!("w.id IN (SELECT b.way_back_id FROM taken_back b WHERE b.deployment_id = $2) \
        ORDER BY w.at DESC LIMIT 1");
    /// The last time that this build was taken back and nobody has acknowledged.
    OPEN_TAKEN_BACK = "SELECT w.id, w.environment, w.actor, w.at, w.reason, v.major, v.minor, v.patch, v.pre \
        FROM taken_back b JOIN way_back w ON w.id = b.way_back_id JOIN version v ON v.id = b.version_id \
        WHERE b.project_id = $1 AND b.prompt_id = $2 AND b.environment = $3 AND b.build_hash = $4 \
        AND b.acknowledged_at IS NULL ORDER BY w.at DESC LIMIT 1";
    /// Every build that is or was live here, by its last time, the most recent first, with all its time there.
    PAST_BUILDS = "SELECT l.version_id, l.build_hash, l.deployment_id, l.since, l.until, l.taken_back, d.basis, \
        v.sequence, v.major, v.minor, v.patch, v.pre, v.archived_at, \
        CAST((SELECT SUM(COALESCE(x.until, $4) - x.since) FROM live x WHERE x.prompt_id = l.prompt_id \
        AND x.environment = l.environment AND x.build_hash = l.build_hash) AS BIGINT) AS live_us, \
        CAST((SELECT MIN(x.since) FROM live x WHERE x.prompt_id = l.prompt_id AND x.environment = l.environment \
        AND x.build_hash = l.build_hash) AS BIGINT) AS first_since, \
        (SELECT COUNT(*) FROM taken_back b WHERE b.prompt_id = l.prompt_id AND b.environment = l.environment \
        AND b.build_hash = l.build_hash AND b.acknowledged_at IS NULL) AS quarantined \
        FROM live l JOIN version v ON v.id = l.version_id JOIN deployment d ON d.id = l.deployment_id \
        WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.environment = $3 AND NOT EXISTS (SELECT 1 FROM live n \
        WHERE n.prompt_id = l.prompt_id AND n.environment = l.environment AND n.version_id = l.version_id \
        AND n.build_hash = l.build_hash AND n.since > l.since) ORDER BY l.since DESC LIMIT $5";
    UNSETTLED_WAYS_BACK = "SELECT project_id, id FROM way_back WHERE settled_at IS NULL ORDER BY at, id LIMIT $1";
    /// Deployments that wait for the end of a way back.
    ROLLING_BACK = "SELECT d.id FROM taken_back b JOIN deployment d ON d.id = b.deployment_id \
        WHERE b.project_id = $1 AND b.way_back_id = $2 AND d.state = 'rolling_back' ORDER BY d.id";
    SETTLE_WAY_BACK = "UPDATE way_back SET settled_at = $3, effect_us = $4, lagging = $5 \
        WHERE project_id = $1 AND id = $2 AND settled_at IS NULL";
    NODES_OF_PROJECT = "SELECT id, applied_revision, seen_at FROM node WHERE project_id = $1 AND seen_at >= $2 ORDER BY id";
}

row! {
    pub struct WayBackRow {
        pub id: String,
        pub prompt_id: String,
        pub prompt: String,
        pub environment: String,
        pub kind: String,
        pub cause: String,
        pub wanted: String,
        pub evidence: String,
        pub from_build_hash: String,
        pub from_deployment_id: String,
        pub to_version_id: String,
        pub to_build_hash: String,
        pub to_deployment_id: String,
        pub ended_rollout: bool,
        pub share_ppm: i64,
        pub actor: String,
        pub reason: String,
        pub at: i64,
        pub revision: i64,
        pub settled_at: Option<i64>,
        pub effect_us: Option<i64>,
        pub lagging: String,
        pub release_id: Option<String>,
        pub from_sequence: i64,
        pub from_major: i64,
        pub from_minor: i64,
        pub from_patch: i64,
        pub from_pre: String,
        pub to_sequence: i64,
        pub to_major: i64,
        pub to_minor: i64,
        pub to_patch: i64,
        pub to_pre: String,
    }
}

row! {
    /// Who took a build back, when and why.
    pub struct TakenBackRow {
        pub id: String,
        pub environment: String,
        pub actor: String,
        pub at: i64,
        pub reason: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

row! {
    /// A build that is or was live in an environment, at its last time there.
    pub struct PastBuildRow {
        pub version_id: String,
        pub build_hash: String,
        pub deployment_id: String,
        pub since: i64,
        pub until: Option<i64>,
        pub taken_back: bool,
        pub basis: String,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub archived_at: Option<i64>,
        /// Microseconds for which these bytes were live there, all times together.
        pub live_us: i64,
        pub first_since: i64,
        /// Times that it was taken back which nobody has acknowledged.
        pub quarantined: i64,
    }
}

row! {
    /// What one server has of a project.
    pub struct AppliedRow {
        pub id: String,
        pub applied_revision: i64,
        pub seen_at: i64,
    }
}

/// Which ways back are wanted; all of them where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct WayBackFilter<'a> {
    pub prompt_id: Option<&'a str>,
    pub environment: Option<&'a str>,
}

impl ProjectReader<'_> {
    /// Newest first, before the given time and id.
    pub async fn ways_back(
        &mut self,
        before: (i64, &str),
        filter: WayBackFilter<'_>,
        limit: i64,
    ) -> Result<Vec<WayBackRow>> {
        let project = self.project;
        let WayBackFilter { prompt_id, environment } = filter;
        fetch_all!(
            self.conn(),
            WayBackRow,
            LIST_WAYS_BACK,
            project.as_str(),
            before.0,
            before.1,
            prompt_id,
            environment,
            limit
        )
    }

    pub async fn way_back(&mut self, id: &str) -> Result<Option<WayBackRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), WayBackRow, WAY_BACK_BY_ID, project.as_str(), id)
    }

    pub async fn last_way_back(&mut self, prompt_id: &str, environment: &str) -> Result<Option<WayBackRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), WayBackRow, LAST_WAY_BACK, project.as_str(), prompt_id, environment)
    }

    /// By which a deployment was taken back, the last time.
    pub async fn way_back_from(&mut self, deployment_id: &str) -> Result<Option<WayBackRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), WayBackRow, WAY_BACK_FROM, project.as_str(), deployment_id)
    }

    /// Whether a build is in quarantine here.
    pub async fn open_taken_back(
        &mut self,
        (prompt_id, environment): (&str, &str),
        build_hash: &str,
    ) -> Result<Option<TakenBackRow>> {
        let project = self.project;
        fetch_optional!(
            self.conn(),
            TakenBackRow,
            OPEN_TAKEN_BACK,
            project.as_str(),
            prompt_id,
            environment,
            build_hash
        )
    }

    pub async fn past_builds(
        &mut self,
        (prompt_id, environment): (&str, &str),
        now: i64,
        limit: i64,
    ) -> Result<Vec<PastBuildRow>> {
        let project = self.project;
        fetch_all!(
            self.conn(),
            PastBuildRow,
            PAST_BUILDS,
            project.as_str(),
            prompt_id,
            environment,
            now,
            limit
        )
    }

    /// Ids of the deployments that end when this way back has settled.
    pub async fn rolling_back(&mut self, id: &str) -> Result<Vec<String>> {
        let project = self.project;
        let rows = fetch_all!(self.conn(), (String,), ROLLING_BACK, project.as_str(), id)?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

impl Store {
    /// Of all projects, the oldest first: project and id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn unsettled_ways_back(&self, limit: i64) -> Result<Vec<(String, String)>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), (String, String), UNSETTLED_WAYS_BACK, limit)
    }

    /// Servers that were seen since then, and what they have of a project.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn applied_by(&self, project: &ProjectId, since: i64) -> Result<Vec<AppliedRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), AppliedRow, NODES_OF_PROJECT, project.as_str(), since)
    }
}

impl WriteTx {
    /// False: somebody else was quicker.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn settle_way_back(&mut self, id: &str, effect_us: Option<i64>, lagging: &str) -> Result<bool> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        let settled = execute!(conn, SETTLE_WAY_BACK, project.as_str(), id, at, effect_us, lagging)?;
        Ok(settled == 1)
    }
}

impl Store {
    /// As [`WriteTx::settle_way_back`], for one that nobody waits for: no commit of its project.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn note_settled(
        &self,
        project: &ProjectId,
        id: &str,
        at: i64,
        (effect_us, lagging): (Option<i64>, &str),
    ) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let settled = execute!(tx.conn(), SETTLE_WAY_BACK, project.as_str(), id, at, effect_us, lagging)?;
        tx.commit().await?;
        Ok(settled == 1)
    }
}
