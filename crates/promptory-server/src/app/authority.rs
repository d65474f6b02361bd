//! Whether a change of what is served may be made: core decides, by what the environment asks for now.

use promptory_core::{
    approval::{
        Approval, Authorized, Basis, Evidence, Freeze, Missing, Policy, Rules, Served, ServingChange,
        Subject, Target, Way, authorize,
    },
    time::Timestamp,
};
use promptory_store::{Archive, EnvironmentRow, Naming, ProjectReader, PromptRow, Rows, WriteTx};

use super::{Outcome, approvals, wire};
use crate::refusal::{Code, Refusal};

/// What an environment asks for at this moment.
pub(super) struct InForce {
    pub row: EnvironmentRow,
    pub policy: Policy,
}

/// # Errors
/// No such environment.
pub(super) async fn in_force(reader: &mut ProjectReader<'_>, environment: &str) -> Outcome<InForce> {
    let rows = reader.environments().await?;
    let row = rows.into_iter().find(|row| row.name == environment);
    let row = row.ok_or_else(|| Refusal::no_environment(environment))?;
    Ok(InForce { policy: row.policy()?, row })
}

/// A change that may be made, and the approval by which it may, where one was needed.
pub(super) struct Proof {
    authorized: Authorized<ServingChange>,
    /// Not that of a whole release, which knows its deployments by itself.
    approval: Option<String>,
}

impl Proof {
    pub(super) const fn basis(&self) -> Basis {
        self.authorized.basis()
    }

    pub(super) fn approval(&self) -> Option<&str> {
        self.approval.as_deref()
    }

    pub(super) fn into_authorized(self) -> Authorized<ServingChange> {
        self.authorized
    }
}

/// The proof of a change, or what is missing, by the policies and approvals as this transaction sees them.
///
/// # Errors
/// No such environment.
pub(super) async fn ask(
    tx: &mut WriteTx,
    evidence: Evidence<'_>,
    change: ServingChange,
) -> Outcome<Result<Proof, Missing>> {
    ask_as_part(tx, evidence, change, None).await
}

/// The same for what may be a part of a release: it is approved as a whole.
///
/// # Errors
/// No such environment.
pub(super) async fn ask_as_part(
    tx: &mut WriteTx,
    evidence: Evidence<'_>,
    change: ServingChange,
    release_id: Option<&str>,
) -> Outcome<Result<Proof, Missing>> {
    let name = change.environment().unwrap_or_default().to_owned();
    let (policy, freeze) = match name.is_empty() {
        true => (Policy::default(), None),
        false => {
            let InForce { row, policy } = in_force(&mut tx.project(), &name).await?;
            (policy, row.freeze())
        }
    };
    let found = match change.subject(&policy, freeze.as_ref()).filter(|_| !policy.stages.is_empty()) {
        Some(subject) => match of_release(&mut tx.project(), release_id).await? {
            Some(approval) => Some((None, approval)),
            None => approval_for(&mut tx.project(), &subject, &change)
                .await?
                .map(|(id, approval)| (Some(id), approval)),
        },
        None => None,
    };
    let approval = found.as_ref().map(|(_, approval)| approval);
    let rules = Rules { environment: &name, policy: &policy, freeze: freeze.as_ref() };
    let authorized = authorize(rules, Evidence { approval, ..evidence }, change, tx.at());
    Ok(authorized.map(|authorized| {
        let by = found.filter(|_| authorized.basis() == Basis::Approved).and_then(|(id, _)| id);
        Proof { authorized, approval: by }
    }))
}

async fn of_release(reader: &mut ProjectReader<'_>, release_id: Option<&str>) -> Outcome<Option<Approval>> {
    let Some(id) = release_id else { return Ok(None) };
    let Some(id) = reader.release(id).await?.and_then(|row| row.approval_id) else { return Ok(None) };
    let row = reader.approval(&id).await?.ok_or_else(|| wire::damaged("release", &id))?;
    let decisions = reader.decisions(&id).await?;
    Ok(Some(row.approval(&decisions)?))
}

/// The one for exactly this; else one that was given for the same version as another build.
async fn approval_for(
    reader: &mut ProjectReader<'_>,
    subject: &Subject,
    change: &ServingChange,
) -> Outcome<Option<(String, Approval)>> {
    let standing = approvals::standing(reader, subject).await?;
    if let Some(found) = standing {
        return Ok(Some((found.row.id, found.approval)));
    }
    let ServingChange::Serve { target, .. } = change else { return Ok(None) };
    let prompt = Some(target.prompt.as_str());
    let others = reader.standing_approvals(&target.environment, prompt).await?;
    let other = others.into_iter().find(|row| {
        row.version_id.as_deref() == Some(target.version.as_str())
            && row.kind == "build"
            && row.state == "approved"
    });
    let Some(row) = other else { return Ok(None) };
    let decisions = reader.decisions(&row.id).await?;
    let approval = row.approval(&decisions)?;
    Ok(Some((row.id, approval)))
}

