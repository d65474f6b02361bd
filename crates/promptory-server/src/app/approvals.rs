//! Requests for approval: asked for by hand or by a change that needs it, decided by persons, carried out with the last
//! approval.

mod decide;
mod outcome;
mod shown;

use std::collections::BTreeSet;

use promptory_api::{
    approval::{Approval as Shown, ApprovalQuery, NewApproval, PendingApproval},
    page::Page,
};
use promptory_core::{
    approval::{Approval, ApprovalState, Evaluation, Policy, Subject},
    limits,
    time::Timestamp,
};
use promptory_store::{ApprovalFilter, ApprovalRow, ProjectReader, PromptRow, WriteTx};
use serde_json::{Value, json};

pub use decide::decide;
pub(super) use decide::person;
pub(super) use outcome::given_up;
pub use outcome::look;
pub(super) use shown::person_named;

use super::{
    Ctx, Outcome,
    authority::{self, InForce, Made, in_force},
    deployments,
    prompts::{about, takes_changes},
    references,
};
use crate::{
    check::Checks,
    page,
    refusal::{Code, Refusal},
};

/// A request of which something can still become, as core evaluates it.
pub(super) struct Standing {
    pub row: ApprovalRow,
    pub approval: Approval,
}

/// The one for exactly this.
pub(super) async fn standing(reader: &mut ProjectReader<'_>, subject: &Subject) -> Outcome<Option<Standing>> {
    let prompt = subject.prompt().map(|id| id.as_str().to_owned());
    let rows = reader.standing_approvals(subject.environment(), prompt.as_deref()).await?;
    let fits = |row: &ApprovalRow| row.kind == subject.kind() && row.detail == subject.detail();
    let Some(row) = rows.into_iter().find(fits) else { return Ok(None) };
    let decisions = reader.decisions(&row.id).await?;
    let approval = row.approval(&decisions)?;
    Ok(Some(Standing { row, approval }))
}

/// What is to be approved, beside its subject.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// With its build hash.
    pub version: Option<(&'a str, &'a str)>,
    /// What is done with the last approval beside starting a deployment.
    pub action: Option<&'a Value>,
    pub note: &'a str,
}

/// The request for this that stands, else a new one. Answers its id, and whether it is new.
pub(super) async fn ask_for(
    ctx: &Ctx,
    tx: &mut WriteTx,
    subject: &Subject,
    wanted: Wanted<'_>,
) -> Outcome<(ApprovalRow, bool)> {
    let InForce { policy, .. } = in_force(&mut tx.project(), subject.environment()).await?;
    if let Some(found) = standing(&mut tx.project(), subject).await? {
        let now = tx.at();
        match found.approval.expire(&policy, now) {
            None => return Ok((found.row, false)),
            Some(decision) => outcome::expire(tx, &found.row, &decision).await?,
        }
    }
    let authors = match wanted.version {
        Some((version, hash)) => tx.project().build_authors(version, hash).await?,
        None => Vec::new(),
    };
    let id = open(ctx, tx, subject, wanted, &authors, &policy).await?;
    Ok((by_id(&mut tx.project(), &id).await?, true))
}

/// A release that waits for the approval of exactly these builds.
pub(super) async fn release_that_waits(tx: &mut WriteTx, subject: &Subject) -> Outcome<Option<String>> {
    let InForce { policy, .. } = in_force(&mut tx.project(), subject.environment()).await?;
    let found = standing(&mut tx.project(), subject).await?;
    let found = found.filter(|found| found.approval.expire(&policy, tx.at()).is_none());
    Ok(found.and_then(|found| found.row.release_id))
}

