//! Loading what is served, and following the changes.

use std::{collections::HashMap, sync::Arc};

use promptory_core::id::ProjectId;

use crate::environment::LIST_ENVIRONMENTS;
use crate::price::PRICES;
use crate::{
    BuildIncludeRow, EnvironmentRow, KeyRow, PriceRow, PromptRow, Result, Store, StoreError, conn::Pooled,
};

statements! {
    HEADS = "SELECT id, name, revision, last_at, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch \
        FROM project";
    /// `before_at`: when the change was made after which these come, if it is still kept.
    CHANGES_AFTER = "SELECT c.revision, c.kind, c.prompt_id, c.environment, c.deployment_id, c.build_hash, c.detail, \
        c.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, \
        v.content_hash, v.archived_at, v.created_at, c.at, \
        CAST((SELECT COUNT(*) FROM build_include b WHERE b.version_id = c.version_id AND b.build_hash = c.build_hash) \
        AS BIGINT) AS includes, (SELECT b.at FROM change b WHERE b.project_id = $1 AND b.revision = $2 AND b.ordinal = 0) \
        AS before_at FROM change c LEFT JOIN version v ON v.id = c.version_id \
        WHERE c.project_id = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision, c.ordinal";
    LOAD_HEAD = "SELECT id, name, revision, last_at, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch \
        FROM project \
        WHERE id = $1";
    LOAD_PROMPTS = "SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, \
        updated_at, archived_at, revision, last_sequence AS kept_sequence, renamed_revision FROM prompt WHERE project_id = $1";
    LOAD_FORMER_NAMES = "SELECT prompt_id, name, created_at FROM redirect WHERE project_id = $1 ORDER BY created_at";
    /// Without the text of one that is live: that is in memory already.
    LOAD_LATEST = "SELECT v.prompt_id, v.id AS version_id, v.sequence, v.major, v.minor, v.patch, v.pre, \
        CASE WHEN EXISTS (SELECT 1 FROM live l WHERE l.version_id = v.id AND l.until IS NULL) THEN NULL \
        ELSE v.content END AS content, v.settings, v.created_at FROM version v WHERE v.project_id = $1 AND v.sequence = \
        (SELECT MAX(n.sequence) FROM version n WHERE n.prompt_id = v.prompt_id)";
    LOAD_LABELS = "SELECT l.prompt_id, l.name, l.revision, l.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, \
        v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at \
        FROM label l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 ORDER BY l.prompt_id, l.name";
    LOAD_LIVE = "SELECT l.prompt_id, l.environment, l.deployment_id, l.build_hash, l.revision, l.version_id, v.sequence, \
        v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at, \
        l.since, l.until FROM live l JOIN version v ON v.id = l.version_id \
        WHERE l.project_id = $1 AND l.until IS NULL";
    /// Of each build that was live in an environment its last time there, unless it was taken back; the most recent
    /// ones.
    LOAD_PAST = "SELECT l.prompt_id, l.environment, l.deployment_id, l.build_hash, l.revision, l.version_id, \
        v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, \
        v.archived_at, l.since, l.until FROM (SELECT y.deployment_id, ROW_NUMBER() OVER \
        (PARTITION BY y.prompt_id, y.environment ORDER BY y.since DESC) AS place FROM (SELECT w.deployment_id, \
        w.prompt_id, w.environment, w.since, w.until, w.taken_back, ROW_NUMBER() OVER (PARTITION BY w.prompt_id, \
        w.environment, w.version_id, w.build_hash ORDER BY w.since DESC) AS times FROM live w \
        WHERE w.project_id = $1) y WHERE y.times = 1 AND y.until IS NOT NULL AND NOT y.taken_back) x \
        JOIN live l ON l.deployment_id = x.deployment_id JOIN version v ON v.id = l.version_id WHERE x.place <= $2 \
        ORDER BY l.prompt_id, l.environment, l.since DESC";
    LOAD_ROLLOUTS = "SELECT r.prompt_id, r.environment, r.deployment_id, r.build_hash, r.revision, r.version_id, \
        r.share_ppm, r.seed, r.unit, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, \
        v.settings, v.content_hash FROM rollout r JOIN version v ON v.id = r.version_id WHERE r.project_id = $1";
    LOAD_INCLUDES = "SELECT version_id, build_hash, included_id, name FROM build_include WHERE project_id = $1 \
        ORDER BY version_id, build_hash, ordinal";
    LOAD_INCLUDED = "SELECT id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash \
        FROM version WHERE id IN (SELECT included_id FROM build_include WHERE project_id = $1)";
    LOAD_KEYS = "SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, \
        expires_at, revoked_at, person_id, granted FROM access_key WHERE project_id = $1 AND revoked_at IS NULL";
}

