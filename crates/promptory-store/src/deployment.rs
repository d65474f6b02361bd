//! Reads of deployments and of what was live when.

use promptory_core::{
    bucketing::Share,
    id::DeploymentId,
    rollout::{Deployment, Entry, State, Unit},
    time::Timestamp,
};

use crate::{Result, Store, StoreError, read::ProjectReader};

/// Deployments with the names of what they are about.
macro_rules! deployments {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.prompt_id, p.name AS prompt, d.environment, d.version_id, d.from_version_id, d.state, \
             d.state_detail, d.strategy, d.direction, d.build_hash, d.reason, d.actor, d.created_at, d.ended_at, \
             d.revision, d.schedule, d.watch, d.unit, d.seed, d.hold, d.number, d.step, d.share_ppm, d.changed_at, \
             d.started_at, d.finished_at, d.entered_at, d.paused_at, d.paused_us, d.entries, d.rollback_of, d.basis, \
             i.release_id, COALESCE(i.dependent, FALSE) AS dependent, v.major, v.minor, v.patch, v.pre, f.major AS from_major, f.minor AS from_minor, f.patch AS from_patch, \
             f.pre AS from_pre FROM deployment d JOIN prompt p ON p.id = d.prompt_id \
             JOIN version v ON v.id = d.version_id LEFT JOIN version f ON f.id = d.from_version_id \
             LEFT JOIN release_item i ON i.deployment_id = d.id WHERE d.project_id = $1 AND ",
            $rest
        )
    };
}

statements! {
    LIST_DEPLOYMENTS = deployments!("(d.created_at, d.id) < ($2, $3) \
        AND (CAST($4 AS TEXT) IS NULL OR d.prompt_id = $4) AND (CAST($5 AS TEXT) IS NULL OR d.environment = $5) \
        AND (CAST($6 AS TEXT) IS NULL OR d.state = $6) ORDER BY d.created_at DESC, d.id DESC LIMIT $7");
    DEPLOYMENT_BY_ID = deployments!("d.id = $2");
    DEPLOYMENTS_OF_RELEASE = deployments!("i.release_id = $2 ORDER BY i.place");
    /// Of one prompt, in every environment.
    UNDER_WAY = deployments!("d.prompt_id = $2 AND d.under_way ORDER BY d.environment");
    DEPLOYMENT_EVENTS = "SELECT seq, at, kind, from_state, to_state, to_detail, step, share_ppm, actor, reason \
        FROM deployment_event WHERE project_id = $1 AND deployment_id = $2 ORDER BY seq";
    COUNT_DEPLOYMENTS = "SELECT COUNT(*) AS n FROM deployment WHERE project_id = $1 AND version_id = $2";
    DUE_DEPLOYMENTS = "SELECT project_id, id FROM deployment WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2";
    LIVE_ROW = "SELECT deployment_id, version_id, build_hash, since, revision FROM live \
        WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL";
    /// When what a deployment brought became live, the first and only time.
    LIVE_BY_DEPLOYMENT = "SELECT deployment_id, version_id, build_hash, since, revision FROM live \
        WHERE project_id = $1 AND deployment_id = $2";
    LIVE_AT = "SELECT deployment_id, version_id, build_hash, since, revision FROM live \
        WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND since <= $4 \
        AND (until IS NULL OR until > $4) AND NOT EXISTS (SELECT 1 FROM prompt_archived a WHERE a.prompt_id = $2 \
        AND a.since <= $4 AND (a.until IS NULL OR a.until > $4)) ORDER BY since DESC LIMIT 1";
    /// Of one version, its last time in an environment.
    LAST_LIVE = "SELECT deployment_id, version_id, build_hash, since, revision FROM live \
        WHERE project_id = $1 AND version_id = $2 AND environment = $3 ORDER BY since DESC LIMIT 1";
    /// How these very bytes came to be live in an environment at their last time there.
    SERVED_BEFORE = "SELECT d.basis, COALESCE(e.approved, FALSE) AS reviewed FROM live l \
        JOIN deployment d ON d.id = l.deployment_id LEFT JOIN emergency e ON e.deployment_id = d.id \
        WHERE l.project_id = $1 AND l.version_id = $2 AND l.environment = $3 AND l.build_hash = $4 \
        ORDER BY l.since DESC LIMIT 1";
    COUNT_LIVE = "SELECT COUNT(*) AS n FROM live WHERE project_id = $1 AND version_id = $2";
    /// Every build that was live here, by its last time, the most recent first.
    OCCUPANTS = "SELECT l.version_id, l.build_hash, l.deployment_id, l.since, l.taken_back, v.sequence, v.major, \
        v.minor, v.patch, v.pre, v.archived_at FROM live l JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.environment = $3 AND NOT EXISTS (SELECT 1 FROM live n \
        WHERE n.prompt_id = l.prompt_id AND n.environment = l.environment AND n.version_id = l.version_id \
        AND n.build_hash = l.build_hash AND n.since > l.since) ORDER BY l.since DESC";
    /// From prompt to prompt in order of name: a page reads no more than it gives.
    ENVIRONMENT_AT = "SELECT p.name AS prompt, l.deployment_id, l.build_hash, l.since, l.until, l.revision, v.sequence, \
        v.major, v.minor, v.patch, v.pre, v.content_hash FROM prompt p JOIN live l ON l.prompt_id = p.id \
        JOIN version v ON v.id = l.version_id WHERE p.project_id = $1 AND l.environment = $2 AND l.since <= $3 \
        AND (l.until IS NULL OR l.until > $3) AND p.name_folded > $4 AND NOT EXISTS (SELECT 1 FROM prompt_archived a \
        WHERE a.prompt_id = l.prompt_id AND a.since <= $3 AND (a.until IS NULL OR a.until > $3)) \
        ORDER BY p.name_folded LIMIT $5";
    LIVE_ENVIRONMENTS = "SELECT environment FROM live WHERE project_id = $1 AND prompt_id = $2 AND until IS NULL \
        ORDER BY environment";
    VERSION_BY_ID = "SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, \
        settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at, \
        source_author, source_created_at \
        FROM version WHERE project_id = $1 AND id = $2";
}