/// One request for a whole release. `builds`: ids of versions, with their build hashes.
pub(super) async fn ask_for_release(
    ctx: &Ctx,
    tx: &mut WriteTx,
    subject: &Subject,
    (builds, note): (&[(String, String)], &str),
) -> Outcome<String> {
    let InForce { policy, .. } = in_force(&mut tx.project(), subject.environment()).await?;
    let mut authors = BTreeSet::new();
    for (version, hash) in builds {
        authors.extend(tx.project().build_authors(version, hash).await?);
    }
    let authors: Vec<String> = authors.into_iter().collect();
    open(ctx, tx, subject, Wanted { note, ..Wanted::default() }, &authors, &policy).await
}

async fn open(
    ctx: &Ctx,
    tx: &mut WriteTx,
    subject: &Subject,
    wanted: Wanted<'_>,
    authors: &[String],
    policy: &Policy,
) -> Outcome<String> {
    let requester = ctx.who(tx).await?;
    let id = crate::ids::uuid_v7(&*ctx.app.ids, tx.at());
    let action = wanted.action.map(Value::to_string).unwrap_or_default();
    let new = promptory_store::NewApproval {
        id: &id,
        subject,
        version_id: wanted.version.map(|(version, _)| version),
        wanted: &action,
        requester_id: ctx.caller.person(),
        requester: &requester,
        authors,
        note: wanted.note,
        look_at: tx.at().plus_seconds(policy.expires_after_s),
    };
    tx.open_approval(&new).await?;
    Ok(id)
}

/// Archives a prompt or takes it out again, or asks for that where it needs approval: what it waits for then.
pub(super) async fn archive(
    ctx: &Ctx,
    tx: &mut WriteTx,
    prompt: &PromptRow,
    archived: bool,
) -> Outcome<Vec<PendingApproval>> {
    let Made::Waits(subjects) = authority::archive_prompt(tx, prompt, archived).await? else {
        return Ok(Vec::new());
    };
    let mut pending = Vec::new();
    let action = json!({"archived": archived});
    for subject in subjects {
        let live = tx.project().live(&prompt.id, subject.environment()).await?;
        let version = live.as_ref().map(|row| (row.version_id.as_str(), row.build_hash.as_str()));
        let wanted = Wanted { version: version.filter(|_| !archived), action: Some(&action), note: "" };
        let (row, _) = ask_for(ctx, tx, &subject, wanted).await?;
        pending.push(pending_of(&mut tx.project(), &row, ctx.now).await?);
    }
    Ok(pending)
}

async fn by_id(reader: &mut ProjectReader<'_>, id: &str) -> Outcome<ApprovalRow> {
    let found = reader.approval(id).await?;
    found.ok_or_else(|| Refusal::new(Code::NotFound, format!("There is no approval {id:?}.")))
}

/// As something that waits for it says.
pub(super) async fn pending_of(
    reader: &mut ProjectReader<'_>,
    row: &ApprovalRow,
    now: Timestamp,
) -> Outcome<PendingApproval> {
    let InForce { policy, .. } = in_force(reader, &row.environment).await?;
    let decisions = reader.decisions(&row.id).await?;
    let evaluation = row.approval(&decisions)?.evaluate(&policy, now);
    let stage = open_stage(&evaluation).and_then(|index| evaluation.stages.get(index));
    Ok(PendingApproval {
        id: row.id.clone(),
        environment: row.environment.clone(),
        state: state(&evaluation).as_str().to_owned(),
        stage: stage.map(|stage| stage.name.clone()),
    })
}

/// What was done by it was approved, whatever the policy asks for since.
const fn state(evaluation: &Evaluation) -> ApprovalState {
    if evaluation.spent { ApprovalState::Approved } else { evaluation.state }
}

fn open_stage(evaluation: &Evaluation) -> Option<usize> {
    evaluation.open.filter(|_| !evaluation.spent)
}

/// By which a deployment waits or was started.
pub(super) async fn of_deployment(
    reader: &mut ProjectReader<'_>,
    deployment_id: &str,
    now: Timestamp,
) -> Outcome<Option<PendingApproval>> {
    match reader.approval_of(deployment_id).await? {
        Some(row) => pending_of(reader, &row, now).await.map(Some),
        None => Ok(None),
    }
}