row! {
    /// Where a project's feed stands.
    pub struct ProjectHead {
        pub id: String,
        pub name: String,
        pub revision: i64,
        /// When the change was made that has this revision.
        pub last_at: i64,
        /// Of this database, empty until a server has given it one.
        pub epoch: String,
    }
}

row! {
    /// One change; the fields of a version are there where `version_id` is.
    pub struct ChangeRow {
        pub revision: i64,
        pub kind: String,
        pub prompt_id: Option<String>,
        pub environment: Option<String>,
        pub deployment_id: Option<String>,
        pub build_hash: Option<String>,
        pub detail: String,
        pub version_id: Option<String>,
        pub sequence: Option<i64>,
        pub major: Option<i64>,
        pub minor: Option<i64>,
        pub patch: Option<i64>,
        pub pre: Option<String>,
        pub content: Option<String>,
        pub template: Option<String>,
        pub variables: Option<String>,
        pub settings: Option<String>,
        pub content_hash: Option<String>,
        pub archived_at: Option<i64>,
        pub created_at: Option<i64>,
        /// When the change was made.
        pub at: i64,
        /// How many prompts the build includes.
        pub includes: i64,
        /// Of the change before the first one of these.
        pub before_at: Option<i64>,
    }
}

row! {
    pub struct LoadedFormerName {
        pub prompt_id: String,
        pub name: String,
        pub created_at: i64,
    }
}

row! {
    pub struct LoadedLatest {
        pub prompt_id: String,
        pub version_id: String,
        pub sequence: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub content: Option<String>,
        pub settings: String,
        pub created_at: i64,
    }
}

row! {
    pub struct LoadedLabel {
        pub prompt_id: String,
        pub name: String,
        pub revision: i64,
        pub version_id: String,
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
        pub archived_at: Option<i64>,
    }
}

row! {
    pub struct LoadedInclude {
        pub version_id: String,
        pub build_hash: String,
        pub included_id: String,
        pub name: String,
    }
}

row! {
    /// A version that builds include.
    pub struct IncludedVersion {
        pub id: String,
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
    }
}

/// One include of a build, with the name that it had when the build was made.
#[derive(Debug, Clone)]
pub struct Included {
    pub name: String,
    pub version: Arc<IncludedVersion>,
}

row! {
    pub struct LoadedLive {
        pub prompt_id: String,
        pub environment: String,
        pub deployment_id: String,
        pub build_hash: String,
        pub revision: i64,
        pub version_id: String,
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
        pub archived_at: Option<i64>,
        pub since: i64,
        /// None: it is live now.
        pub until: Option<i64>,
    }
}

row! {
    /// What a share of callers gets beside what is live.
    pub struct LoadedRollout {
        pub prompt_id: String,
        pub environment: String,
        pub deployment_id: String,
        pub build_hash: String,
        pub revision: i64,
        pub version_id: String,
        pub share_ppm: i64,
        pub seed: String,
        pub unit: String,
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
    }
}

/// Everything that is served of one project, at one revision.
pub struct Loaded<L> {
    pub head: ProjectHead,
    pub environments: Vec<EnvironmentRow>,
    pub keys: Vec<KeyRow>,
    pub prices: Vec<PriceRow>,
    pub prompts: Vec<PromptRow>,
    pub former_names: Vec<LoadedFormerName>,
    pub latest: Vec<LoadedLatest>,
    pub labels: Vec<LoadedLabel>,
    /// What the caller made of the live versions and, behind them, of past ones, the most recent first.
    pub live: Vec<L>,
    /// With what their builds include.
    pub rollouts: Vec<(LoadedRollout, Vec<Included>)>,
}

/// What the builds of a project include.
#[derive(Default)]
struct Includes(HashMap<(String, String), Vec<Included>>);

impl Includes {
    fn new(includes: Vec<LoadedInclude>, versions: Vec<IncludedVersion>) -> Result<Self> {
        let versions: HashMap<String, Arc<IncludedVersion>> =
            versions.into_iter().map(|row| (row.id.clone(), Arc::new(row))).collect();
        let mut all = Self::default();
        for row in includes {
            let version = versions.get(&row.included_id).cloned().ok_or_else(|| StoreError::Broken {
                table: "build_include",
                id: row.included_id.clone(),
                what: "its version is missing".to_owned(),
            })?;
            let included = Included { name: row.name, version };
            all.0.entry((row.version_id, row.build_hash)).or_default().push(included);
        }
        Ok(all)
    }

