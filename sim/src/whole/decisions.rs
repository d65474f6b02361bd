//! What people say about requests for approval, and about emergencies afterwards.

use anyhow::ensure;
use promptory_core::approval::Action;
use serde_json::json;

use super::{World, book::Deed};
use crate::check::Found;

/// Words that are asked for before somebody gives up.
const AGREE: usize = 7;

impl World {
    pub async fn decide(&mut self) -> Found {
        let Some(id) = self.any_request() else { return self.release().await };
        let (action, word) = match self.rng.u32(0..100) {
            0..=67 => (Action::Approve, "approve"),
            68..=74 => (Action::RequestChanges, "request-changes"),
            75..=79 => (Action::Comment, "comment"),
            80..=91 => (Action::Reject, "reject"),
            _ => (Action::Withdraw, "withdraw"),
        };
        let who = match action {
            Action::Withdraw if self.chance(80) => self.named("ann"),
            // Whoever may, and now and then whoever may not.
            _ if self.chance(25) => self.somebody("admin"),
            _ => self.somebody("approver"),
        };
        let deed = Deed { who, decides: Some((id.clone(), action)), ..Deed::default() };
        let known = self.decisions_of(&id);
        let answer =
            self.post(&format!("/approvals/{id}/{word}"), &json!({"comment": "words"}), deed).await?;
        // Of one that is over now, the book knows nothing any more.
        if answer.is_good() && self.book.approvals.contains_key(&id) {
            ensure!(self.decisions_of(&id) > known, "what was said of {id} and answered is lost");
        }
        Ok(())
    }

    /// One after another says that it may be, until it is done.
    pub async fn agree(&mut self) -> Found {
        let Some(id) = self.any_request() else { return self.release().await };
        for _ in 0..AGREE {
            let role = ["approver", "approver", "operator", "admin"][self.rng.usize(0..4)];
            let who = self.somebody(role);
            if self.book.approvals.get(&id).is_some_and(|asked| asked.standing) {
                let deed = Deed { who, decides: Some((id.clone(), Action::Approve)), ..Deed::default() };
                self.post(&format!("/approvals/{id}/approve"), &json!({}), deed).await?;
            }
        }
        Ok(())
    }

    fn any_request(&mut self) -> Option<String> {
        let standing = self.book.approvals.iter().filter(|(_, asked)| asked.standing);
        let ids: Vec<&String> = standing.map(|(id, _)| id).collect();
        (!ids.is_empty()).then(|| ids[self.rng.usize(0..ids.len())].clone())
    }

    fn decisions_of(&self, id: &str) -> usize {
        self.book.approvals.get(id).map_or(0, |asked| asked.approval.decisions.len())
    }

    /// Somebody looks at what went live without approval.
    pub async fn review(&mut self) -> Found {
        let Some((id, prompt, build)) = self.book.emergencies.first().cloned() else {
            return self.decide().await;
        };
        let approved = self.chance(70);
        let deed = Deed { who: self.somebody("approver"), ..Deed::default() };
        let body = json!({"approved": approved, "comment": "words"});
        let answer = self.post(&format!("/emergencies/{id}/review"), &body, deed).await?;
        if answer.is_good() {
            self.coverage.met("an emergency is looked at");
            self.book.emergencies.remove(0);
            if approved {
                self.book.deployments.entry(id).and_modify(|one| one.emergency = false);
                self.book.approved.insert((prompt, build));
            }
        } else if answer.status == 404 {
            // A way back in an emergency is none that anybody reviews.
            self.book.emergencies.remove(0);
        }
        Ok(())
    }
}
