//! Changes of every kind, in any order, for the tests of the feed.

use std::collections::BTreeSet;

use promptory_core::id::ProjectId;
use promptory_store::{Archive, StoreError, WriteTx};
use proptest::{prelude::*, sample::Index};

use crate::applying::Applies;
use crate::story::{about, activation, folded, new_key, new_prompt, new_version, row};

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Prompt,
    Describe(Index),
    Rename(Index, Index),
    ForgetName(Index),
    ArchivePrompt(Index, bool),
    DeletePrompt(Index),
    Version(Index),
    ArchiveVersion(Index, bool),
    Correct(Index),
    Deprecate(Index),
    DeleteVersion(Index),
    Activate(Index, Index),
    Label(Index, Index),
    Unlabel(Index, Index),
    Key,
    Revoke(Index),
    Environment(Index),
    Policy(Index, bool),
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let two = || (any::<Index>(), any::<Index>());
    let flagged = || (any::<Index>(), any::<bool>());
    let of_a_prompt = prop_oneof![
        4 => Just(Step::Prompt),
        1 => index().prop_map(Step::Describe),
        3 => two().prop_map(|(n, name)| Step::Rename(n, name)),
        1 => index().prop_map(Step::ForgetName),
        3 => flagged().prop_map(|(n, archived)| Step::ArchivePrompt(n, archived)),
        1 => index().prop_map(Step::DeletePrompt),
    ];
    let of_a_version = prop_oneof![
        5 => index().prop_map(Step::Version),
        2 => flagged().prop_map(|(n, archived)| Step::ArchiveVersion(n, archived)),
        1 => index().prop_map(Step::Correct),
        1 => index().prop_map(Step::Deprecate),
        3 => index().prop_map(Step::DeleteVersion),
        6 => two().prop_map(|(version, environment)| Step::Activate(version, environment)),
        3 => two().prop_map(|(version, name)| Step::Label(version, name)),
        1 => two().prop_map(|(version, name)| Step::Unlabel(version, name)),
    ];
    let of_the_project = prop_oneof![
        2 => Just(Step::Key),
        2 => index().prop_map(Step::Revoke),
        1 => index().prop_map(Step::Environment),
        1 => flagged().prop_map(|(n, allowed)| Step::Policy(n, allowed)),
    ];
    prop_oneof![4 => of_a_prompt, 7 => of_a_version, 2 => of_the_project]
}

/// What the steps have made so far, to choose from.
pub(crate) struct World<'a> {
    project: &'a ProjectId,
    /// Id and name.
    prompts: Vec<(String, String)>,
    prompts_ever: usize,
    /// Prompt and id.
    versions: Vec<(String, String)>,
    versions_ever: BTreeSet<String>,
    environments: Vec<String>,
    keys: Vec<String>,
    deployments: usize,
    /// Prompts whose archived flag changed in the change of this revision: once in each is what the server does.
    flagged: (i64, BTreeSet<String>),
}

fn chosen<'a, T>(all: &'a [T], index: &Index) -> Option<&'a T> {
    (!all.is_empty()).then(|| index.get(all))
}

impl<'a> World<'a> {
    pub(crate) fn new(project: &'a ProjectId, environments: Vec<String>) -> Self {
        Self {
            project,
            prompts: Vec::new(),
            prompts_ever: 0,
            versions: Vec::new(),
            versions_ever: BTreeSet::new(),
            environments,
            keys: Vec::new(),
            deployments: 0,
            flagged: (0, BTreeSet::new()),
        }
    }

    pub(crate) async fn take(&mut self, tx: &mut WriteTx, step: &Step) -> Result<(), StoreError> {
        match step {
            Step::Environment(n) => {
                let name = format!("e{}", self.environments.len());
                tx.add_environment(&name, n.index(self.environments.len()) as i64 + 1).await?;
                self.environments.push(name);
            }
            Step::Policy(n, allowed) => {
                let all = tx.project().environments().await?;
                tx.apply_policy(n.get(&all), if *allowed { "allowed" } else { "fix_forward" }).await?;
            }
            Step::Key => {
                let id = format!("{}-key-{}", self.project, self.keys.len());
                tx.insert_key(&new_key(&id)).await?;
                self.keys.push(id);
            }
            Step::Revoke(n) => {
                let Some(id) = chosen(&self.keys, n) else { return Ok(()) };
                let key = tx.project().key(id).await?.expect("there");
                tx.revoke_key(&key).await?;
            }
            Step::Prompt => {
                let id = format!("{}/{}", self.project, self.prompts_ever);
                tx.insert_prompt(&new_prompt(&id, &id)).await?;
                self.prompts.push((id.clone(), id));
                self.prompts_ever += 1;
            }
            Step::Describe(n)
            | Step::Rename(n, _)
            | Step::ForgetName(n)
            | Step::ArchivePrompt(n, _)
            | Step::DeletePrompt(n) => {
                if let Some(prompt) = chosen(&self.prompts, n).cloned() {
                    self.take_prompt(tx, step, prompt).await?;
                }
            }
            Step::Version(n) => self.add_version(tx, n).await?,
            Step::ArchiveVersion(n, _)
            | Step::Correct(n)
            | Step::Deprecate(n)
            | Step::DeleteVersion(n)
            | Step::Activate(n, _)
            | Step::Label(n, _)
            | Step::Unlabel(n, _) => {
                if let Some(version) = chosen(&self.versions, n).cloned() {
                    self.take_version(tx, step, version).await?;
                }
            }
        }
        Ok(())
    }