    fn of(&self, version_id: &str, build_hash: &str) -> &[Included] {
        if self.0.is_empty() {
            return &[];
        }
        self.0.get(&(version_id.to_owned(), build_hash.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// The connection that follows changes, kept from look to look: a pool asks a connection that comes back whether it
/// still lives, which takes longer than the look. One that failed is not kept.
#[derive(Default)]
pub(crate) struct Follower(Option<Pooled>);

impl Follower {
    async fn take(&mut self, store: &Store) -> Result<Pooled> {
        match self.0.take() {
            Some(pooled) => Ok(pooled),
            None => store.pooled().await,
        }
    }

    fn keep(&mut self, pooled: Pooled) {
        self.0 = Some(pooled);
    }

    /// Back to the pool, which is about to close.
    pub(crate) fn release(&mut self) {
        self.0 = None;
    }
}

impl Store {
    /// Where every project stands: one cheap query, for the poll.
    pub async fn heads(&self) -> Result<Vec<ProjectHead>> {
        let mut follower = self.follower.lock().await;
        let mut pooled = follower.take(self).await?;
        let heads = fetch_all!(pooled.conn(), ProjectHead, HEADS)?;
        follower.keep(pooled);
        Ok(heads)
    }

    /// The changes with `after` < revision ≤ `up_to`, in order.
    pub async fn changes(&self, project: &ProjectId, after: i64, up_to: i64) -> Result<Vec<ChangeRow>> {
        let mut follower = self.follower.lock().await;
        let mut pooled = follower.take(self).await?;
        let rows = fetch_all!(pooled.conn(), ChangeRow, CHANGES_AFTER, project.as_str(), after, up_to)?;
        follower.keep(pooled);
        Ok(rows)
    }

    /// What one build includes, in its order.
    pub async fn build_includes(
        &self,
        project: &ProjectId,
        version_id: &str,
        build_hash: &str,
    ) -> Result<Vec<Included>> {
        let rows = self.read().await?.project(project).build_includes(version_id, build_hash).await?;
        Ok(rows.into_iter().map(BuildIncludeRow::included).collect())
    }

    /// Revision and content in one transaction, with the `past` most recent builds of each prompt and environment.
    /// `make` is given each live version with its prompt as it is read: all of them at once would take the memory
    /// that is served from a second time. None: no such project.
    pub async fn load<L: Send>(
        &self,
        project: &ProjectId,
        past: i64,
        mut make: impl FnMut(&PromptRow, LoadedLive, &[Included]) -> L + Send,
    ) -> Result<Option<Loaded<L>>> {
        let mut tx = self.read_tx().await?;
        let id = project.as_str();
        let Some(head) = fetch_optional!(tx.conn(), ProjectHead, LOAD_HEAD, id)? else { return Ok(None) };
        let environments = fetch_all!(tx.conn(), EnvironmentRow, LIST_ENVIRONMENTS, id)?;
        let keys = fetch_all!(tx.conn(), KeyRow, LOAD_KEYS, id)?;
        let prices = fetch_all!(tx.conn(), PriceRow, PRICES, id)?;
        let prompts = fetch_all!(tx.conn(), PromptRow, LOAD_PROMPTS, id)?;
        let former_names = fetch_all!(tx.conn(), LoadedFormerName, LOAD_FORMER_NAMES, id)?;
        let labels = fetch_all!(tx.conn(), LoadedLabel, LOAD_LABELS, id)?;
        let written = fetch_all!(tx.conn(), LoadedInclude, LOAD_INCLUDES, id)?;
        let included = fetch_all!(tx.conn(), IncludedVersion, LOAD_INCLUDED, id)?;
        let includes = Includes::new(written, included)?;
        let by_id: HashMap<&str, &PromptRow> = prompts.iter().map(|row| (row.id.as_str(), row)).collect();
        let (mut live, mut stray) = (Vec::new(), None);
        let mut each = |row: LoadedLive| match by_id.get(row.prompt_id.as_str()) {
            Some(prompt) => {
                let includes = includes.of(&row.version_id, &row.build_hash);
                live.push(make(prompt, row, includes));
            }
            None => stray = Some(row.prompt_id),
        };
        fetch_each!(tx.conn(), LoadedLive, LOAD_LIVE, [id], &mut each)?;
        fetch_each!(tx.conn(), LoadedLive, LOAD_PAST, [id, past], &mut each)?;
        if let Some(id) = stray {
            return Err(StoreError::Broken { table: "live", id, what: "its prompt is missing".to_owned() });
        }
        drop(by_id);
        let latest = fetch_all!(tx.conn(), LoadedLatest, LOAD_LATEST, id)?;
        let rollouts = fetch_all!(tx.conn(), LoadedRollout, LOAD_ROLLOUTS, id)?;
        tx.commit().await?;
        let of = |row: LoadedRollout| {
            let included = includes.of(&row.version_id, &row.build_hash).to_vec();
            (row, included)
        };
        let rollouts = rollouts.into_iter().map(of).collect();
        Ok(Some(Loaded {
            head,
            environments,
            keys,
            prices,
            prompts,
            former_names,
            latest,
            labels,
            live,
            rollouts,
        }))
    }
}
