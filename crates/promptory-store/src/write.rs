//! A change of the control plane: one transaction that takes the project's lock first and ends in [`WriteTx::commit`].

use promptory_core::{id::ProjectId, time::Timestamp};

use crate::{
    Answer, Change, ChangeKind, Dialect, HighestVersion, IdempotencyKey, NewAudit, PromptRow, Result, Store,
    StoreError,
    audit::chain_hash,
    conn::{Conn, Tx},
    db::listen::CHANNEL,
    fault,
    read::ProjectReader,
};

/// The project, the prompt of a name, and the version above which a new one of it comes.
macro_rules! version_start {
    ($begin:literal) => {
        concat!(
            $begin,
            "SELECT j.revision AS project_revision, j.last_at, j.audit_n, j.audit_hash, p.id, p.name, p.kind, \
             p.description, p.category, p.owner, p.tags, p.metadata, p.created_by, p.created_at, p.updated_at, \
             p.archived_at, p.revision, v.id AS version_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, \
             v.variables, v.settings, p.last_sequence AS kept_sequence, p.renamed_revision, \
             CAST((SELECT MAX(s.sequence) FROM version s WHERE s.prompt_id = p.id) AS BIGINT) AS last_sequence, \
             CAST((SELECT MIN(d.sequence) FROM version d WHERE d.prompt_id = p.id AND d.content_hash = $3) AS BIGINT) \
             AS same_sequence \
             FROM project j LEFT JOIN prompt p ON p.project_id = j.id AND p.name_folded = $2 \
             LEFT JOIN version v ON v.id = (SELECT h.id FROM version h WHERE h.prompt_id = p.id AND h.pre = '' \
             ORDER BY h.major DESC, h.minor DESC, h.patch DESC LIMIT 1) WHERE j.id = $1"
        )
    };
}

statements! {
    LOCK_PROJECT_POSTGRES =
        "SELECT revision AS project_revision, last_at, audit_n, audit_hash FROM project WHERE id = $1 FOR UPDATE";
    /// Its lock is the transaction. Each statement of SQLite is a trip to its thread and back, which takes longer than
    /// what it does there: so the first one begins, and the last one commits.
    LOCK_PROJECT_SQLITE = "BEGIN IMMEDIATE; SELECT revision AS project_revision, last_at, audit_n, audit_hash \
        FROM project WHERE id = $1";
    ADVANCE_PROJECT =
        "UPDATE project SET revision = $2, last_at = $3, audit_n = $4, audit_hash = $5 WHERE id = $1";
    /// The audit entry, the first change and the project's new state.
    FINISH_SQLITE = "INSERT INTO audit (project_id, n, at, actor, actor_name, action, prompt_id, prompt, environment, \
        address, request_id, detail, hash) VALUES ($1, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13, $14, $5); \
        INSERT INTO change (project_id, revision, ordinal, at, kind, prompt_id, environment, version_id, \
        deployment_id, build_hash, detail) VALUES ($1, $4, 0, $3, $15, $16, $17, $18, $19, $20, $21); \
        UPDATE project SET revision = $4, last_at = $3, audit_n = $2, audit_hash = $5 WHERE id = $1; COMMIT";
    VERSION_START_POSTGRES = version_start!("");
    VERSION_START_SQLITE = version_start!("BEGIN IMMEDIATE; ");
    NOTIFY = "SELECT CAST(pg_notify($1, $2) AS TEXT) AS sent";
}

row! {
    pub struct ProjectLock {
        pub project_revision: i64,
        pub last_at: i64,
        pub audit_n: i64,
        pub audit_hash: String,
    }
}

/// What a commit gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    pub revision: i64,
    /// Builds that went live by it without approval.
    pub emergencies: u64,
}

pub struct WriteTx {
    tx: Tx,
    project: ProjectId,
    lock: ProjectLock,
    at: Timestamp,
    changes: Vec<Change>,
    pub(crate) emergencies: u64,
    answer: Option<(IdempotencyKey, Answer)>,
}

impl Store {
    /// Begins a change of one project: waits for its lock (at most 2 s), then sees everything committed before.
    ///
    /// # Errors
    /// Busy, unavailable, or no such project.
    pub async fn write(&self, project: &ProjectId, now: Timestamp) -> Result<WriteTx> {
        fault::point("begin");
        let mut tx = self.change_tx().await?;
        let conn = tx.conn();
        let text = conn.pick(LOCK_PROJECT_SQLITE, LOCK_PROJECT_POSTGRES);
        let lock =
            fetch_optional!(conn, ProjectLock, text, project.as_str())?.ok_or(StoreError::NoProject)?;
        Ok(WriteTx::new(tx, project, lock, now))
    }

    /// The same for a new version of a prompt: its lock, the prompt and the version above which the new one comes
    /// in as few reads as can be, because this is the change that a project sees most.
    ///
    /// # Errors
    /// Busy, unavailable, or no such project.
    pub async fn write_version(
        &self,
        project: &ProjectId,
        now: Timestamp,
        (name_folded, content_hash): (&str, &str),
    ) -> Result<(WriteTx, Option<PromptRow>, Option<HighestVersion>)> {
        fault::point("begin");
        let mut tx = self.change_tx().await?;
        let id = project.as_str();
        if self.dialect() == Dialect::Postgres {
            // By itself: what a statement reads beside the row that it waits for is from before the wait.
            fetch_optional!(tx.conn(), ProjectLock, LOCK_PROJECT_POSTGRES, id)?;
        }
        let text = tx.conn().pick(VERSION_START_SQLITE, VERSION_START_POSTGRES);
        let start = fetch_optional!(tx.conn(), VersionStart, text, id, name_folded, content_hash)?;
        let VersionStart { lock, prompt, highest } = start.ok_or(StoreError::NoProject)?;
        Ok((WriteTx::new(tx, project, lock, now), prompt, highest))
    }
}

