//! Who is told of what happens, how far they were told, and every attempt. What is to be told is the audit log itself,
//! which is written with each change: nothing is forgotten, and nothing is told that did not happen.

use promptory_core::id::ProjectId;

use crate::{KeptSecret, Result, Store, read::ProjectReader, write::WriteTx};

statements! {
    WEBHOOKS = "SELECT id, project_id, url, events, secret, old_secret, old_until, enabled, stopped_why, sent_n, attempts, \
        next_at, failing_since, created_by, created_at FROM webhook WHERE project_id = $1 ORDER BY id";
    WEBHOOK = "SELECT id, project_id, url, events, secret, old_secret, old_until, enabled, stopped_why, sent_n, attempts, \
        next_at, failing_since, created_by, created_at FROM webhook WHERE project_id = $1 AND id = $2";
    DUE_WEBHOOKS = "SELECT w.id, w.project_id, w.url, w.events, w.secret, w.old_secret, w.old_until, w.enabled, \
        w.stopped_why, w.sent_n, w.attempts, w.next_at, w.failing_since, w.created_by, w.created_at \
        FROM webhook w JOIN project p ON p.id = w.project_id \
        WHERE w.enabled AND w.next_at <= $1 AND p.audit_n > w.sent_n ORDER BY w.next_at, w.id LIMIT $2";
    INSERT_WEBHOOK = "INSERT INTO webhook (id, project_id, url, events, secret, enabled, sent_n, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE_WEBHOOK = "UPDATE webhook SET url = $3, events = $4, secret = $5, old_secret = $6, old_until = $7, enabled = $8, \
        stopped_why = $9, sent_n = $10, attempts = $11, next_at = $12, failing_since = $13 \
        WHERE project_id = $1 AND id = $2";
    DELETE_WEBHOOK = "DELETE FROM webhook WHERE project_id = $1 AND id = $2";
    DELETE_DELIVERIES = "DELETE FROM webhook_delivery WHERE project_id = $1 AND webhook_id = $2";
    /// Only from where it was: somebody may have moved it meanwhile.
    MOVE_WEBHOOK = "UPDATE webhook SET sent_n = $4, attempts = $5, next_at = $6, failing_since = $7 \
        WHERE project_id = $1 AND id = $2 AND sent_n = $3";
    INSERT_DELIVERY = "INSERT INTO webhook_delivery (id, webhook_id, project_id, n, event, attempt, at, took_ms, status, \
        error) SELECT $1, id, project_id, $4, $5, $6, $7, $8, CAST($9 AS BIGINT), $10 FROM webhook \
        WHERE project_id = $2 AND id = $3";
    DELIVERIES = "SELECT id, n, event, attempt, at, took_ms, status, error FROM webhook_delivery \
        WHERE project_id = $1 AND webhook_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    DELIVERY = "SELECT id, n, event, attempt, at, took_ms, status, error FROM webhook_delivery \
        WHERE project_id = $1 AND webhook_id = $2 AND id = $3";
    SWEEP_DELIVERIES = "DELETE FROM webhook_delivery WHERE at < $1";
}

row! {
    #[derive(PartialEq, Eq)]
    pub struct WebhookRow {
        pub id: String,
        pub project_id: String,
        pub url: String,
        /// JSON.
        pub events: String,
        pub secret: KeptSecret,
        pub old_secret: KeptSecret,
        pub old_until: i64,
        pub enabled: bool,
        /// Empty: nobody but people switched it.
        pub stopped_why: String,
        pub sent_n: i64,
        pub attempts: i64,
        pub next_at: i64,
        pub failing_since: Option<i64>,
        pub created_by: String,
        pub created_at: i64,
    }
}

row! {
    #[derive(PartialEq, Eq)]
    pub struct DeliveryRow {
        pub id: String,
        /// Of the audit log; 0: a test.
        pub n: i64,
        pub event: String,
        pub attempt: i64,
        pub at: i64,
        pub took_ms: i64,
        /// None: there was no answer.
        pub status: Option<i64>,
        /// Empty: it was taken.
        pub error: String,
    }
}

