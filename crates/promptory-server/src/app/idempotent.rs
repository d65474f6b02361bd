//! `Idempotency-Key`: a repeat gets the first answer, stored in the same commit as the change.

use std::sync::Arc;

use promptory_core::{limits, time::Timestamp};
use promptory_store::{Answer, IdempotencyKey, WriteTx};
use serde::Serialize;

use super::{App, Ctx, Outcome};
use crate::refusal::{Code, Refusal};

/// What a request said of itself.
#[derive(Clone, Debug)]
pub struct Idempotency {
    pub name: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of the body, hex.
    pub body_hash: String,
}

/// Held while a request with an `Idempotency-Key` runs on this server.
pub struct Running {
    app: Arc<App>,
    mark: String,
}

impl Running {
    /// # Errors
    /// The same request is running already.
    pub fn begin(ctx: &Ctx, name: &str, route: &str) -> Outcome<Arc<Self>> {
        let mark = format!("{} {} {route} {name}", ctx.project.id, ctx.caller.actor());
        let app = Arc::clone(&ctx.app);
        let fresh = app.running.lock().is_ok_and(|mut running| running.insert(mark.clone()));
        if fresh {
            return Ok(Arc::new(Self { app, mark }));
        }
        Err(Refusal::new(
            Code::InProgress,
            "The same request is still running. Wait for its answer, or repeat it.",
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(mut running) = self.app.running.lock() {
            running.remove(&self.mark);
        }
    }
}

/// A kept answer, as it was given.
pub struct Replay {
    pub status: u16,
    pub body: String,
}

impl Ctx {
    fn idempotency_key(&self, now: Timestamp) -> Option<IdempotencyKey> {
        self.idempotency.as_ref().map(|idempotency| IdempotencyKey {
            actor: self.caller.actor(),
            route: idempotency.route.clone(),
            name: idempotency.name.clone(),
            body_hash: idempotency.body_hash.clone(),
            not_before: now.plus_seconds(-3600 * limits::IDEMPOTENCY_HOURS).micros(),
        })
    }

    /// The answer that was given to this request before.
    ///
    /// # Errors
    /// The key was used with another body.
    pub async fn replay(&self) -> Outcome<Option<Replay>> {
        let Some(key) = self.idempotency_key(self.now) else { return Ok(None) };
        let mut reader = self.app.store.read().await?;
        let Some(kept) = reader.project(&self.project.id).kept_answer(&key).await? else { return Ok(None) };
        if kept.body_hash != key.body_hash {
            return Err(Refusal::new(
                Code::IdempotencyMismatch,
                "This Idempotency-Key was used with another body. Use a new key for a new request.",
            ));
        }
        Ok(Some(Replay { status: u16::try_from(kept.status).unwrap_or(200), body: kept.answer }))
    }

    /// The answer to a request that left everything as it was; a repeat gets the same.
    ///
    /// # Errors
    /// The answer cannot be kept.
    pub async fn nothing_changed<T: Serialize>(
        &self,
        mut tx: WriteTx,
        status: u16,
        answer: T,
        since: i64,
    ) -> Outcome<T> {
        if self.idempotency.is_some() {
            self.remember(&mut tx, status, &answer).await?;
            tx.commit_answer().await?;
        } else {
            // The project is free again before the wait.
            drop(tx);
        }
        self.settle(since).await;
        Ok(answer)
    }

    /// Keeps the answer with the change that it is about. Not for answers that hold a secret.
    ///
    /// # Errors
    /// Another server has carried out the same request meanwhile: a repeat gets its answer.
    pub async fn remember<T: Serialize>(&self, tx: &mut WriteTx, status: u16, answer: &T) -> Outcome<()> {
        let Some(key) = self.idempotency_key(tx.at()) else { return Ok(()) };
        if tx.project().kept_answer(&key).await?.is_some() {
            return Err(Refusal::new(
                Code::InProgress,
                "The same request was just carried out elsewhere. Repeat it to get its answer.",
            ));
        }
        let body = serde_json::to_string(answer).map_err(|error| {
            Refusal::new(Code::Internal, format!("The answer cannot be written: {error}"))
        })?;
        tx.remember(key, Answer { status, body });
        Ok(())
    }
}
