//! Whether a change of what is served may be made: core decides, by what the environment asks for now.

use promptory_core::{
    approval::{
        Authorized, Evidence, Missing, Policy, Rollback, Rules, ServingChange, Target, Way, authorize,
    },
    time::Timestamp,
};
use promptory_store::{Archive, EnvironmentRow, Naming, PromptRow, Rows, WriteTx};

use super::{Outcome, wire};
use crate::refusal::{Code, Refusal};

/// The proof for each change, by the policies as this transaction sees them.
///
/// # Errors
/// See [`Missing`].
pub(super) async fn allow(
    tx: &mut WriteTx,
    evidence: Evidence<'_>,
    changes: Vec<ServingChange>,
) -> Outcome<Vec<Authorized<ServingChange>>> {
    let environments = tx.project().environments().await?;
    let now = tx.at();
    changes.into_iter().map(|change| one(&environments, evidence, change, now)).collect()
}

fn one(
    environments: &[EnvironmentRow],
    evidence: Evidence<'_>,
    change: ServingChange,
    now: Timestamp,
) -> Outcome<Authorized<ServingChange>> {
    let name = change.environment().unwrap_or_default().to_owned();
    let row = environments.iter().find(|row| row.name == name);
    if row.is_none() && !name.is_empty() {
        return Err(Refusal::no_environment(&name));
    }
    let policy = row.map(policy).transpose()?.unwrap_or_default();
    let freeze = row.and_then(EnvironmentRow::freeze);
    let rules = Rules { environment: &name, policy: &policy, freeze: freeze.as_ref() };
    authorize(rules, evidence, change, now).map_err(|missing| refusal(&missing))
}

pub(super) fn policy(row: &EnvironmentRow) -> Outcome<Policy> {
    let rollback = Rollback::parse(&row.rollback).map_err(|_| wire::damaged("environment", &row.name))?;
    Ok(Policy { rollback, ..Policy::default() })
}

fn refusal(missing: &Missing) -> Refusal {
    let code = match missing {
        Missing::FixForward => Code::FixForward,
        Missing::Frozen(_) => Code::Frozen,
        Missing::OtherEnvironment(_) | Missing::NotByItself => Code::Internal,
        _ => Code::Forbidden,
    };
    let mut detail = missing.to_string();
    if let Some(first) = detail.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Refusal::new(code, format!("{detail}."))
}

/// Archives a prompt or takes it out again, in every environment that serves it.
pub(super) async fn archive_prompt(tx: &mut WriteTx, prompt: &PromptRow, archived: bool) -> Outcome<()> {
    let live = tx.project().live_environments(&prompt.id).await?;
    let id = || prompt.id.as_str().into();
    let mut changes = Vec::new();
    for environment in live {
        changes.push(if archived {
            ServingChange::Archive { prompt: id(), environment }
        } else {
            let row = tx.project().live(&prompt.id, &environment).await?;
            let row = row.ok_or_else(|| wire::damaged("live", &prompt.id))?;
            let (version, build_hash) = (row.version_id.as_str().into(), row.build_hash);
            let target = Target { prompt: id(), environment, version, build_hash };
            ServingChange::Serve { target, way: Way::Restore }
        });
    }
    if changes.is_empty() {
        changes.push(ServingChange::ArchiveUnserved { prompt: id(), version: None });
    }
    let proofs = allow(tx, Evidence::default(), changes).await?;
    tx.apply(proofs, Rows::Archive(Archive::Prompt { prompt, archived })).await?;
    Ok(())
}

/// Of a version that is not live.
pub(super) async fn archive_version(
    tx: &mut WriteTx,
    prompt_id: &str,
    id: &str,
    archived: bool,
) -> Outcome<()> {
    let change = ServingChange::ArchiveUnserved { prompt: prompt_id.into(), version: Some(id.into()) };
    plain(tx, change, Rows::Archive(Archive::Version { prompt_id, id, archived })).await?;
    Ok(())
}

/// `version_id`: none takes the label away. Answers false when there was none.
pub(super) async fn label(
    tx: &mut WriteTx,
    prompt_id: &str,
    name: &str,
    version_id: Option<&str>,
    by: &str,
) -> Outcome<bool> {
    let (name, version) = (name.to_owned(), version_id.map(Into::into));
    plain(tx, ServingChange::Label { prompt: prompt_id.into(), name, version }, Rows::Label { by }).await
}

/// Answers false when there was nothing to forget.
pub(super) async fn name(tx: &mut WriteTx, prompt: &PromptRow, naming: Naming<'_>) -> Outcome<bool> {
    plain(tx, ServingChange::Name { prompt: prompt.id.as_str().into() }, Rows::Name(prompt, naming)).await
}

pub(super) async fn delete_version(tx: &mut WriteTx, prompt_id: &str, id: &str) -> Outcome<()> {
    let change = ServingChange::Delete { prompt: prompt_id.into(), version: Some(id.into()) };
    plain(tx, change, Rows::DeleteVersion).await?;
    Ok(())
}

pub(super) async fn delete_prompt(tx: &mut WriteTx, prompt: &PromptRow) -> Outcome<()> {
    let change = ServingChange::Delete { prompt: prompt.id.as_str().into(), version: None };
    plain(tx, change, Rows::DeletePrompt(prompt)).await?;
    Ok(())
}

pub(super) async fn change_policy(tx: &mut WriteTx, row: &EnvironmentRow, rollback: Rollback) -> Outcome<()> {
    let new = Policy { rollback, ..policy(row)? };
    let change = ServingChange::Policy { environment: row.name.clone(), new };
    plain(tx, change, Rows::Environment(row)).await?;
    Ok(())
}

/// One change for which nothing speaks but itself.
pub(super) async fn plain(tx: &mut WriteTx, change: ServingChange, rows: Rows<'_>) -> Outcome<bool> {
    let proofs = allow(tx, Evidence::default(), vec![change]).await?;
    Ok(tx.apply(proofs, rows).await?)
}
