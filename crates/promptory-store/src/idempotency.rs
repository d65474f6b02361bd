//! Answers kept for repeats of a request, in the commit that the request made.

use crate::{Result, Store, read::ProjectReader, write::WriteTx};

statements! {
    INSERT_ANSWER = "INSERT INTO idempotency (project_id, actor, route, name, body_hash, status, answer, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FORGET_ANSWER = "DELETE FROM idempotency WHERE project_id = $1 AND actor = $2 AND route = $3 AND name = $4 \
        AND created_at < $5";
    KEPT_ANSWER = "SELECT body_hash, status, answer FROM idempotency \
        WHERE project_id = $1 AND actor = $2 AND route = $3 AND name = $4 AND created_at >= $5";
    SWEEP_ANSWERS = "DELETE FROM idempotency WHERE created_at < $1";
}

#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub actor: String,
    pub route: String,
    pub name: String,
    pub body_hash: String,
    /// Answers from before this time are forgotten.
    pub not_before: i64,
}

row! {
    pub struct KeptAnswer {
        pub body_hash: String,
        pub status: i64,
        pub answer: String,
    }
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl WriteTx {
    pub(crate) async fn insert_answer(&mut self, key: &IdempotencyKey, answer: &Answer) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, FORGET_ANSWER, project.as_str(), &key.actor, &key.route, &key.name, key.not_before)?;
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_ANSWER,
            project.as_str(),
            &key.actor,
            &key.route,
            &key.name,
            &key.body_hash,
            i64::from(answer.status),
            &answer.body,
            at
        )?;
        Ok(())
    }
}

impl ProjectReader<'_> {
    pub async fn kept_answer(&mut self, key: &IdempotencyKey) -> Result<Option<KeptAnswer>> {
        let project = self.project;
        fetch_optional!(
            self.conn(),
            KeptAnswer,
            KEPT_ANSWER,
            project.as_str(),
            &key.actor,
            &key.route,
            &key.name,
            key.not_before
        )
    }
}

impl Store {
    /// Forgets answers from before the given time. Answers how many.
    pub async fn sweep_answers(&self, before: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let dropped = execute!(tx.conn(), SWEEP_ANSWERS, before)?;
        tx.commit().await?;
        Ok(dropped)
    }
}
