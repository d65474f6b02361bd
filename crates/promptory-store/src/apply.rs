//! The only door to what decides which version is served: the live rows, rollouts and deployments, the archive flags,
//! labels, former names and the policies of environments. It takes the proof that a change may be made, which core alone
//! makes, and rows that are of that change.

pub(crate) mod back;
pub(crate) mod deploy;
pub(crate) mod prompt;
pub(crate) mod start;

use promptory_core::approval::{Authorized, Basis, ServingChange};

use crate::{EnvironmentRow, PromptRow, Result, StoreError, write::WriteTx};

pub use back::WayBack;
pub use deploy::{Placement, Start};
pub use prompt::Archive;

/// What a change is in rows.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// Of `Serve`: a deployment starts.
    Start(Start<'a>),
    /// Of `Deployment`: what a new one is about; none for one that is there.
    Move(Option<&'a Placement>),
    /// Of `Deployment`: a rollout is taken back. Where everybody had got it, what was live before starts in its place.
    Back(&'a WayBack, Option<Start<'a>>),
    /// Of `Archive`, `ArchiveUnserved`, and `Serve` for the way `Restore`.
    Archive(Archive<'a>),
    /// Of `Label`.
    Label { by: &'a str },
    /// Of `Policy`, `Freeze` and `Unfreeze`.
    Environment(&'a EnvironmentRow),
    /// Of `Name`.
    Name(&'a PromptRow, Naming<'a>),
    /// Of `Delete`, for a version.
    DeleteVersion,
    /// Of `Delete`, for a prompt.
    DeletePrompt(&'a PromptRow),
}

#[derive(Debug, Clone, Copy)]
pub enum Naming<'a> {
    /// Callers of the old name still get it.
    Rename(&'a str),
    /// A name that it had where it was imported from. That it is free is for the caller to see.
    Former(&'a str),
    /// The folded name.
    Forget(&'a str),
}

impl WriteTx {
    /// Makes an authorized change. Archiving or restoring a prompt takes one proof for each environment that serves it;
    /// everything else exactly one. Answers false where there was nothing to take away.
    ///
    /// # Errors
    /// The rows are not of what was authorized, or not what the caller decided from.
    pub async fn apply(&mut self, proofs: Vec<Authorized<ServingChange>>, rows: Rows<'_>) -> Result<bool> {
        let bases: Vec<Basis> = proofs.iter().map(Authorized::basis).collect();
        let changes: Vec<ServingChange> = proofs.into_iter().map(Authorized::into_change).collect();
        if let Rows::Archive(archive) = rows {
            return self.archive(&changes, &archive).await.map(|()| true);
        }
        let ([change], [basis]) = (changes.as_slice(), bases.as_slice()) else { return Err(unlike()) };
        match (change, rows) {
            (ServingChange::Serve { target, .. }, Rows::Start(start)) => {
                self.start(target, *basis, &start).await?;
            }
            (ServingChange::Deployment(transition), Rows::Move(placement)) => {
                self.transition(transition, placement).await?;
            }
            (ServingChange::Deployment(transition), Rows::Back(way, None)) => {
                self.end_as_rolled_back(transition, way).await?;
            }
            (ServingChange::Deployment(transition), Rows::Back(_, Some(start))) => {
                self.take_back_baking(transition, &start).await?;
            }
            (ServingChange::Label { prompt, name, version: Some(version) }, Rows::Label { by }) => {
                self.put_label(prompt.as_str(), name, version.as_str(), by).await?;
            }
            (ServingChange::Label { prompt, name, version: None }, Rows::Label { .. }) => {
                return self.remove_label(prompt.as_str(), name).await;
            }
            (ServingChange::Policy { environment, new }, Rows::Environment(row))
                if *environment == row.name =>
            {
                self.set_policy(row, new).await?;
            }
            (ServingChange::Freeze { environment, freeze }, Rows::Environment(row))
                if *environment == row.name =>
            {
                self.set_freeze(row, Some(freeze)).await?;
            }
            (ServingChange::Unfreeze { environment }, Rows::Environment(row)) if *environment == row.name => {
                self.set_freeze(row, None).await?;
            }
            (ServingChange::Name { prompt }, Rows::Name(row, naming)) => {
                prompt::is_of(prompt, &row.id)?;
                match naming {
                    Naming::Rename(name) => self.rename(row, name).await?,
                    Naming::Former(name) => self.add_former_name(row, name).await?,
                    Naming::Forget(folded) => return self.forget_name(row, folded).await,
                }
            }
            (ServingChange::Delete { prompt, version: Some(version) }, Rows::DeleteVersion) => {
                self.delete_version(prompt.as_str(), version.as_str()).await?;
            }
            (ServingChange::Delete { prompt, version: None }, Rows::DeletePrompt(row)) => {
                prompt::is_of(prompt, &row.id)?;
                self.delete_prompt(row).await?;
            }
            _ => return Err(unlike()),
        }
        Ok(true)
    }
}

pub(crate) fn unlike() -> StoreError {
    StoreError::Refused("what was to be written is not what was authorized".to_owned())
}
