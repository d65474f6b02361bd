//! What a server keeps about people between requests: almost nothing, all of it bounded.

use std::{net::IpAddr, sync::Arc, time::Duration};

use governor::DefaultDirectRateLimiter;
use moka::future::Cache;
use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::{NewAudit, WriteTx};
use serde_json::Value;

use super::{
    App, Outcome,
    attempts::Attempts,
    passwords::{PasswordCost, Passwords},
};
use crate::{
    clock::Clock,
    ids::{hex, uuid_v7},
    refusal::{Code, Refusal},
    serving::{Caller, secret_hash},
};

/// Sessions whose rate of changes is counted at once.
const WRITERS: u64 = 10_000;
const WRITER_IDLE: Duration = Duration::from_secs(60);

pub struct People {
    pub passwords: Passwords,
    attempts: Attempts,
    writes: Cache<[u8; 32], Arc<DefaultDirectRateLimiter>>,
    /// The address that people use, without a slash at its end.
    pub public_url: Option<String>,
}

impl People {
    /// # Errors
    /// A cost of passwords that makes no sense.
    pub fn new(cost: PasswordCost, public_url: Option<&str>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        Ok(Self {
            passwords: Passwords::new(cost)?,
            attempts: Attempts::new(clock),
            writes: Cache::builder().max_capacity(WRITERS).time_to_idle(WRITER_IDLE).build(),
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        })
    }

    /// Whether browsers come by https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Of a session: changes per second on this server.
    pub async fn write_limiter(&self, session: [u8; 32]) -> Arc<DefaultDirectRateLimiter> {
        self.writes.get_with(session, async { Caller::write_limiter() }).await
    }

    /// An address of this server, if it knows its own.
    pub fn url(&self, path: &str) -> Option<String> {
        self.public_url.as_ref().map(|url| format!("{url}{path}"))
    }
}

/// A secret of 256 random bits that is told from others by its front, and the hash that is kept of it.
pub(crate) fn new_token(app: &App, front: &str) -> (String, [u8; 32]) {
    let mut random = [0_u8; 32];
    app.ids.bytes(&mut random);
    let token = format!("{front}{}", hex(&random));
    let hash = secret_hash(&token);
    (token, hash)
}

/// Compared in a time that says nothing about where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    // Of equal length, and nobody can aim at a hash.
    let pairs = secret_hash(one).into_iter().zip(secret_hash(other));
    std::hint::black_box(pairs.fold(0, |differ, (a, b)| differ | (a ^ b))) == 0
}

/// A request that needs no permission, because it is about who asks.
pub struct Visit {
    pub app: Arc<App>,
    pub now: Timestamp,
    pub request_id: String,
    pub address: Option<IpAddr>,
    /// Of the session, as it was sent.
    pub secret: Option<String>,
    /// `X-CSRF-Token`.
    pub csrf: Option<String>,
}

impl Visit {
    /// Whether somebody may prove here who they are, which counts as an attempt.
    ///
    /// # Errors
    /// Others could read along, or there were too many attempts.
    pub fn attempt(&self) -> Outcome<()> {
        let safe = self.app.people.is_https()
            || self.address.is_some_and(|address| address.to_canonical().is_loopback());
        if !safe {
            self.app.metrics.sign_in("insecure");
            let detail = "Over plain http people sign in on the server's own machine only. Put a proxy with TLS in \
                front, and set public_url (PROMPTORY_PUBLIC_URL) to its https address.";
            return Err(Refusal::new(Code::InsecureOrigin, detail));
        }
        let counted = self.address.map_or(Ok(()), |address| self.app.people.attempts.count(address));
        counted.map_err(|seconds| {
            self.app.metrics.sign_in("limited");
            Refusal::too_many_attempts(seconds)
        })
    }

    pub fn new_id(&self) -> String {
        uuid_v7(&*self.app.ids, self.now)
    }

    /// Begins a change of what concerns the whole instance.
    pub(super) async fn write(&self) -> Outcome<WriteTx> {
        Ok(self.app.store.write(&self.app.instance, self.now).await?)
    }

    /// Ends it. `who`: id and name.
    pub(super) async fn commit(
        &self,
        tx: WriteTx,
        who: (&str, &str),
        action: &str,
        detail: &Value,
    ) -> Outcome<()> {
        let instance: &ProjectId = &self.app.instance;
        let audit = NewAudit {
            actor: format!("user:{}", who.0),
            actor_name: who.1.to_owned(),
            action: action.to_owned(),
            address: self.address.map(|address| address.to_string()),
            request_id: Some(self.request_id.clone()),
            detail: detail.to_string(),
            ..NewAudit::default()
        };
        let committed = tx.commit(audit).await?;
        self.app.feed.wake_at(instance, committed.revision);
        Ok(())
    }
}