/// # Errors
/// No such prompt, version or environment; an archived one; it approves by itself, or the build is approved there already.
pub async fn create(ctx: &Ctx, body: &NewApproval) -> Outcome<Shown> {
    let mut checks = Checks::under("");
    checks.prose("/note", body.note.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), &body.prompt).await?;
    takes_changes(&prompt)?;
    let version = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    let target = deployments::to_be_served(ctx, &mut tx, (&prompt, &version), &environment).await?;
    let policy = in_force(&mut tx.project(), &environment).await?.policy;
    if policy.stages.is_empty() {
        let detail = format!("{environment:?} approves by itself: activate or deploy the version.");
        return Err(Refusal::invalid("/environment", detail));
    }
    let subject = target.subject();
    let note = body.note.as_deref().unwrap_or_default();
    let wanted = Wanted { version: Some((&version.id, &target.build_hash)), action: None, note };
    let (row, new) = ask_for(ctx, &mut tx, &subject, wanted).await?;
    let answer = shown::by_id(ctx, &mut tx.project(), &row.id).await?;
    if !new {
        return ctx.nothing_changed(tx, 201, answer, 0).await;
    }
    ctx.remember(&mut tx, 201, &answer).await?;
    let detail = json!({"approval": row.id, "build_hash": target.build_hash, "note": note});
    let audit = about(ctx, "approval.open", &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, promptory_store::NewAudit { environment: Some(environment), ..audit }).await?;
    Ok(answer)
}

/// # Errors
/// No such approval in this project.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Shown> {
    let mut reader = ctx.app.store.read().await?;
    shown::by_id(ctx, &mut reader.project(&ctx.project.id), id).await
}

const STATES: [ApprovalState; 6] = [
    ApprovalState::Pending,
    ApprovalState::Approved,
    ApprovalState::Rejected,
    ApprovalState::ChangesRequested,
    ApprovalState::Withdrawn,
    ApprovalState::Expired,
];

/// Newest first.
///
/// # Errors
/// No such prompt or state, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &ApprovalQuery) -> Outcome<Page<Shown>> {
    let limit = page::limit(query.limit)?;
    // "~" is above every id.
    let mut before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    let mine = query.mine.unwrap_or(false);
    let words: Vec<&str> = STATES.into_iter().map(ApprovalState::as_str).collect();
    if let Some(state) = query.state.as_deref().filter(|state| *state != "open" && !words.contains(state)) {
        let detail = format!("{state:.40?} is no state; use open or one of {}.", words.join(", "));
        return Err(Refusal::invalid("", detail));
    }
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let asked = query.asked.unwrap_or(false);
    if asked && ctx.caller.person().is_none() {
        return Ok(Page { items: Vec::new(), next_cursor: None, total: None });
    }
    let filter = ApprovalFilter {
        prompt_id: prompt_id.as_deref(),
        environment: query.environment.as_deref(),
        state: query.state.as_deref().or(mine.then_some("open")),
        requester_id: ctx.caller.person().filter(|_| asked),
    };
    let viewer = shown::Viewer::of(ctx, &mut reader).await?;
    let full = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    loop {
        let rows = reader.approvals((before.0, &before.1), filter, limit + 1).await?;
        let last = rows.len() <= full;
        for row in rows {
            if items.len() == full {
                let next_cursor = Some(page::encode(&format!("{} {}", before.0, before.1)));
                return Ok(Page { items, next_cursor, total: None });
            }
            before = (row.opened_at, row.id.clone());
            let shown = viewer.show(&mut reader, row).await?;
            // What waits for somebody is few among many: it is looked for until a page is full.
            if !mine || shown.possible.iter().any(|word| word == "approve") {
                items.push(shown);
            }
        }
        if last {
            return Ok(Page { items, next_cursor: None, total: None });
        }
    }
}
