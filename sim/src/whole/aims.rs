//! What chance brings about too seldom, people bring about on purpose: each time what has been met least of all.

use promptory_core::approval::Action;
use serde_json::json;

use super::{
    ENVIRONMENT, World,
    book::{Asked, Deed, is_waiting},
};
use crate::{check::Found, coverage::Cell};

/// How somebody brings it about.
#[derive(Clone, Copy)]
enum Means {
    Order(&'static str),
    /// Something else of the same prompt goes live.
    Replace,
    GoBack,
    Reject,
}

const AIMS: [(Means, Cell); 13] = [
    (Means::Reject, ("pending_approval", "rejected", "aborted")),
    (Means::Order("abort"), ("pending_approval", "aborted", "aborted")),
    (Means::Order("pause"), ("running", "paused", "paused")),
    (Means::Order("promote"), ("running", "promoted", "completed")),
    (Means::Order("abort"), ("running", "aborted", "aborted")),
    (Means::Replace, ("running", "superseded", "superseded")),
    (Means::GoBack, ("running", "rolling_back", "rolling_back")),
    (Means::Order("resume"), ("paused", "resumed", "running")),
    (Means::Order("abort"), ("paused", "aborted", "aborted")),
    (Means::Replace, ("paused", "superseded", "superseded")),
    (Means::GoBack, ("paused", "rolling_back", "rolling_back")),
    (Means::Order("start"), ("scheduled", "started", "completed")),
    (Means::Order("abort"), ("scheduled", "aborted", "aborted")),
];

impl World {
    /// Somebody does what has come about least of all; where nothing is in the state for it, what leads there.
    pub async fn aim(&mut self) -> Found {
        let seldom = AIMS.iter().min_by_key(|(_, cell)| self.coverage.count(*cell));
        let Some(&(means, (from, ..))) = seldom else { return Ok(()) };
        if let Some((id, prompt)) = self.one_in(from) {
            return self.by(means, &id, &prompt).await;
        }
        let running = self.one_in("running").filter(|_| from == "paused");
        match running {
            Some((id, prompt)) => self.by(Means::Order("pause"), &id, &prompt).await,
            None if is_waiting(from) => self.release().await,
            None => {
                let prompt = self.prompt();
                self.hurry(prompt, Some("gradual")).await
            }
        }
    }

    /// A deployment in this state, and its prompt.
    fn one_in(&self, state: &str) -> Option<(String, String)> {
        let one = self.book.deployments.values().find(|one| one.row.state == state)?;
        Some((one.row.id.clone(), one.row.prompt.clone()))
    }

    async fn by(&mut self, means: Means, id: &str, prompt: &str) -> Found {
        match means {
            Means::Order(word) => {
                let deed = Deed { who: self.somebody("operator"), knows: true, ..Deed::default() };
                let mut body = json!({"reason": "because"});
                self.acknowledge(&mut body, deed.knows);
                self.post(&format!("/deployments/{id}/{word}"), &body, deed).await?;
                Ok(())
            }
            Means::Replace => self.hurry(prompt, None).await,
            Means::GoBack => self.take_back(prompt).await,
            Means::Reject => self.reject(prompt).await,
        }
    }

    async fn reject(&mut self, prompt: &str) -> Found {
        let of = |asked: &Asked| asked.standing && asked.prompt.as_deref() == Some(prompt);
        let asked = self.book.approvals.iter().find(|(_, asked)| of(asked));
        let Some(id) = asked.map(|(id, _)| id.clone()) else { return Ok(()) };
        let deed = Deed {
            who: self.somebody("approver"),
            decides: Some((id.clone(), Action::Reject)),
            ..Deed::default()
        };
        self.post(&format!("/approvals/{id}/reject"), &json!({"comment": "words"}), deed).await?;
        Ok(())
    }

    /// A new version that waits for nobody.
    async fn hurry(&mut self, prompt: &str, strategy: Option<&str>) -> Found {
        let author = self.named("eve");
        self.write_version(prompt, author).await?;
        let deed = Deed { who: self.named("ann"), emergency: true, ..Deed::default() };
        let body = json!({"prompt": prompt, "version": "latest", "environment": ENVIRONMENT, "strategy": strategy,
            "emergency": {"reason": "it burns"}});
        self.post("/deployments", &body, deed).await?;
        Ok(())
    }
}