/// What a change that makes a version begins with.
struct VersionStart {
    lock: ProjectLock,
    prompt: Option<PromptRow>,
    highest: Option<HighestVersion>,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for VersionStart
where
    ProjectLock: sqlx::FromRow<'r, R>,
    PromptRow: sqlx::FromRow<'r, R>,
    HighestVersion: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> std::result::Result<Self, sqlx::Error> {
        let found = |column| row.try_get::<Option<String>, _>(column).map(|id| id.is_some());
        Ok(Self {
            lock: ProjectLock::from_row(row)?,
            prompt: found("id")?.then(|| PromptRow::from_row(row)).transpose()?,
            highest: found("version_id")?.then(|| HighestVersion::from_row(row)).transpose()?,
        })
    }
}

impl WriteTx {
    fn new(tx: Tx, project: &ProjectId, lock: ProjectLock, now: Timestamp) -> Self {
        // Times within a project never decrease, whatever the clock does.
        let at = now.max(Timestamp::from_micros(lock.last_at).plus_micros(1));
        Self { tx, project: project.clone(), lock, at, changes: Vec::new(), emergencies: 0, answer: None }
    }

    /// The time of this change.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The revision that the commit will have.
    pub fn revision(&self) -> i64 {
        self.lock.project_revision + 1
    }

    pub fn project_id(&self) -> &ProjectId {
        &self.project
    }

    /// Reads of this project inside the transaction.
    pub fn project(&mut self) -> ProjectReader<'_> {
        fault::point("statement");
        ProjectReader { conn: self.tx.conn(), project: &self.project }
    }

    pub(crate) fn parts(&mut self) -> (Conn<'_>, &ProjectId) {
        fault::point("statement");
        (self.tx.conn(), &self.project)
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Keeps the answer for a repeat of the same request, in the same commit.
    pub fn remember(&mut self, key: IdempotencyKey, answer: Answer) {
        self.answer = Some((key, answer));
    }

    /// The only end of a change: the audit entry, the change rows and the new revision in one commit.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn commit(mut self, audit: NewAudit) -> Result<Committed> {
        let (revision, emergencies) = (self.revision(), self.emergencies);
        let n = self.lock.audit_n + 1;
        let hash = chain_hash(&self.lock.audit_hash, n, self.at, &audit);
        let mut changes = std::mem::take(&mut self.changes).into_iter();
        // Every revision has a row, so that a reader can tell a gap from a quiet commit.
        let first = changes.next().unwrap_or_else(|| Change::quiet(ChangeKind::Other));
        for (ordinal, change) in (1_i64..).zip(changes) {
            self.insert_change(ordinal, &change).await?;
        }
        if let Some((key, answer)) = self.answer.take() {
            self.insert_answer(&key, &answer).await?;
        }
        match self.tx.conn() {
            Conn::Sqlite(_) => {
                self.finish_sqlite(n, &audit, &hash, &first).await?;
                self.tx.committed();
            }
            Conn::Postgres(_) => {
                self.finish_postgres(n, &audit, &hash, &first).await?;
                fault::point("commit");
                self.tx.commit().await?;
            }
        }
        fault::point("committed");
        Ok(Committed { revision, emergencies })
    }

    /// Keeps an answer of a request that changed nothing: no revision, no audit entry.
    ///
    /// # Errors
    /// Something was changed after all, or the database cannot be written.
    pub async fn commit_answer(mut self) -> Result<()> {
        if !self.changes.is_empty() {
            return Err(StoreError::Refused("a change needs an audit entry".to_owned()));
        }
        if let Some((key, answer)) = self.answer.take() {
            self.insert_answer(&key, &answer).await?;
        }
        self.tx.commit().await
    }

    async fn insert_change(&mut self, ordinal: i64, change: &Change) -> Result<()> {
        let (revision, at) = (self.revision(), self.at.micros());
        let (conn, project) = self.parts();
        crate::change::insert(conn, project, revision, ordinal, at, change).await
    }

    async fn finish_sqlite(&mut self, n: i64, audit: &NewAudit, hash: &str, first: &Change) -> Result<()> {
        fault::point("commit");
        let (revision, at) = (self.revision(), self.at.micros());
        let (conn, project) = self.parts();
        execute!(
            conn,
            FINISH_SQLITE,
            project.as_str(),
            n,
            at,
            revision,
            hash,
            &audit.actor,
            &audit.actor_name,
            &audit.action,
            &audit.prompt_id,
            &audit.prompt,
            &audit.environment,
            &audit.address,
            &audit.request_id,
            &audit.detail,
            first.kind.as_str(),
            &first.prompt_id,
            &first.environment,
            &first.version_id,
            &first.deployment_id,
            &first.build_hash,
            &first.detail
        )?;
        Ok(())
    }

    async fn finish_postgres(&mut self, n: i64, audit: &NewAudit, hash: &str, first: &Change) -> Result<()> {
        let (revision, at) = (self.revision(), self.at.micros());
        self.insert_audit(n, audit, hash).await?;
        self.insert_change(0, first).await?;
        let (conn, project) = self.parts();
        execute!(conn, ADVANCE_PROJECT, project.as_str(), revision, at, n, hash)?;
        let payload = format!("{project} {revision}");
        fetch_one!(self.tx.conn(), (String,), NOTIFY, CHANNEL, payload)?;
        Ok(())
    }
}
