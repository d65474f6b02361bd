//! Versions go out by every door, and come back.

use http::Method;
use serde_json::{Value, json};

use super::{
    ENVIRONMENT, World,
    book::{Deed, is_waiting},
    mutant::Mutant,
};
use crate::check::Found;

/// Deployments of one prompt that wait: nobody asks for more.
const MOST_WAITING: usize = 3;
/// Versions back that somebody may name.
const RECENT: usize = 6;

impl World {
    pub async fn release(&mut self) -> Found {
        let prompt = self.prompt();
        let waiting = self.book.deployments.values().filter(|one| one.row.prompt == prompt);
        if waiting.filter(|one| is_waiting(&one.row.state)).count() >= MOST_WAITING {
            return Ok(());
        }
        if self.book.live_row(prompt).is_some() && self.chance(12) {
            return self.change_live(prompt).await;
        }
        if self.chance(55) {
            let who = self.somebody("editor");
            self.write_version(prompt, who).await?;
        }
        let version = if self.chance(65) { Some("latest".to_owned()) } else { self.recent(prompt) };
        let body = json!({"version": version, "environment": ENVIRONMENT, "reason": "because"});
        self.bring(prompt, body).await
    }

    /// The number of one of the newest versions.
    fn recent(&mut self, prompt: &str) -> Option<String> {
        let all = self.book.versions_of(prompt);
        let numbers: Vec<String> = all.iter().rev().take(RECENT).map(|(_, one)| one.number.clone()).collect();
        (!numbers.is_empty()).then(|| numbers[self.rng.usize(0..numbers.len())].clone())
    }

    /// By steps or at once, for now or later.
    async fn bring(&mut self, prompt: &str, mut body: Value) -> Found {
        let emergency = self.chance(12);
        let role = if emergency { "admin" } else { "operator" };
        let deed = Deed { who: self.somebody(role), knows: self.chance(30), emergency, ..Deed::default() };
        self.acknowledge(&mut body, deed.knows);
        let mut path = "/deployments".to_owned();
        let frozen = self.is(Mutant::StartFrozen) && self.book.freeze.is_some();
        if emergency || frozen {
            body["emergency"] = json!({"reason": "it burns"});
        }
        let hold = self.chance(35) && body.get("emergency").is_none();
        let by_steps = self.book.live_row(prompt).is_some() && self.chance(if hold { 40 } else { 65 });
        let at_once = !by_steps && !hold && self.chance(60);
        if at_once {
            path = format!("/prompts/{prompt}/activate");
        } else {
            body["prompt"] = prompt.into();
            if hold {
                body["hold"] = true.into();
            }
        }
        if by_steps {
            let own = json!({"steps": [{"percentage": 12.5, "after_s": 0}, {"percentage": 40, "after_s": 1_800},
                {"percentage": 100, "after_s": 5_400}]});
            body["strategy"] = match self.rng.u32(0..4) {
                0 => "gradual".into(),
                1 => "canary".into(),
                _ => own,
            };
        }
        let answer = self.post(&path, &body, deed).await?;
        if answer.is_good() && answer.body["direction"] == "back" {
            self.coverage.met("an older version is activated");
        }
        Ok(())
    }

    /// A patch of what is live, or a new version with the content of an old one; live at once, or with approval.
    async fn change_live(&mut self, prompt: &str) -> Found {
        // Who writes and releases.
        let who = if self.chance(90) { self.named("otto") } else { self.somebody("editor") };
        let deed = Deed { who, knows: self.chance(40), ..Deed::default() };
        let old = self.recent(prompt).filter(|_| self.chance(50));
        let (path, mut body) = match old {
            None => {
                let body = json!({"content": self.text(), "environment": ENVIRONMENT});
                (format!("/prompts/{prompt}/patch"), body)
            }
            Some(number) => {
                let body = json!({"version": number, "environment": ENVIRONMENT});
                (format!("/prompts/{prompt}/revert"), body)
            }
        };
        self.acknowledge(&mut body, deed.knows);
        let made = self.post(&path, &body, deed).await?;
        self.written(prompt, who, &made);
        if made.is_good() {
            self.coverage.met("a patch or a revert goes live");
        }
        Ok(())
    }

    /// What is served is taken back: to what was before, to what is good, or to what somebody names.
    pub async fn go_back(&mut self) -> Found {
        let prompt = self.prompt();
        self.take_back(prompt).await
    }

    pub async fn take_back(&mut self, prompt: &str) -> Found {
        let emergency = self.chance(8);
        let role = if emergency { "admin" } else { "operator" };
        let deed = Deed { who: self.somebody(role), knows: self.chance(30), emergency, ..Deed::default() };
        let mut body = json!({"reason": "it is bad"});
        self.acknowledge(&mut body, deed.knows);
        if emergency {
            body["kind"] = "emergency".into();
        }
        let running = self.book.under_way(prompt).map(|one| one.row.id.clone()).next();
        let served = running.or_else(|| self.book.live.get(prompt).cloned());
        match served.filter(|_| self.chance(40)) {
            Some(id) => body["deployment_id"] = id.into(),
            None => {
                body["prompt"] = prompt.into();
                body["environment"] = ENVIRONMENT.into();
            }
        }
        let to = match self.rng.u32(0..3) {
            0 => None,
            1 => Some("last_known_good".to_owned()),
            _ => self.recent(prompt),
        };
        if let Some(to) = &to {
            body["to"] = to.as_str().into();
        }
        let answer = self.tell(Method::POST, "/rollbacks", Some(&body), deed).await?;
        if answer.is_good() && answer.body["state"] == "pending_approval" {
            self.coverage.met("a way back waits for approval");
        } else if answer.is_good() {
            self.coverage.met(match to.as_deref() {
                None => "a way back to what was before",
                Some("last_known_good") => "a way back to what is known to be good",
                Some(_) => "a way back to what somebody names",
            });
        }
        Ok(())
    }
}