pub(super) fn refusal(missing: &Missing) -> Refusal {
    let code = match missing {
        Missing::FixForward => Code::FixForward,
        Missing::Frozen(_) => Code::Frozen,
        Missing::Approval(_) => Code::NeedsApproval,
        Missing::Stale { .. } => Code::StaleApproval,
        Missing::Emergency(_) => Code::EmergencyRefused,
        Missing::OtherEnvironment(_) | Missing::NotByItself => Code::Internal,
    };
    Refusal::new(code, crate::refusal::sentence(missing))
}

/// Makes what was proved; approvals that only this needed are used up by it.
pub(super) async fn make(tx: &mut WriteTx, proofs: Vec<Proof>, rows: Rows<'_>) -> Outcome<bool> {
    let used: Vec<String> = proofs.iter().filter_map(|proof| proof.approval.clone()).collect();
    let proofs = proofs.into_iter().map(Proof::into_authorized).collect();
    let done = tx.apply(proofs, rows).await?;
    for id in used {
        tx.spend_approval(&id).await?;
    }
    Ok(done)
}

/// What became of a change that may have to wait.
pub(super) enum Made {
    Done,
    /// Nothing was written: these have to be approved first.
    Waits(Vec<Subject>),
}

/// How these very bytes came to be live there the last time.
pub(super) async fn served_before(tx: &mut WriteTx, target: &Target) -> Outcome<Option<Served>> {
    let (version, hash) = (target.version.as_str(), target.build_hash.as_str());
    let row = tx.project().served_before(version, &target.environment, hash).await?;
    let Some(row) = row else { return Ok(None) };
    let basis = Basis::from_stored(&row.basis).ok_or_else(|| wire::damaged("deployment", version))?;
    Ok(Some(Served { build: target.subject(), basis, reviewed: row.reviewed }))
}

/// Archives a prompt or takes it out again, in every environment that serves it.
pub(super) async fn archive_prompt(tx: &mut WriteTx, prompt: &PromptRow, archived: bool) -> Outcome<Made> {
    let live = tx.project().live_environments(&prompt.id).await?;
    let id = || prompt.id.as_str().into();
    let (mut proofs, mut waits) = (Vec::new(), Vec::new());
    for environment in live {
        let (change, served) = if archived {
            (ServingChange::Archive { prompt: id(), environment }, None)
        } else {
            let row = tx.project().live(&prompt.id, &environment).await?;
            let row = row.ok_or_else(|| wire::damaged("live", &prompt.id))?;
            let (version, build_hash) = (row.version_id.as_str().into(), row.build_hash);
            let target = Target { prompt: id(), environment, version, build_hash };
            let served = served_before(tx, &target).await?;
            (ServingChange::Serve { target, way: Way::Restore }, served)
        };
        let subject = change.subject(&Policy::default(), None);
        let evidence = Evidence { served: served.as_ref(), ..Evidence::default() };
        match ask(tx, evidence, change).await? {
            Ok(proof) => proofs.push(proof),
            Err(Missing::Approval(_)) => waits.extend(subject),
            Err(missing) => return Err(refusal(&missing)),
        }
    }
    if !waits.is_empty() {
        return Ok(Made::Waits(waits));
    }
    if proofs.is_empty() {
        let change = ServingChange::ArchiveUnserved { prompt: id(), version: None };
        plain(tx, change, Rows::Archive(Archive::Prompt { prompt, archived })).await?;
    } else {
        make(tx, proofs, Rows::Archive(Archive::Prompt { prompt, archived })).await?;
    }
    Ok(Made::Done)
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

/// What asks for more holds at once; what asks for less waits, where somebody has to agree now.
pub(super) async fn change_policy(tx: &mut WriteTx, row: &EnvironmentRow, new: Policy) -> Outcome<Made> {
    of_environment(tx, row, ServingChange::Policy { environment: row.name.clone(), new }).await
}

/// `None` ends it.
pub(super) async fn change_freeze(
    tx: &mut WriteTx,
    row: &EnvironmentRow,
    freeze: Option<Freeze>,
) -> Outcome<Made> {
    let environment = row.name.clone();
    let change = match freeze {
        Some(freeze) => ServingChange::Freeze { environment, freeze },
        None => ServingChange::Unfreeze { environment },
    };
    of_environment(tx, row, change).await
}

async fn of_environment(tx: &mut WriteTx, row: &EnvironmentRow, change: ServingChange) -> Outcome<Made> {
    let subject = change.subject(&row.policy()?, row.freeze().as_ref());
    match ask(tx, Evidence::default(), change).await? {
        Ok(proof) => make(tx, vec![proof], Rows::Environment(row)).await.map(|_| Made::Done),
        Err(Missing::Approval(_)) => Ok(Made::Waits(subject.into_iter().collect())),
        Err(missing) => Err(refusal(&missing)),
    }
}

/// One change for which nothing speaks but itself.
pub(super) async fn plain(tx: &mut WriteTx, change: ServingChange, rows: Rows<'_>) -> Outcome<bool> {
    match ask(tx, Evidence::default(), change).await? {
        Ok(proof) => make(tx, vec![proof], rows).await,
        Err(missing) => Err(refusal(&missing)),
    }
}

/// Whether a freeze is on.
pub(super) fn frozen(row: &EnvironmentRow, now: Timestamp) -> bool {
    row.freeze().is_some_and(|freeze| freeze.is_on(now))
}