row! {
    pub struct DeploymentRow {
        pub id: String,
        pub prompt_id: String,
        pub prompt: String,
        pub environment: String,
        pub version_id: String,
        pub from_version_id: Option<String>,
        pub state: String,
        pub state_detail: String,
        pub strategy: String,
        pub direction: String,
        pub build_hash: String,
        pub reason: String,
        pub actor: String,
        pub created_at: i64,
        /// When another took the place of what it had made live.
        pub ended_at: Option<i64>,
        pub revision: i64,
        pub schedule: String,
        pub watch: String,
        pub unit: String,
        pub seed: String,
        pub hold: bool,
        pub number: i64,
        pub step: i64,
        pub share_ppm: i64,
        pub changed_at: i64,
        pub started_at: Option<i64>,
        pub finished_at: Option<i64>,
        pub entered_at: Option<i64>,
        pub paused_at: Option<i64>,
        pub paused_us: i64,
        pub entries: String,
        pub rollback_of: Option<String>,
        pub basis: String,
        /// Of which it is a part.
        pub release_id: Option<String>,
        /// Nobody named it: it includes what its release brings.
        pub dependent: bool,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub from_major: Option<i64>,
        pub from_minor: Option<i64>,
        pub from_patch: Option<i64>,
        pub from_pre: Option<String>,
    }
}

