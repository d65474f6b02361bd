//! One environment with some prompts, the people around it and the servers that move its rollouts.

use std::collections::{BTreeMap, HashSet};

use fastrand::Rng;
use promptory_core::{
    access::Roles,
    approval::{Approval, Basis, Freeze, Person, Policy, Stage, Subject},
    id::{DeploymentId, PromptId},
    rollback::TakenBack,
    rollout::{Deployment, Event},
    time::Timestamp,
};

use crate::{cells, coverage::Coverage, mutant::Mutant};

pub const ENVIRONMENT: &str = "production";
const PROMPTS: usize = 5;
/// Builds that were live and are remembered.
pub const REMEMBERED: usize = 6;

/// A deployment with what belongs to it.
pub struct Held {
    pub row: Deployment,
    pub build: u32,
    pub approval: Option<Approval>,
    pub emergency: bool,
    /// Everything that happened to it.
    pub log: Vec<Event>,
}

/// A build that was live, at its last time.
#[derive(Clone)]
pub struct Past {
    pub build: u32,
    pub since: Timestamp,
    pub basis: Basis,
    pub executions: u64,
    pub taken_back: bool,
}

pub struct Pair {
    pub prompt: PromptId,
    /// Which deployment brought what is live.
    pub live: Option<DeploymentId>,
    pub held: BTreeMap<DeploymentId, Held>,
    /// The most recent last.
    pub past: Vec<Past>,
    pub back: Vec<TakenBack>,
    pub builds: u32,
    /// Builds that were live with approval, for ever: what the checks go by.
    pub approved: HashSet<u32>,
}

/// A policy that loosens, waiting for the policy in force.
pub struct Loosening {
    pub policy: Policy,
    pub approval: Approval,
}

pub struct World {
    pub rng: Rng,
    pub mutant: Option<Mutant>,
    /// The time, without the steps that clocks make.
    pub time: Timestamp,
    /// How far the clocks are off, in seconds.
    pub off: i64,
    pub pairs: Vec<Pair>,
    pub policy: Policy,
    pub loosening: Option<Loosening>,
    pub freeze: Option<Freeze>,
    /// Of the server that leads.
    pub fence: u64,
    pub made: u64,
    pub people: Vec<Person>,
    pub coverage: Coverage,
}

impl Pair {
    pub fn hash(build: u32) -> String {
        format!("sha256:{build}")
    }

    /// What callers get but for a rollout.
    pub fn live_build(&self) -> Option<u32> {
        self.held.get(self.live.as_ref()?).map(|held| held.build)
    }

    pub fn under_way(&self) -> Option<&DeploymentId> {
        self.held.iter().find(|(_, held)| held.row.state.is_under_way()).map(|(id, _)| id)
    }

    pub fn subject(&self, build: u32) -> Subject {
        let environment = ENVIRONMENT.to_owned();
        Subject::Build { prompt: self.prompt.clone(), environment, build_hash: Self::hash(build) }
    }

    /// Forgets what is over and serves nothing.
    pub fn forget(&mut self) {
        let live = self.live.clone();
        self.held.retain(|id, held| !held.row.state.is_final() || Some(id) == live.as_ref());
        let taken = self.past.len().saturating_sub(REMEMBERED);
        self.past.drain(..taken);
    }
}

impl World {
    pub fn new(seed: u64, mutant: Option<Mutant>) -> Self {
        let pair = |n: usize| Pair {
            prompt: format!("p{n}").into(),
            live: None,
            held: BTreeMap::new(),
            past: Vec::new(),
            back: Vec::new(),
            builds: 0,
            approved: HashSet::new(),
        };
        Self {
            rng: Rng::with_seed(seed),
            mutant,
            time: Timestamp::from_micros(1_790_000_000_000_000),
            off: 0,
            pairs: (0..PROMPTS).map(pair).collect(),
            policy: Policy::default(),
            loosening: None,
            freeze: None,
            fence: 1,
            made: 0,
            people: people(),
            coverage: Coverage::of(cells::WANTED),
        }
    }

    pub fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    /// As a server's clock says.
    pub fn now(&self) -> Timestamp {
        self.time.plus_seconds(self.off)
    }

    pub fn is_frozen(&self) -> bool {
        self.freeze.as_ref().is_some_and(|freeze| freeze.is_on(self.now()))
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    pub fn person(&mut self) -> Person {
        self.people[self.rng.usize(0..self.people.len())].clone()
    }

    /// Some of the policies that people choose.
    pub fn any_policy(&mut self) -> Policy {
        let stage = |name: &str, roles: &str, approvals| Stage {
            name: name.to_owned(),
            roles: Roles::from_stored(roles),
            users: Vec::new(),
            approvals,
        };
        let stages = match self.rng.u32(0..5) {
            0 => Vec::new(),
            1 => vec![stage("review", "approver", 1)],
            2 => vec![stage("review", "approver", 2)],
            3 => vec![stage("review", "approver", 1), stage("release", "operator", 1)],
            _ => vec![stage("review", "approver operator", 2), stage("release", "admin", 1)],
        };
        let expires_after_s = [1, 3, 14][self.rng.usize(0..3)] * 86_400;
        Policy { stages, allow_author: self.chance(20), expires_after_s, ..Policy::default() }
    }
}

fn people() -> Vec<Person> {
    [
        ("ada", "editor approver"),
        ("ben", "approver"),
        ("cid", "approver operator"),
        ("dan", "approver editor"),
        ("olga", "operator"),
        ("otto", "operator editor"),
        ("eve", "editor"),
        ("ann", "admin"),
    ]
    .map(|(name, roles)| Person { user: name.into(), roles: Roles::from_stored(roles) })
    .into()
}

/// Time goes on to what happens next.
impl World {
    pub fn next(&mut self) -> crate::check::Found {
        let until = self.time.plus_seconds(60 + self.rng.i64(0..2_400));
        while let Some(due) = self.due().filter(|due| *due <= until) {
            let late = if self.chance(85) { self.rng.i64(0..90) } else { self.rng.i64(0..20_000) };
            self.time = self.time.max(due).plus_seconds(late);
            self.look_all()?;
        }
        self.time = self.time.max(until);
        self.expire()?;
        self.act()
    }

    /// When the next deployment moves by itself.
    fn due(&self) -> Option<Timestamp> {
        let held = self.pairs.iter().flat_map(|pair| pair.held.values());
        held.filter_map(|held| held.row.next_at()).min().map(|due| due.plus_seconds(-self.off))
    }

    /// Sometimes one looks first that led before and does not know yet.
    fn look_all(&mut self) -> crate::check::Found {
        if self.chance(10) {
            self.look(self.fence - 1)?;
        }
        self.look(self.fence)
    }
}
