//! What an environment asks for, and when it takes nothing new.

use http::Method;
use promptory_core::time::Timestamp;
use serde_json::{Value, json};

use super::{ENVIRONMENT, World, book::Deed, mutant::Mutant};
use crate::check::Found;

const DAY_S: i64 = 86_400;

impl World {
    pub async fn change_policy(&mut self) -> Found {
        let stage = |name: &str, roles: &[&str], approvals: u32| json!({"name": name, "roles": roles, "approvals": approvals});
        let stages: Vec<Value> = match self.rng.u32(0..8) {
            0 | 1 => Vec::new(),
            2..=4 => vec![stage("review", &["approver"], 1)],
            5 => vec![stage("review", &["approver"], 2)],
            6 => vec![stage("review", &["approver"], 1), stage("release", &["operator"], 1)],
            _ => vec![stage("review", &["approver", "operator"], 2), stage("release", &["admin"], 1)],
        };
        let rollback = if self.chance(10) { "fix_forward" } else { "allowed" };
        let lasts = [DAY_S / 8, DAY_S, 3 * DAY_S][self.rng.usize(0..3)];
        let mut policy = json!({"stages": stages, "rollback": rollback, "allow_author": self.chance(15),
            "rollback_needs_approval": self.chance(15), "emergency": self.chance(90), "expires_after_s": lasts});
        if self.is(Mutant::ExpiredCounts) {
            policy["expires_after_s"] = (14 * DAY_S).into();
            self.asked_s = Some(DAY_S / 8);
        }
        let deed = Deed { who: self.somebody("admin"), ..Deed::default() };
        let before = self.book.policy.clone();
        let answer = self.put_policy(policy, deed).await?;
        // Of a faulty server: whoever runs it does not ask anybody.
        if self.is(Mutant::LoosenAtOnce) && answer.body.get("pending").is_some() && before == self.book.policy
        {
            let config = &self.ground.config;
            promptory_server::host::reset_policy(config, None, ENVIRONMENT, "a bug").await?;
            self.look(&super::book::Cause::Clock { leads: true }).await?;
        }
        Ok(())
    }

    async fn put_policy(&mut self, policy: Value, deed: Deed) -> Found<super::Answer> {
        let body = json!({"policy": policy});
        self.tell(Method::PUT, &format!("/environments/{ENVIRONMENT}"), Some(&body), deed).await
    }

    pub async fn freeze_or_not(&mut self) -> Found {
        let deed = Deed { who: self.somebody("admin"), ..Deed::default() };
        let now = Timestamp::from_micros(self.time());
        let frozen = self.book.freeze.as_ref().is_some_and(|freeze| freeze.is_on(now));
        if frozen {
            let path = format!("/environments/{ENVIRONMENT}/unfreeze");
            self.post(&path, &json!({"reason": "it is over"}), deed).await?;
            return Ok(());
        }
        let until = now.plus_seconds(3_600 * self.rng.i64(2..18));
        let body = json!({"reason": "holidays", "until": until.to_rfc3339()});
        self.post(&format!("/environments/{ENVIRONMENT}/freeze"), &body, deed).await?;
        Ok(())
    }

    pub async fn archive(&mut self) -> Found {
        let archived = self.book.archived.iter().next().cloned();
        let (prompt, word) = match archived {
            Some(prompt) => (prompt, "restore"),
            None => (self.prompt().to_owned(), "archive"),
        };
        let deed = Deed { who: self.somebody("operator"), ..Deed::default() };
        let before = self.book.archived.len();
        self.tell(Method::POST, &format!("/prompts/{prompt}/{word}"), None, deed).await?;
        if self.book.archived.len() != before {
            self.coverage.met("a prompt is archived or restored");
        }
        Ok(())
    }
}