impl DeploymentRow {
    /// As core moves it.
    ///
    /// # Errors
    /// The row is damaged.
    pub fn deployment(&self) -> Result<Deployment> {
        let time = |at: Option<i64>| at.map(Timestamp::from_micros);
        let created = Timestamp::from_micros(self.created_at);
        // By a release that knew none but immediate ones.
        let old = self.started_at.is_none() && self.state == State::Completed.as_str();
        let begun = old.then_some(created);
        let mut entries: Vec<Entry> = self.json("entries", &self.entries)?;
        if old {
            entries.push(Entry { step: 0, at: created });
        }
        let state = State::from_stored(&self.state, &self.state_detail);
        Ok(Deployment {
            id: self.id.as_str().into(),
            rollback_of: self.rollback_of.as_deref().map(DeploymentId::from),
            unit: Unit::parse(&self.unit).map_err(|why| self.broken(why))?,
            schedule: self.json("schedule", &self.schedule)?,
            watch: self.json("watch", &self.watch)?,
            state: state.ok_or_else(|| self.broken(format!("the state {:?}", self.state)))?,
            hold: self.hold,
            version: u64::try_from(self.number).unwrap_or(0),
            step: usize::try_from(self.step).unwrap_or(0),
            share: share(self.share_ppm).ok_or_else(|| self.broken("the share".to_owned()))?,
            created_at: created,
            changed_at: if self.changed_at == 0 { created } else { Timestamp::from_micros(self.changed_at) },
            started_at: time(self.started_at).or(begun),
            ended_at: time(self.finished_at).or(begun),
            entered_at: time(self.entered_at).or(begun),
            paused_at: time(self.paused_at),
            paused_us: self.paused_us,
            entries,
        })
    }

    fn json<T: serde::de::DeserializeOwned>(&self, what: &str, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|why| self.broken(format!("{what}: {why}")))
    }

    fn broken(&self, what: String) -> StoreError {
        StoreError::Broken { table: "deployment", id: self.id.clone(), what }
    }
}

pub(crate) fn share(ppm: i64) -> Option<Share> {
    u32::try_from(ppm).ok().and_then(Share::from_ppm)
}

pub(crate) fn json_of<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|why| StoreError::Refused(why.to_string()))
}

row! {
    /// One transition of a deployment.
    pub struct DeploymentEventRow {
        pub seq: i64,
        pub at: i64,
        pub kind: String,
        pub from_state: Option<String>,
        pub to_state: String,
        pub to_detail: String,
        pub step: i64,
        pub share_ppm: i64,
        pub actor: Option<String>,
        pub reason: String,
    }
}

/// Which deployments are wanted; all of them where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeploymentFilter<'a> {
    pub prompt_id: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub state: Option<&'a str>,
}

row! {
    /// A build that is or was live.
    pub struct LiveRow {
        pub deployment_id: String,
        pub version_id: String,
        pub build_hash: String,
        pub since: i64,
        pub revision: i64,
    }
}

row! {
    pub struct ServedRow {
        /// Core's `Basis`.
        pub basis: String,
        /// An emergency that was found right.
        pub reviewed: bool,
    }
}

row! {
    /// A build that was live in an environment, at its last time there.
    pub struct OccupantRow {
        pub version_id: String,
        pub build_hash: String,
        pub deployment_id: String,
        pub since: i64,
        pub taken_back: bool,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub archived_at: Option<i64>,
    }
}

row! {
    pub struct LiveAtRow {
        pub prompt: String,
        pub deployment_id: String,
        pub build_hash: String,
        pub since: i64,
        pub until: Option<i64>,
        pub revision: i64,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content_hash: String,
    }
}