    async fn take_prompt(
        &mut self,
        tx: &mut WriteTx,
        step: &Step,
        (id, name): (String, String),
    ) -> Result<(), StoreError> {
        let prompt = row(tx, &name).await;
        match step {
            Step::Describe(_) => tx.update_prompt(&prompt, &about("again", "[]")).await.map(drop),
            Step::Rename(_, name) => {
                // Few names, and two that differ in case only: a prompt gets back to one that it had.
                let names = [id.clone(), format!("{id}/x"), format!("{id}/X"), format!("{id}/y")];
                let name = name.get(&names);
                self.prompts.iter_mut().filter(|one| one.0 == id).for_each(|one| one.1.clone_from(name));
                tx.apply_rename(&prompt, name).await
            }
            Step::ForgetName(_) => {
                let former = tx.project().former_names(&id).await?;
                let name = former.first().map_or("none", |row| &row.name);
                let forgotten = tx.apply_forget_name(&prompt, &folded(name)).await?;
                assert_eq!(forgotten, !former.is_empty());
                Ok(())
            }
            Step::ArchivePrompt(_, archived) => {
                if self.flagged.0 != tx.revision() {
                    self.flagged = (tx.revision(), BTreeSet::new());
                }
                let unchanged = prompt.archived_at.is_some() == *archived;
                if unchanged || !self.flagged.1.insert(id) {
                    return Ok(());
                }
                tx.apply_archive(&Archive::Prompt { prompt: &prompt, archived: *archived }).await
            }
            _ => {
                if tx.project().live_environments(&id).await?.is_empty() {
                    self.prompts.retain(|one| one.0 != id);
                    self.versions.retain(|one| one.0 != id);
                    tx.apply_delete_prompt(&prompt).await?;
                }
                Ok(())
            }
        }
    }

    async fn add_version(&mut self, tx: &mut WriteTx, n: &Index) -> Result<(), StoreError> {
        let Some((prompt, name)) = chosen(&self.prompts, n).cloned() else { return Ok(()) };
        let kept = row(tx, &name).await.kept_sequence;
        let newest = tx.project().version_latest(&prompt).await?.map_or(0, |row| row.sequence);
        let last = newest.max(kept);
        let new = new_version(&prompt, last + 1, (1, last, 0, ""));
        assert!(self.versions_ever.insert(new.id.clone()), "{} comes back", new.id);
        tx.insert_version(&new).await?;
        self.versions.push((prompt, new.id));
        Ok(())
    }

    async fn take_version(
        &mut self,
        tx: &mut WriteTx,
        step: &Step,
        (prompt, id): (String, String),
    ) -> Result<(), StoreError> {
        let label = |name: &Index| *name.get(&["beta", "stable"]);
        match step {
            Step::ArchiveVersion(_, archived) => {
                let archive = Archive::Version { prompt_id: &prompt, id: &id, archived: *archived };
                tx.apply_archive(&archive).await
            }
            Step::Correct(_) => tx.correct_version(&prompt, &id, ("note", "[]", "{}")).await,
            Step::Deprecate(_) => tx.deprecate_version(&prompt, &id).await,
            Step::Label(_, name) => tx.apply_label(&prompt, label(name), &id, "key_1").await,
            Step::Unlabel(_, name) => tx.apply_unlabel(&prompt, label(name)).await.map(drop),
            Step::Activate(_, environment) => {
                let environment = environment.get(&self.environments);
                let from = tx.project().live(&prompt, environment).await?.map(|row| row.version_id);
                self.deployments += 1;
                let deployment = format!("{}-d{}", self.project, self.deployments);
                tx.apply_activation(&activation(&deployment, environment, &id, from.as_deref())).await
            }
            _ => {
                let labelled = tx.project().labels(&prompt).await?.iter().any(|row| row.version_id == id);
                if !labelled && !tx.project().was_live(&id).await? {
                    self.versions.retain(|one| one.1 != id);
                    tx.apply_delete_version(&prompt, &id).await?;
                }
                Ok(())
            }
        }
    }
}