/// Where an endpoint stands after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub sent_n: i64,
    pub attempts: i64,
    pub next_at: i64,
    pub failing_since: Option<i64>,
}

impl ProjectReader<'_> {
    pub async fn webhooks(&mut self) -> Result<Vec<WebhookRow>> {
        let project = self.project;
        fetch_all!(self.conn(), WebhookRow, WEBHOOKS, project.as_str())
    }

    pub async fn webhook(&mut self, id: &str) -> Result<Option<WebhookRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), WebhookRow, WEBHOOK, project.as_str(), id)
    }

    /// Newest first, those before `before`.
    pub async fn deliveries(&mut self, webhook: &str, before: &str, limit: i64) -> Result<Vec<DeliveryRow>> {
        let project = self.project;
        fetch_all!(self.conn(), DeliveryRow, DELIVERIES, project.as_str(), webhook, before, limit)
    }

    pub async fn delivery(&mut self, webhook: &str, id: &str) -> Result<Option<DeliveryRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), DeliveryRow, DELIVERY, project.as_str(), webhook, id)
    }
}

impl WriteTx {
    pub async fn insert_webhook(&mut self, row: &WebhookRow) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_WEBHOOK,
            &row.id,
            project.as_str(),
            &row.url,
            &row.events,
            row.secret.as_str(),
            row.enabled,
            row.sent_n,
            &row.created_by,
            row.created_at
        )?;
        Ok(())
    }

    pub async fn update_webhook(&mut self, row: &WebhookRow) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(
            conn,
            UPDATE_WEBHOOK,
            project.as_str(),
            &row.id,
            &row.url,
            &row.events,
            row.secret.as_str(),
            row.old_secret.as_str(),
            row.old_until,
            row.enabled,
            &row.stopped_why,
            row.sent_n,
            row.attempts,
            row.next_at,
            row.failing_since
        )?;
        Ok(())
    }

    /// With every attempt that was made for it.
    pub async fn delete_webhook(&mut self, id: &str) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, DELETE_DELIVERIES, project.as_str(), id)?;
        let (conn, project) = self.parts();
        execute!(conn, DELETE_WEBHOOK, project.as_str(), id)?;
        Ok(())
    }
}

impl Store {
    /// Enabled ones that have not been told everything and whose time has come, of all projects.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due_webhooks(&self, now: i64, limit: i64) -> Result<Vec<WebhookRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), WebhookRow, DUE_WEBHOOKS, now, limit)
    }

    /// Writes down an attempt, and where the endpoint stands after it. Nothing is moved where it does not stand any more
    /// where it did.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn delivered(
        &self,
        webhook: &WebhookRow,
        attempt: Option<&DeliveryRow>,
        after: Option<Standing>,
    ) -> Result<()> {
        let mut tx = self.write_tx().await?;
        let (project, id) = (&webhook.project_id, &webhook.id);
        if let Some(made) = attempt {
            execute!(
                tx.conn(),
                INSERT_DELIVERY,
                &made.id,
                project,
                id,
                made.n,
                &made.event,
                made.attempt,
                made.at,
                made.took_ms,
                made.status,
                &made.error
            )?;
        }
        if let Some(Standing { sent_n, attempts, next_at, failing_since }) = after {
            execute!(
                tx.conn(),
                MOVE_WEBHOOK,
                project,
                id,
                webhook.sent_n,
                sent_n,
                attempts,
                next_at,
                failing_since
            )?;
        }
        tx.commit().await
    }

    /// Forgets attempts from before a time.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn sweep_deliveries(&self, before: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let swept = execute!(tx.conn(), SWEEP_DELIVERIES, before)?;
        tx.commit().await?;
        Ok(swept)
    }

    /// What is to be told, from behind a place in the audit log.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn told_after(&self, project: &ProjectId, n: i64, limit: i64) -> Result<Vec<crate::AuditRow>> {
        self.read().await?.project(project).audit_from(n, limit).await
    }
}
