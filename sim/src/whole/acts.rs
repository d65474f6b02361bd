//! What people do: mostly what makes sense, sometimes not. Who may not tries as well.

use anyhow::ensure;
use http::Method;
use serde_json::{Value, json};

use super::{
    ACTS_A_DAY, DAY, ENVIRONMENT, World,
    book::{Deed, Written, is_under_way},
    mutant::Mutant,
};
use crate::check::Found;

impl World {
    /// Time passes, then somebody does something or something goes wrong.
    pub async fn next(&mut self) -> Found {
        let gap = self.rng.i64(1..2 * DAY / ACTS_A_DAY);
        self.pass(self.time() + gap).await?;
        self.mend().await?;
        self.act().await?;
        self.soon().await
    }

    async fn act(&mut self) -> Found {
        match self.rng.u32(0..100) {
            0..=24 => self.release().await,
            25..=35 => self.decide().await,
            36..=49 => self.agree().await,
            50..=67 => self.order().await,
            68..=75 => self.aim().await,
            76..=82 => self.go_back().await,
            83..=84 => self.freeze_or_not().await,
            85..=86 => self.change_policy().await,
            87..=88 => self.archive().await,
            89 => self.review().await,
            90..=91 => self.nonsense().await,
            _ => self.fault().await,
        }
    }

    /// Somebody with a role, or sometimes anybody.
    pub fn somebody(&mut self, role: &str) -> usize {
        let fits: Vec<usize> = (0..self.people.len()).filter(|n| self.people[*n].is(role)).collect();
        if self.chance(4) || fits.is_empty() {
            return self.rng.usize(0..self.people.len());
        }
        fits[self.rng.usize(0..fits.len())]
    }

    /// By whose browser it is sent: a faulty server would take one for another.
    pub fn sender(&self, deed: &Deed) -> usize {
        let Some((id, _)) = &deed.decides else { return deed.who };
        let Some(asked) = self.book.approvals.get(id) else { return deed.who };
        let own = |n: usize| {
            let id = self.people[n].id.as_str();
            let approval = &asked.approval;
            let is = |user: &promptory_core::id::UserId| user.as_str() == id;
            approval.authors.iter().any(is) || approval.requester.as_ref().is_some_and(is)
        };
        let again = |n: usize| {
            let id = self.people[n].id.as_str();
            let by = asked.approval.decisions.iter().filter_map(|one| one.by.as_ref());
            by.into_iter().any(|user| user.as_str() == id)
        };
        let planted = (self.is(Mutant::ApproveTwice) && again(deed.who))
            || (self.is(Mutant::AuthorApproves) && own(deed.who));
        let other = |n: &usize| *n != deed.who && !own(*n) && !again(*n) && self.people[*n].is("approver");
        if planted { (0..self.people.len()).find(other).unwrap_or(deed.who) } else { deed.who }
    }

    pub async fn post(&mut self, path: &str, body: &Value, deed: Deed) -> Found<super::Answer> {
        self.tell(Method::POST, path, Some(body), deed).await
    }

    /// A new version, written by somebody.
    pub async fn write_version(&mut self, prompt: &str, who: usize) -> Found {
        let body = json!({"content": self.text()});
        let deed = Deed { who, ..Deed::default() };
        let mut made = self.post(&format!("/prompts/{prompt}/versions"), &body, deed.clone()).await?;
        if !made.is_good() {
            // The server may have fallen after it was made: whoever releases it later is not its author.
            let path = format!("/prompts/{prompt}/versions/latest");
            made = self.tell(Method::GET, &path, None, deed).await?;
        }
        self.written(prompt, who, &made);
        Ok(())
    }

    /// Somebody was told of a version that they made.
    pub fn written(&mut self, prompt: &str, author: usize, made: &super::Answer) {
        let (id, number) = (made.text("/id"), made.text("/version"));
        if made.is_good() && !id.is_empty() {
            let order = self.book.versions.len();
            let written = Written { prompt: prompt.to_owned(), number, order, author };
            self.book.versions.entry(id).or_insert(written);
        }
    }

    /// Somebody moves a deployment, with the row before their eyes or an older one.
    async fn order(&mut self) -> Found {
        let fits = match self.rng.u32(0..100) {
            0..=24 => |state: &str| state == "scheduled",
            25..=29 => |state: &str| state == "pending_approval",
            30..=44 => |state: &str| state == "paused",
            45..=91 => is_under_way,
            _ => |_: &str| true,
        };
        let all = self.book.deployments.values().filter(|one| fits(&one.row.state));
        let all: Vec<(String, i64, String)> =
            all.map(|one| (one.row.id.clone(), one.row.number, one.row.state.clone())).collect();
        if all.is_empty() {
            return self.release().await;
        }
        let (id, number, state) = all[self.rng.usize(0..all.len())].clone();
        let words: &[&str] = match state.as_str() {
            "pending_approval" => &["abort", "abort", "start"],
            "scheduled" => &["start", "start", "start", "start", "abort", "resume"],
            "paused" => &["resume", "abort", "advance", "pause"],
            "running" => &["pause", "pause", "advance", "promote", "promote", "abort", "abort", "resume"],
            _ => &["pause", "promote", "abort", "start"],
        };
        let word = words[self.rng.usize(0..words.len())];
        let mut body = json!({"reason": "because"});
        let mut deed = Deed { who: self.somebody("operator"), knows: self.chance(50), ..Deed::default() };
        if self.chance(40) {
            let seen = if self.chance(25) { number - 1 } else { number };
            deed.seen = Some((id.clone(), seen));
            if !self.is(Mutant::StaleVersion) {
                body["number"] = seen.into();
            }
        }
        self.acknowledge(&mut body, deed.knows);
        self.post(&format!("/deployments/{id}/{word}"), &body, deed).await?;
        Ok(())
    }

    /// Says that they know what was taken back; of a faulty server also who does not.
    pub fn acknowledge(&self, body: &mut Value, knows: bool) {
        if knows || self.is(Mutant::ForgetQuarantine) {
            body["acknowledge_rollback"] = true.into();
        }
    }

    /// What makes no sense changes nothing.
    async fn nonsense(&mut self) -> Found {
        let before = self.book.head;
        let prompt = self.prompt();
        let (path, body) = match self.rng.u32(0..6) {
            0 => (
                "/deployments".to_owned(),
                json!({"prompt": "nobody", "version": "1", "environment": ENVIRONMENT}),
            ),
            1 => (
                "/deployments".to_owned(),
                json!({"prompt": prompt, "version": "999.0.0", "environment": ENVIRONMENT}),
            ),
            2 => {
                let steps =
                    json!({"steps": [{"percentage": 50, "after_s": 0}, {"percentage": 20, "after_s": 9}]});
                let body = json!({"prompt": prompt, "version": "latest", "environment": ENVIRONMENT, "strategy": steps});
                ("/deployments".to_owned(), body)
            }
            3 => ("/deployments/none/advance".to_owned(), json!({})),
            4 => ("/approvals/none/approve".to_owned(), json!({})),
            _ => (
                format!("/prompts/{prompt}/activate"),
                json!({"version": "latest", "environment": "nowhere"}),
            ),
        };
        let deed = Deed { who: self.named("ann"), ..Deed::default() };
        let answer = self.post(&path, &body, deed).await?;
        ensure!((400..500).contains(&answer.status), "{path} {body} is answered by {answer:?}");
        ensure!(self.book.head == before, "{path} {body} changed something");
        Ok(())
    }
}
