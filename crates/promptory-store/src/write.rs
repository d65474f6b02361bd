//! A change of the control plane: one transaction that takes the project's lock first and ends in [`WriteTx::commit`].

use promptory_core::{id::ProjectId, time::Timestamp};

use crate::{
    Answer, Change, ChangeKind, IdempotencyKey, NewAudit, Result, Store, StoreError,
    audit::chain_hash,
    conn::{Conn, Tx},
    db::listen::CHANNEL,
    read::ProjectReader,
};

statements! {
    /// The lock of PostgreSQL; SQLite took its own with BEGIN IMMEDIATE.
    LOCK_PROJECT_POSTGRES =
        "SELECT revision, last_at, audit_n, audit_hash FROM project WHERE id = $1 FOR UPDATE";
    LOCK_PROJECT_SQLITE = "SELECT revision, last_at, audit_n, audit_hash FROM project WHERE id = $1";
    ADVANCE_PROJECT =
        "UPDATE project SET revision = $2, last_at = $3, audit_n = $4, audit_hash = $5 WHERE id = $1";
    NOTIFY = "SELECT CAST(pg_notify($1, $2) AS TEXT) AS sent";
}

row! {
    pub struct ProjectLock {
        pub revision: i64,
        pub last_at: i64,
        pub audit_n: i64,
        pub audit_hash: String,
    }
}

/// What a commit gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    pub revision: i64,
}

pub struct WriteTx {
    tx: Tx,
    project: ProjectId,
    lock: ProjectLock,
    at: Timestamp,
    changes: Vec<Change>,
    answer: Option<(IdempotencyKey, Answer)>,
}

impl Store {
    /// Begins a change of one project: waits for its lock (at most 2 s), then sees everything committed before.
    ///
    /// # Errors
    /// Busy, unavailable, or no such project.
    pub async fn write(&self, project: &ProjectId, now: Timestamp) -> Result<WriteTx> {
        let mut tx = self.write_tx().await?;
        let conn = tx.conn();
        let text = conn.pick(LOCK_PROJECT_SQLITE, LOCK_PROJECT_POSTGRES);
        let lock =
            fetch_optional!(conn, ProjectLock, text, project.as_str())?.ok_or(StoreError::NoProject)?;
        // Times within a project never decrease, whatever the clock does.
        let at = now.max(Timestamp::from_micros(lock.last_at).plus_micros(1));
        Ok(WriteTx { tx, project: project.clone(), lock, at, changes: Vec::new(), answer: None })
    }
}

impl WriteTx {
    /// The time of this change.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The revision that the commit will have.
    pub fn revision(&self) -> i64 {
        self.lock.revision + 1
    }

    pub fn project_id(&self) -> &ProjectId {
        &self.project
    }

    /// Reads of this project inside the transaction.
    pub fn project(&mut self) -> ProjectReader<'_> {
        ProjectReader { conn: self.tx.conn(), project: &self.project }
    }

    pub(crate) fn parts(&mut self) -> (Conn<'_>, &ProjectId) {
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
        let revision = self.revision();
        let n = self.lock.audit_n + 1;
        let hash = chain_hash(&self.lock.audit_hash, n, self.at, &audit);
        let at = self.at.micros();
        let project = self.project.clone();
        self.insert_audit(n, &audit, &hash).await?;
        self.insert_changes(revision).await?;
        if let Some((key, answer)) = self.answer.take() {
            self.insert_answer(&key, &answer).await?;
        }
        execute!(self.tx.conn(), ADVANCE_PROJECT, project.as_str(), revision, at, n, hash)?;
        if matches!(self.tx, Tx::Postgres(_)) {
            let payload = format!("{project} {revision}");
            fetch_one!(self.tx.conn(), (String,), NOTIFY, CHANNEL, payload)?;
        }
        self.tx.commit().await?;
        Ok(Committed { revision })
    }

    async fn insert_changes(&mut self, revision: i64) -> Result<()> {
        let mut changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            // Every revision has a row, so that a reader can tell a gap from a quiet commit.
            changes.push(Change::new(ChangeKind::Other, &serde_json::json!({})));
        }
        let at = self.at.micros();
        for (ordinal, change) in (0_i64..).zip(&changes) {
            let (conn, project) = self.parts();
            crate::change::insert(conn, project, revision, ordinal, at, change).await?;
        }
        Ok(())
    }
}
