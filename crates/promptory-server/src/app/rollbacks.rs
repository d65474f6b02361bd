//! The way back: from what an environment serves to a build that it served before.
//!
//! `standing` reads where a prompt stands, `evidence` what speaks for builds, `decide` has core choose, `go` writes,
//! `settle` waits for servers, `preview` and `impact` say beforehand what would be. `release` takes several prompts back in one
//! commit.

mod decide;
mod evidence;
mod go;
mod impact;
mod preview;
mod release;
mod settle;
mod shown;
mod standing;

use promptory_api::{
    page::Page,
    rollback::{NewRollback, Rollback, RollbackQuery},
};
use promptory_core::{limits, rollout::SETTLE_SECONDS};
use promptory_store::{WayBackFilter, WayBackRow, WriteTx};

pub use preview::preview;
pub use release::take_back;
pub(super) use settle::ROLLBACK;
pub use settle::settle;
pub(super) use shown::taken_back;

use super::{Ctx, Outcome, prompts, references};
use crate::{
    check::Checks,
    page,
    refusal::{Code, Refusal},
};
use go::Went;
use standing::{Asked, Standing, To};

/// Asked for again, the answer is the way back that was gone, and nothing is written.
///
/// # Errors
/// There is no way back, or something speaks against it.
pub async fn create(ctx: &Ctx, body: &NewRollback) -> Outcome<Rollback> {
    let mut checks = Checks::under("");
    checks.prose("/reason", Some(&body.reason), limits::REASON_BYTES, false);
    if body.reason.trim().is_empty() {
        checks.add("required", "/reason", "Say why: it is kept with what was taken back.");
    }
    checks.finish()?;
    let asked = Asked::of(body.ahead())?;
    if asked.emergency && !go::may_in_emergency(ctx) {
        let detail = "An emergency needs the right to it: the scope admin.";
        return Err(Refusal::new(Code::Forbidden, detail));
    }
    // What takes a while is looked at before the lock: it changes slowly.
    let known = evidence::known(ctx, &asked).await?;
    let mut tx = ctx.write().await?;
    let standing = Standing::load(ctx, &mut tx.project(), &asked, ctx.now).await?;
    if let Some(row) = gone_already(&mut tx, &standing, &asked).await? {
        let revision = row.revision;
        return ctx.nothing_changed(tx, 201, shown::of_row(row), revision).await;
    }
    prompts::takes_changes(&standing.prompt)?;
    let decision = decide::decide(ctx, &mut tx.project(), &standing, &asked, &known).await?;
    if let Some(row) = is_there_already(&mut tx, &standing, &decision).await? {
        let revision = row.revision;
        return ctx.nothing_changed(tx, 201, shown::of_row(row), revision).await;
    }
    let chosen = decision.take(&standing, &asked)?;
    match go::go(ctx, &mut tx, &standing, (&asked, &chosen), (&body.reason, None)).await? {
        Went::Waits(answer, Some(since)) => ctx.nothing_changed(tx, 201, answer, since).await,
        Went::Back(answer) | Went::Waits(answer, None) => go::commit(ctx, tx, &standing, answer).await,
    }
}

/// What was asked for was done a moment ago, by somebody else or by the same click.
async fn gone_already(tx: &mut WriteTx, standing: &Standing, asked: &Asked) -> Outcome<Option<WayBackRow>> {
    if let Some(named) = &standing.named {
        if standing.present.is_some() {
            return Ok(None);
        }
        return Ok(tx.project().way_back_from(&named.id).await?);
    }
    let last = tx.project().last_way_back(&standing.prompt.id, &standing.environment).await?;
    let just_now = tx.at().plus_seconds(-SETTLE_SECONDS).micros();
    // Who has released something since means that.
    let stands = standing.running.is_none()
        && standing
            .live
            .as_ref()
            .zip(last.as_ref())
            .is_some_and(|(live, row)| live.deployment_id == row.to_deployment_id);
    let same = |row: &WayBackRow| {
        stands && row.cause == "rollback" && row.wanted == asked.to.word() && row.at > just_now
    };
    // A version that is named is another one, or is what is served.
    Ok(last.filter(|row| !matches!(asked.to, To::Version(_)) && same(row)))
}

/// The target is what is served since the last way back.
async fn is_there_already(
    tx: &mut WriteTx,
    standing: &Standing,
    decision: &decide::Decision,
) -> Outcome<Option<WayBackRow>> {
    if !decision.is_present() {
        return Ok(None);
    }
    let last = tx.project().last_way_back(&standing.prompt.id, &standing.environment).await?;
    let live = standing.live.as_ref();
    Ok(last.filter(|row| live.is_some_and(|live| live.deployment_id == row.to_deployment_id)))
}

/// Newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &RollbackQuery) -> Outcome<Page<Rollback>> {
    let limit = page::limit(query.limit)?;
    // "~" is above every id.
    let before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let filter = WayBackFilter { prompt_id: prompt_id.as_deref(), environment: query.environment.as_deref() };
    let mut rows = reader.ways_back((before.0, before.1.as_str()), filter, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.at, row.id));
    Ok(Page { items: rows.into_iter().map(shown::of_row).collect(), next_cursor, total: None })
}

/// # Errors
/// There is none with this id in this project.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Rollback> {
    let mut reader = ctx.app.store.read().await?;
    let row = reader.project(&ctx.project.id).way_back(id).await?;
    row.map(shown::of_row)
        .ok_or_else(|| Refusal::new(Code::NotFound, format!("There is no rollback {id:?}.")))
}
