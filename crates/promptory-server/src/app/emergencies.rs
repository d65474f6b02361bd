//! What goes live without approval because it cannot wait, and the look at it afterwards.

use promptory_api::{
    approval::{DeclareEmergency, Emergency as Shown, EmergencyQuery, EmergencyReview, ReviewEmergency},
    page::Page,
};
use promptory_core::{access::Scopes, approval::Emergency, limits, time::Timestamp};
use promptory_store::{EmergencyRow, NewAudit, ProjectReader, Review};
use serde_json::json;

use super::{
    Ctx, Outcome,
    approvals::{person, person_named},
    prompts::about,
    wire,
};
use crate::{
    check::Checks,
    numbers::number_text,
    page,
    refusal::{Code, Refusal},
};

/// Whether the right to it is held is for core to say, where it is needed at all.
///
/// # Errors
/// The reason is too long, or holds a secret.
pub(super) fn declared(
    ctx: &Ctx,
    body: Option<&DeclareEmergency>,
    pointer: &str,
) -> Outcome<Option<Emergency>> {
    let Some(body) = body else { return Ok(None) };
    let mut checks = Checks::under(pointer);
    checks.prose("/reason", Some(&body.reason), limits::REASON_BYTES, false);
    checks.finish()?;
    let scopes = ctx.caller.scopes;
    let both = scopes.any_of(Scopes::DEPLOY) && scopes.any_of(Scopes::APPROVE);
    let has_right = scopes.any_of(Scopes::ADMIN) || ctx.caller.person().is_some() && both;
    Ok(Some(Emergency { by: ctx.caller.person().map(Into::into), has_right, reason: body.reason.clone() }))
}

/// Of a version that is made. `field` names the environment where it goes live.
///
/// # Errors
/// It goes live nowhere; see [`declared`].
pub(super) fn with_version(
    ctx: &Ctx,
    body: Option<&DeclareEmergency>,
    (prefix, field, goes_live): (&str, &str, bool),
) -> Outcome<Option<Emergency>> {
    let pointer = format!("{prefix}/emergency");
    if body.is_some() && !goes_live {
        let detail = format!("In an emergency something goes live: say where with `{field}`.");
        return Err(Refusal::invalid(&pointer, detail));
    }
    declared(ctx, body, &pointer)
}

/// Newest first.
///
/// # Errors
/// A cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &EmergencyQuery) -> Outcome<Page<Shown>> {
    let limit = page::limit(query.limit)?;
    let before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let mut rows = reader.emergencies((before.0, &before.1), query.reviewed, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.at, row.deployment_id));
    let mut items = Vec::new();
    for row in rows {
        items.push(shown(&mut reader, row, ctx.now).await?);
    }
    Ok(Page { items, next_cursor, total: None })
}

/// Somebody looks at it afterwards, once.
///
/// # Errors
/// No such emergency; it was looked at already; the caller is no person, or declared it.
pub async fn review(ctx: &Ctx, id: &str, body: &ReviewEmergency) -> Outcome<Shown> {
    let mut checks = Checks::under("");
    checks.prose("/comment", body.comment.as_deref(), limits::NOTE_BYTES, false);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let missing = || Refusal::new(Code::NotFound, format!("No deployment {id:?} went live in an emergency."));
    let row = tx.project().emergency(id).await?.ok_or_else(missing)?;
    ctx.environment(Some(&row.environment))?;
    let person = person(ctx, &mut tx.project()).await?;
    if row.person_id.as_deref() == Some(person.user.as_str()) {
        let detail = "You declared this emergency; somebody else has to look at it.";
        return Err(Refusal::new(Code::CannotDecide, detail));
    }
    let comment = body.comment.as_deref().unwrap_or_default();
    let (approved, name) = (body.approved, &*ctx.caller.name);
    let review = Review { person_id: person.user.as_str(), name, approved, comment };
    if !tx.review_emergency(&row, &review).await? {
        return Err(Refusal::new(Code::ApprovalState, format!("{} has looked at it already.", row.reviewer)));
    }
    let row = tx.project().emergency(id).await?.ok_or_else(missing)?;
    let (prompt_id, environment) = (row.prompt_id.clone(), row.environment.clone());
    let answer = shown(&mut tx.project(), row, ctx.now).await?;
    ctx.remember(&mut tx, 200, &answer).await?;
    let detail = json!({"deployment": id, "approved": approved, "comment": comment});
    let audit = about(ctx, "emergency.review", &prompt_id, &answer.prompt, &detail);
    ctx.commit(tx, NewAudit { environment: Some(environment), ..audit }).await?;
    Ok(answer)
}

async fn shown(reader: &mut ProjectReader<'_>, row: EmergencyRow, now: Timestamp) -> Outcome<Shown> {
    let review = match row.reviewed_at {
        Some(at) => Some(EmergencyReview {
            at: wire::time(at),
            by: person_named(reader, row.reviewer_id.as_deref(), &row.reviewer).await?,
            approved: row.approved,
            comment: row.comment,
        }),
        None => None,
    };
    Ok(Shown {
        by: person_named(reader, row.person_id.as_deref(), &row.name).await?,
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        overdue: review.is_none() && row.review_by <= now.micros(),
        review,
        deployment_id: row.deployment_id,
        prompt: row.prompt,
        environment: row.environment,
        reason: row.reason,
        at: wire::time(row.at),
        review_by: wire::time(row.review_by),
    })
}