impl ProjectReader<'_> {
    /// Newest first, before the given time and id.
    pub async fn deployments(
        &mut self,
        before: (i64, &str),
        filter: DeploymentFilter<'_>,
        limit: i64,
    ) -> Result<Vec<DeploymentRow>> {
        let project = self.project;
        fetch_all!(
            self.conn(),
            DeploymentRow,
            LIST_DEPLOYMENTS,
            project.as_str(),
            before.0,
            before.1,
            filter.prompt_id,
            filter.environment,
            filter.state,
            limit
        )
    }

    /// In the order in which they were asked for.
    pub async fn deployments_of_release(&mut self, release_id: &str) -> Result<Vec<DeploymentRow>> {
        let project = self.project;
        fetch_all!(self.conn(), DeploymentRow, DEPLOYMENTS_OF_RELEASE, project.as_str(), release_id)
    }

    /// Those that have started and are not at their end: at most one in each environment.
    pub async fn under_way(&mut self, prompt_id: &str) -> Result<Vec<DeploymentRow>> {
        let project = self.project;
        fetch_all!(self.conn(), DeploymentRow, UNDER_WAY, project.as_str(), prompt_id)
    }

    /// In order.
    pub async fn deployment_events(&mut self, id: &str) -> Result<Vec<DeploymentEventRow>> {
        let project = self.project;
        fetch_all!(self.conn(), DeploymentEventRow, DEPLOYMENT_EVENTS, project.as_str(), id)
    }

    /// Whether there is or was a deployment of this version, wherever it came to.
    pub async fn was_deployed(&mut self, version_id: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_DEPLOYMENTS, project.as_str(), version_id)?;
        Ok(n > 0)
    }

    pub async fn deployment(&mut self, id: &str) -> Result<Option<DeploymentRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), DeploymentRow, DEPLOYMENT_BY_ID, project.as_str(), id)
    }

    pub async fn live(&mut self, prompt_id: &str, environment: &str) -> Result<Option<LiveRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), LiveRow, LIVE_ROW, project.as_str(), prompt_id, environment)
    }

    /// What a deployment made live; none: it never came so far.
    pub async fn live_by(&mut self, deployment_id: &str) -> Result<Option<LiveRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), LiveRow, LIVE_BY_DEPLOYMENT, project.as_str(), deployment_id)
    }

    pub async fn live_at(&mut self, prompt_id: &str, environment: &str, at: i64) -> Result<Option<LiveRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), LiveRow, LIVE_AT, project.as_str(), prompt_id, environment, at)
    }

    /// The newest build of this version that is or was live in the environment.
    pub async fn last_live(&mut self, version_id: &str, environment: &str) -> Result<Option<LiveRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), LiveRow, LAST_LIVE, project.as_str(), version_id, environment)
    }

    /// How a build came to be live in an environment the last time.
    pub async fn served_before(
        &mut self,
        version_id: &str,
        environment: &str,
        build_hash: &str,
    ) -> Result<Option<ServedRow>> {
        let project = self.project;
        let project = project.as_str();
        fetch_optional!(self.conn(), ServedRow, SERVED_BEFORE, project, version_id, environment, build_hash)
    }

    /// Whether this version is or was live anywhere.
    pub async fn was_live(&mut self, version_id: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_LIVE, project.as_str(), version_id)?;
        Ok(n > 0)
    }

    pub async fn occupants(&mut self, prompt_id: &str, environment: &str) -> Result<Vec<OccupantRow>> {
        let project = self.project;
        fetch_all!(self.conn(), OccupantRow, OCCUPANTS, project.as_str(), prompt_id, environment)
    }

    /// What an environment served at a time, in order of the prompts' names, after `after`.
    pub async fn environment_at(
        &mut self,
        environment: &str,
        at: i64,
        after: &str,
        limit: i64,
    ) -> Result<Vec<LiveAtRow>> {
        let project = self.project;
        fetch_all!(self.conn(), LiveAtRow, ENVIRONMENT_AT, project.as_str(), environment, at, after, limit)
    }

    pub async fn live_environments(&mut self, prompt_id: &str) -> Result<Vec<String>> {
        let project = self.project;
        let rows = fetch_all!(self.conn(), (String,), LIVE_ENVIRONMENTS, project.as_str(), prompt_id)?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    pub async fn version(&mut self, id: &str) -> Result<Option<crate::VersionRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), crate::VersionRow, VERSION_BY_ID, project.as_str(), id)
    }
}

impl Store {
    /// Deployments of all projects that time moves on now, the longest due first: project and id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due_deployments(&self, now: i64, limit: i64) -> Result<Vec<(String, String)>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), (String, String), DUE_DEPLOYMENTS, now, limit)
    }
}
