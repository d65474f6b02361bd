//! What the simulation itself has seen and written down. All that must hold is judged by this, never by what servers say
//! of themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use promptory_core::approval::{Action, Approval, Freeze, Policy};
use promptory_store::{DeploymentEventRow, DeploymentRow};
use serde_json::Value;

/// A deployment that is not over, or is live.
pub struct Deployed {
    pub row: DeploymentRow,
    pub log: Vec<DeploymentEventRow>,
    /// Somebody did without approval.
    pub emergency: bool,
    /// Who got it at which share, when it was last looked at.
    pub got: Option<(i64, BTreeSet<u32>)>,
}

/// Who asked for what.
pub struct Asked {
    pub kind: String,
    pub prompt: Option<String>,
    pub build_hash: String,
    /// What is done with the last approval.
    pub wanted: Value,
    pub approval: Approval,
    /// Something can still become of it.
    pub standing: bool,
}

/// A build that was taken back.
pub struct TakenBack {
    pub prompt: String,
    pub build_hash: String,
    pub known: bool,
}

/// Of a version.
#[derive(Clone, Debug)]
pub struct Written {
    pub prompt: String,
    pub number: String,
    /// Versions of all prompts in the order in which they were made.
    pub order: usize,
    pub author: usize,
}

#[derive(Default)]
pub struct Book {
    /// The revision of the last look, and the commits between it and the audit log.
    pub head: i64,
    pub ahead: Option<i64>,
    /// Nobody restores the database.
    pub epoch: Option<String>,
    /// Ids of all deployments and requests that were ever seen.
    pub known: HashSet<String>,
    pub deployments: BTreeMap<String, Deployed>,
    /// Which deployment brought what is live, by prompt.
    pub live: HashMap<String, String>,
    pub archived: BTreeSet<String>,
    /// Builds that were live with approval, or where nobody had to agree.
    pub approved: HashSet<(String, String)>,
    /// Versions that were live, and which ones are known.
    pub was_live: HashSet<String>,
    pub versions: HashMap<String, Written>,
    pub back: Vec<TakenBack>,
    pub ways_back: HashSet<String>,
    pub policy: Policy,
    pub freeze: Option<Freeze>,
    pub approvals: BTreeMap<String, Asked>,
    /// Went live in an emergency and was not looked at yet: deployment, prompt and build.
    pub emergencies: Vec<(String, String, String)>,
    /// What every server that has a revision answers.
    pub answers: BTreeMap<i64, u64>,
}

impl Book {
    pub fn live_row(&self, prompt: &str) -> Option<&DeploymentRow> {
        Some(&self.deployments.get(self.live.get(prompt)?)?.row)
    }

    pub fn under_way(&self, prompt: &str) -> impl Iterator<Item = &Deployed> {
        self.deployments.values().filter(move |one| one.row.prompt == prompt && is_under_way(&one.row.state))
    }

    pub fn in_quarantine(&self, prompt: &str, build_hash: &str) -> bool {
        self.back.iter().any(|one| !one.known && one.prompt == prompt && one.build_hash == build_hash)
    }

    pub fn knows(&mut self, prompt: &str, build_hash: &str) {
        let known = |one: &&mut TakenBack| one.prompt == prompt && one.build_hash == build_hash;
        self.back.iter_mut().filter(known).for_each(|one| one.known = true);
    }

    pub fn takes_back(&mut self, prompt: &str, build_hash: &str) {
        if !self.in_quarantine(prompt, build_hash) {
            let (prompt, build_hash) = (prompt.to_owned(), build_hash.to_owned());
            self.back.push(TakenBack { prompt, build_hash, known: false });
        }
    }

    /// What is over and not live is needed no more.
    pub fn forget(&mut self) {
        let live: HashSet<&String> = self.live.values().collect();
        self.deployments.retain(|id, one| !is_over(&one.row.state) || live.contains(id));
        self.approvals.retain(|_, asked| asked.standing);
        while self.answers.len() > 200 {
            self.answers.pop_first();
        }
    }

    /// Versions of a prompt, the oldest first.
    pub fn versions_of(&self, prompt: &str) -> Vec<(&String, &Written)> {
        let mut all: Vec<_> = self.versions.iter().filter(|(_, one)| one.prompt == prompt).collect();
        all.sort_by_key(|(_, one)| one.order);
        all
    }
}

pub fn is_under_way(state: &str) -> bool {
    matches!(state, "running" | "paused" | "baking")
}

pub fn is_waiting(state: &str) -> bool {
    matches!(state, "pending_approval" | "scheduled")
}

pub fn is_over(state: &str) -> bool {
    matches!(state, "completed" | "rolled_back" | "aborted" | "superseded")
}

/// What somebody does, as they say it.
#[derive(Clone, Debug, Default)]
pub struct Deed {
    pub who: usize,
    /// They know that it was taken back.
    pub knows: bool,
    /// They do without approval, as far as their rights go.
    pub emergency: bool,
    /// The deployment that they move, and which state of it they have seen.
    pub seen: Option<(String, i64)>,
    /// The request that they decide.
    pub decides: Option<(String, Action)>,
}

/// Who is behind what changed.
#[derive(Clone, Debug)]
pub enum Cause {
    Person(Deed),
    /// A server that looked once, and whether it leads.
    Clock {
        leads: bool,
    },
}

impl Cause {
    pub fn deed(&self) -> Option<&Deed> {
        match self {
            Self::Person(deed) => Some(deed),
            Self::Clock { .. } => None,
        }
    }
}
