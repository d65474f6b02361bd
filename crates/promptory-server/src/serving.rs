//! What is served, in memory: one immutable snapshot per project, swapped when a change commits. Serving threads
//! read it without locks and never wait for the database.

mod build;
mod changes;
mod entry;
mod event;
mod feed;
mod history;
mod keys;
mod prices;
mod project;
mod resolve;
mod rollouts;
mod token;
mod uses;

pub(crate) use build::compile;
pub use build::{Build, Parts};
pub(crate) use changes::with_lasts;
pub(crate) use entry::fold_into;
pub(crate) use event::Commits;
pub use event::{Event, News};
pub use feed::Feed;
pub use keys::{Caller, KeyRing, Who, secret_hash};
pub use project::{
    About, EVENTS, Environment, Label, Latest, Past, ProjectServing, PromptEntry, Rollout, Snapshot, Text,
};
pub use promptory_core::resolve::{Asker, PAST_BUILDS};
pub use resolve::{Ask, Choice, Miss, Reason, is_range, may_keep, resolve};
pub use token::{Subject, Tokens};
pub use uses::{UsedIn, Uses};

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use promptory_core::{cost::PriceBook, id::ProjectId};

/// All projects of this instance as they are served.
pub struct Serving {
    projects: ArcSwap<HashMap<ProjectId, Arc<ProjectServing>>>,
    pub keys: KeyRing,
}

impl Serving {
    pub fn new() -> Self {
        Self { projects: ArcSwap::from_pointee(HashMap::new()), keys: KeyRing::new() }
    }

    pub fn project(&self, id: &ProjectId) -> Option<Arc<ProjectServing>> {
        self.projects.load().get(id).cloned()
    }

    pub fn project_named(&self, name: &str) -> Option<Arc<ProjectServing>> {
        self.projects.load().values().find(|project| project.name == name).cloned()
    }

    pub fn projects(&self) -> Vec<Arc<ProjectServing>> {
        self.projects.load().values().cloned().collect()
    }

    /// What calls of a project's models cost.
    pub fn prices(&self, project: &ProjectServing, instance: &ProjectId) -> PriceBook {
        let shared = self.project(instance).map(|all| Arc::clone(&all.snapshot().prices)).unwrap_or_default();
        let own =
            if project.id == *instance { Arc::default() } else { Arc::clone(&project.snapshot().prices) };
        PriceBook::new(own, shared)
    }

    fn add(&self, project: Arc<ProjectServing>) {
        self.projects.rcu(|projects| {
            let mut projects = HashMap::clone(projects);
            projects.insert(project.id.clone(), Arc::clone(&project));
            projects
        });
    }

    /// Its keys first: nobody may ask for what is about to go.
    fn remove(&self, id: &ProjectId) {
        self.keys.replace(id, Vec::new());
        self.projects.rcu(|projects| {
            let mut projects = HashMap::clone(projects);
            projects.remove(id);
            projects
        });
    }
}

impl Default for Serving {
    fn default() -> Self {
        Self::new()
    }
}
